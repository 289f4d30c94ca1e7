//! `cargo svrkit export`: the same protocols in the words of others.

use std::error::Error;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::generated::{self, FileState};
use crate::outcome::{Exit, Outcome};
use crate::schemas::Schemas;
use crate::settings::Settings;

/// Writes schemas and what they import in another schema language, one file a package, for those who speak that one.
///
/// As .proto the bytes on the wire are the same: any protobuf tool reads and writes our messages. Values of enums get the
/// name of their enum in front, as protobuf wants it (PLACED of OrderStatus is ORDER_STATUS_PLACED), and what protobuf has
/// no word for stands in comments. Without --out everything is printed. A file that was not generated is never overwritten.
#[derive(Args)]
#[command(after_help = "Examples:\n  cargo svrkit export schemas/shop.xml --out proto\n  \
                        cargo svrkit export schemas/shop.xml --out proto --check\n  \
                        cargo svrkit export --out proto && protoc -I proto --python_out=. proto/shop.proto")]
pub(crate) struct Export {
    #[command(flatten)]
    schemas: Schemas,
    /// The language to write
    #[arg(long, value_name = "FORMAT", default_value = "proto")]
    format: Format,
    /// Folder to write the files to, each in the folder of its package, instead of printing them
    #[arg(short, long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Write nothing; exit with 1 if a file is not what would be written
    #[arg(long, requires = "out")]
    check: bool,
}

/// Schema languages besides ours.
#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// Protocol Buffers, proto3
    Proto,
}

impl Export {
    pub(super) fn run(&self) -> Result<Outcome, Box<dyn Error>> {
        let files = self.schemas.files()?;
        let config = self.schemas.config(&files, &mut Settings::default())?;
        let Format::Proto = self.format;
        let exported = match config.export_proto(files) {
            Ok(exported) => exported,
            Err(report) => return Ok(Outcome::findings(report.render())),
        };
        let mut outcome = Outcome::fine("");
        outcome.stderr = exported.warnings().render();
        let Some(folder) = &self.out else {
            let parts = exported.files().iter().map(|file| format!("// {}\n{}", file.path, file.text));
            outcome.stdout = parts.collect::<Vec<_>>().join("\n");
            return Ok(outcome);
        };
        // All are looked at before one is written: where one is not ours, none is touched.
        let mut states = Vec::new();
        for file in exported.files() {
            let output = folder.join(&file.path);
            let state = FileState::of(&output, &file.text)?;
            states.push((output, &file.text, state));
        }
        for (output, text, state) in states {
            let shown = output.display();
            match state {
                FileState::Fresh => outcome.stdout.push_str(&format!("`{shown}` is up to date\n")),
                state if self.check => {
                    let fault = state.fault();
                    let remedy = "refresh it by the same command without --check";
                    outcome.stderr.push_str(&format!("error: `{shown}` {fault}: {remedy}\n"));
                    outcome.exit = Exit::Findings;
                }
                _ => {
                    generated::create_folder_of(&output)?;
                    generated::write(&output, text)?;
                    outcome.stdout.push_str(&format!("wrote `{shown}`\n"));
                }
            }
        }
        Ok(outcome)
    }
}
