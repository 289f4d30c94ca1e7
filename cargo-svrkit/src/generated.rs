//! Files that this command generates: known by their first line, written when they changed, never in the place of others.

use std::error::Error;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use svrkit_gen::GENERATED_MARK;

use crate::staging;

/// What stands in an output file, compared with what was generated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FileState {
    Fresh,
    Stale,
    Absent,
}

impl FileState {
    /// Looks at the file that `text` is for. One that was not generated is an error: it is not ours to overwrite.
    pub(crate) fn of(output: &Path, text: &str) -> Result<Self, OutputError> {
        match fs::read(output) {
            Ok(bytes) if bytes == text.as_bytes() => Ok(Self::Fresh),
            Ok(bytes) if bytes.starts_with(GENERATED_MARK.as_bytes()) => Ok(Self::Stale),
            Ok(_) => Err(OutputError::Foreign(output.to_owned())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::Absent),
            Err(error) => Err(OutputError::io(output, "read", error)),
        }
    }

    /// What is wrong with a file that is not fresh.
    pub(crate) fn fault(self) -> &'static str {
        match self {
            Self::Fresh => "is up to date",
            Self::Stale => "is not what the schemas give",
            Self::Absent => "is not there",
        }
    }
}

/// Puts `text` into the file, whole or not at all.
pub(crate) fn write(output: &Path, text: &str) -> Result<(), OutputError> {
    staging::write_file(output, text.as_bytes()).map_err(|error| OutputError::io(output, "write", error))
}

/// Makes the folder of a file, and those it stands in.
pub(crate) fn create_folder_of(output: &Path) -> Result<(), OutputError> {
    let folder = output.parent().unwrap_or(output);
    fs::create_dir_all(folder).map_err(|error| OutputError::io(folder, "create", error))
}

/// Why an output file could not be compared or written. It is as it was.
#[derive(Debug)]
pub(crate) enum OutputError {
    Foreign(PathBuf),
    Io { output: PathBuf, doing: &'static str, error: io::Error },
}

impl OutputError {
    fn io(output: &Path, doing: &'static str, error: io::Error) -> Self {
        Self::Io { output: output.to_owned(), doing, error }
    }
}

impl fmt::Display for OutputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Foreign(output) => write!(
                f,
                "`{}` was not generated (it does not start with `{GENERATED_MARK}`) and is left as it is: \
                 name another place by -o, or remove it first",
                output.display()
            ),
            Self::Io { output, doing, error } => {
                write!(f, "cannot {doing} `{}`, which -o names: {error}", output.display())
            }
        }
    }
}

impl Error for OutputError {}
