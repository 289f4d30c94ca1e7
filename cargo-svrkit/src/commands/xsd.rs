//! `cargo svrkit xsd`: the dialect for XML editors.

use std::error::Error;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::outcome::Outcome;
use crate::staging;

/// What every file this command wrote says of itself.
const MARK: &str = "Made by `cargo svrkit xsd`";

/// Prints the XSD of the dialect, by which XML editors complete and check schemas, or writes it to a file.
///
/// A file that this command did not write is never overwritten. docs/schema.md says how editors are told of it.
#[derive(Args)]
#[command(after_help = "Example:\n  cargo svrkit xsd -o schemas/svrkit.xsd")]
pub(crate) struct Xsd {
    /// File to write instead of printing
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Xsd {
    pub(super) fn run(&self) -> Result<Outcome, Box<dyn Error>> {
        let xsd = svrkit_gen::xsd();
        let Some(output) = &self.output else { return Ok(Outcome::fine(xsd)) };
        let failed = |doing| move |error| OutputError::Io { output: output.clone(), doing, error };
        match fs::read_to_string(output) {
            Ok(text) if text == xsd => {
                return Ok(Outcome::fine(format!("`{}` is up to date\n", output.display())));
            }
            Ok(text) if text.contains(MARK) => {}
            Ok(_) => return Err(OutputError::foreign(output).into()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            // No text at all.
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                return Err(OutputError::foreign(output).into());
            }
            Err(error) => return Err(failed("read")(error).into()),
        }
        staging::write_file(output, xsd.as_bytes()).map_err(failed("write"))?;
        Ok(Outcome::fine(format!("wrote `{}`\n", output.display())))
    }
}

/// Why the file could not be written. It is as it was.
#[derive(Debug)]
enum OutputError {
    Foreign(PathBuf),
    Io { output: PathBuf, doing: &'static str, error: io::Error },
}

impl OutputError {
    fn foreign(output: &Path) -> Self {
        Self::Foreign(output.to_owned())
    }
}

impl fmt::Display for OutputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Foreign(output) => write!(
                f,
                "`{}` was not written by this command and is left as it is: name another file by -o, or remove \
                 it first",
                output.display()
            ),
            Self::Io { output, doing, error } => {
                write!(f, "cannot {doing} `{}`, which -o names: {error}", output.display())
            }
        }
    }
}

impl Error for OutputError {}
