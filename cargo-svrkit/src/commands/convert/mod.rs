//! `cargo svrkit convert`: a message in another form.

use std::error::Error;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use svrkit_reflect::{MessageDescriptor, json, text};

use crate::messages::{self, Input, Typed, TypedError, from_hex, to_hex};
use crate::outcome::Outcome;
use crate::staging;

/// Converts a message between its bytes, JSON and text.
///
/// JSON and text become bytes in canonical form. In JSON there is no place for what the schema does not know: text keeps
/// it.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
                        cargo svrkit convert order.json --from json --to tlv --message shop.Order -o order.bin\n  \
                        cargo svrkit convert order.bin --from tlv --to text --schema schemas/shop.xml --message shop.Order\n\n\
                        Exit codes:\n  \
                        0  converted\n  \
                        1  what came in is no such message, or something is wrong with the schemas\n  \
                        2  wrong usage, or a file cannot be read or written")]
pub(crate) struct Convert {
    /// File to convert, `-` for standard input
    #[arg(value_name = "FILE", default_value = "-")]
    file: PathBuf,
    /// What comes in
    #[arg(long, value_name = "FORMAT")]
    from: Format,
    /// What goes out
    #[arg(long, value_name = "FORMAT")]
    to: Format,
    #[command(flatten)]
    typed: Typed,
    /// File to write instead of printing; one that is there is replaced
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Write JSON in many lines
    #[arg(long)]
    pretty: bool,
    /// Write `<redacted>` in the place of what the schema calls sensitive: it cannot be read again
    #[arg(long)]
    redact: bool,
    /// Pass over members of JSON that the schema does not know
    #[arg(long)]
    ignore_unknown: bool,
}

/// The forms of a message.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// The bytes on the wire
    Tlv,
    /// The same in hex digits
    Hex,
    /// Protobuf's canonical JSON
    Json,
    /// Protobuf's text
    Text,
}

impl Convert {
    pub(in crate::commands) fn run(&self) -> Result<Outcome, Box<dyn Error>> {
        self.refuse_what_means_nothing()?;
        let pool = match self.typed.pool() {
            Err(TypedError::Report(report)) => return Ok(Outcome::findings(report.render())),
            pool => pool?,
        };
        let message = self.typed.message_of(pool.as_ref())?;
        let message = message.ok_or("no message is named: name the one that is converted by --message")?;
        let input = Input::File(self.file.clone()).bytes()?;
        let mut stderr = String::new();
        let converted = self.encoded(message, input).and_then(|bytes| {
            if self.to == Format::Json {
                stderr = messages::left_out_of_json(message, &bytes);
            }
            self.written(message, bytes)
        });
        let converted = match converted {
            Ok(converted) => converted,
            Err(error) => return Ok(Outcome::findings(format!("error: {error}\n"))),
        };
        let Some(output) = &self.output else {
            return Ok(Outcome { bytes: converted, stderr, ..Outcome::fine("") });
        };
        staging::write_file(output, &converted)
            .map_err(|error| format!("cannot write `{}`, which -o names: {error}", output.display()))?;
        let wrote = format!("wrote `{}`: {} bytes\n", output.display(), converted.len());
        Ok(Outcome { stderr, ..Outcome::fine(wrote) })
    }

    /// A flag that would be passed over is a mistake.
    fn refuse_what_means_nothing(&self) -> Result<(), &'static str> {
        if self.redact && matches!(self.to, Format::Tlv | Format::Hex) {
            return Err("bytes cannot be redacted: convert to json or text, or leave --redact out");
        }
        if self.pretty && self.to != Format::Json {
            return Err("only json is written pretty: convert to json, or leave --pretty out");
        }
        if self.ignore_unknown && self.from != Format::Json {
            return Err(
                "only members of json are passed over: convert from json, or leave --ignore-unknown out",
            );
        }
        Ok(())
    }

    /// What came in, as bytes on the wire.
    fn encoded(&self, message: MessageDescriptor<'_>, input: Vec<u8>) -> Result<Vec<u8>, Box<dyn Error>> {
        if self.from == Format::Tlv {
            return Ok(input);
        }
        let input = String::from_utf8(input).map_err(|_| "what came in is no utf-8, and so no text")?;
        Ok(match self.from {
            Format::Tlv | Format::Hex => {
                let place = |at| {
                    format!("character {} of the hex is not part of a byte, write two digits a byte", at + 1)
                };
                from_hex(&input).map_err(place)?
            }
            Format::Json => json::read_message(message, &input, &self.json_options())?,
            Format::Text => text::read(message, &input, &self.text_options())?,
        })
    }

    /// What goes out. Whatever the form, the bytes are looked at.
    fn written(&self, message: MessageDescriptor<'_>, bytes: Vec<u8>) -> Result<Vec<u8>, Box<dyn Error>> {
        Ok(match self.to {
            Format::Text => text::write(message, &bytes, &self.text_options())?.into_bytes(),
            Format::Json => {
                let json = json::write(message.pool(), message.full_name(), &bytes, &self.json_options())?;
                (json + "\n").into_bytes()
            }
            Format::Tlv | Format::Hex => {
                if let Some(fault) = messages::looked_at(message, &bytes).first_fault() {
                    return Err(Box::new(fault));
                }
                if self.to == Format::Hex { to_hex(&bytes).into_bytes() } else { bytes }
            }
        })
    }

    fn json_options(&self) -> json::Options {
        json::Options {
            pretty: self.pretty,
            redact_sensitive: self.redact,
            ignore_unknown: self.ignore_unknown,
            ..Default::default()
        }
    }

    fn text_options(&self) -> text::Options {
        text::Options { redact_sensitive: self.redact, ..Default::default() }
    }
}
