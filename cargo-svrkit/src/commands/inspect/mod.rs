//! `cargo svrkit inspect`: what stands in some bytes.

use std::error::Error;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use svrkit_reflect::annotate::{self, ANNOTATE_OUT_DEFAULT};
use svrkit_reflect::{MessageDescriptor, Shown, json, text};

use crate::messages::{self, Input, Typed, TypedError};
use crate::outcome::{Exit, Outcome, counted};

/// Shows what stands in the bytes of a message, as far as they make sense.
///
/// With --message the fields have their names, without it their tags; what a length stands in front of is then guessed:
/// text, a message, packed numbers or bytes. Where bytes make no sense they are shown as they are, and what stands behind
/// the value they are in is looked at again.
#[derive(Args)]
#[command(after_help = "Examples:\n  cargo svrkit inspect --hex 0896011202686921\n  \
                        cargo svrkit inspect order.bin --schema schemas/shop.xml --message shop.Order\n  \
                        cargo svrkit inspect --base64 CJYB --format hex\n\n\
                        Exit codes:\n  \
                        0  the bytes make sense\n  \
                        1  some do not, or something is wrong with the schemas\n  \
                        2  wrong usage, or a file cannot be read")]
pub(crate) struct Inspect {
    /// File with the bytes, `-` for standard input
    #[arg(value_name = "FILE", required_unless_present_any = ["hex", "base64"], conflicts_with_all = ["hex", "base64"])]
    file: Option<PathBuf>,
    /// The bytes in hex, in which blanks, colons, commas and 0x do not matter; `-` for standard input
    #[arg(long, value_name = "HEX", conflicts_with = "base64", allow_hyphen_values = true)]
    hex: Option<String>,
    /// The bytes in base64; `-` for standard input
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    base64: Option<String>,
    #[command(flatten)]
    typed: Typed,
    /// How the bytes are shown
    #[arg(long, value_name = "FORMAT", default_value = "tree")]
    format: Format,
    /// Leave out what the schema calls sensitive, and what it does not know
    #[arg(long)]
    redact: bool,
    /// Most bytes of text
    #[arg(long, value_name = "BYTES", default_value_t = ANNOTATE_OUT_DEFAULT)]
    out_max: usize,
}

/// The ways to show bytes.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Field by field, as protobuf's text
    Tree,
    /// As JSON, for which --message is needed and the bytes must be sound
    Json,
    /// Byte by byte, with what each is
    Hex,
}

impl Inspect {
    pub(in crate::commands) fn run(&self) -> Result<Outcome, Box<dyn Error>> {
        let bytes = self.input().bytes()?;
        let pool = match self.typed.pool() {
            Err(TypedError::Report(report)) => return Ok(Outcome::findings(report.render())),
            pool => pool?,
        };
        let message = self.typed.message_of(pool.as_ref())?;
        match (self.format, message) {
            (Format::Tree, _) => {
                let options =
                    text::Options { redact_sensitive: self.redact, out: self.out_max, ..Default::default() };
                Ok(outcome(text::dump(message, &bytes, &options)))
            }
            (Format::Hex, _) => {
                let options = annotate::Options {
                    redact_sensitive: self.redact,
                    out: self.out_max,
                    ..Default::default()
                };
                Ok(outcome(annotate::annotate(message, &bytes, &options)))
            }
            (Format::Json, Some(message)) => Ok(self.json(message, &bytes)),
            (Format::Json, None) => {
                Err("json needs the names of fields: name the message by --message".into())
            }
        }
    }

    fn input(&self) -> Input {
        match (&self.hex, &self.base64, &self.file) {
            (Some(hex), _, _) => Input::Hex(hex.clone()),
            (None, Some(base64), _) => Input::Base64(base64.clone()),
            (None, None, file) => Input::File(file.clone().unwrap_or_else(|| "-".into())),
        }
    }

    fn json(&self, message: MessageDescriptor<'_>, bytes: &[u8]) -> Outcome {
        let options = json::Options {
            redact_sensitive: self.redact,
            pretty: true,
            out: self.out_max,
            ..Default::default()
        };
        match json::write(message.pool(), message.full_name(), bytes, &options) {
            Ok(json) => {
                let stderr = messages::left_out_of_json(message, bytes);
                Outcome { stderr, ..Outcome::fine(json + "\n") }
            }
            Err(error) => {
                let help = "help: --format tree and --format hex show how far the bytes make sense";
                Outcome::findings(format!("error: {error}\n{help}\n"))
            }
        }
    }
}

/// What was shown is printed whatever was wrong.
fn outcome(shown: Shown) -> Outcome {
    let (mut stderr, mut exit) = (String::new(), Exit::Fine);
    if let Some(first) = shown.first_fault() {
        exit = Exit::Findings;
        stderr = format!("error: {first}\n");
        if shown.faults() > 1 {
            stderr.push_str(&format!(
                "error: and {} that is shown\n",
                counted(shown.faults() - 1, "more fault")
            ));
        }
    }
    if shown.is_cut() {
        stderr.push_str("warning: not everything is shown: --out-max shows more\n");
    }
    Outcome { stderr, exit, ..Outcome::fine(shown.into_text()) }
}
