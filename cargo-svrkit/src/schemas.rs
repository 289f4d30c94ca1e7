//! The schema files named on the command line: files as they are, folders as the schemas below them.
//!
//! Only paths are judged here; `svrkit-gen` looks through folders and reads the files. The subcommands call this.

use std::env;
use std::error::Error;
use std::fmt;
use std::fs::File;
use std::io;
use std::path::PathBuf;

use clap::Args;
use svrkit_gen::{Config, FolderError};

use crate::settings::{Settings, SettingsError};

/// Where schemas are looked for if none is named.
const SCHEMAS_FOLDER: &str = "schemas";

/// What every subcommand takes that reads schemas.
#[derive(Args)]
pub(crate) struct Schemas {
    /// Schemas, or folders: all *.xml below them [default: the folder `schemas`]
    #[arg(value_name = "FILES")]
    pub(crate) paths: Vec<PathBuf>,
    /// Folder in which imports are looked for, after that of the importing file; may be repeated, and set for good:
    /// `include = ["DIR"]` in svrkit.toml
    #[arg(short = 'I', long = "include", value_name = "DIR")]
    pub(crate) includes: Vec<PathBuf>,
}

impl Schemas {
    /// The files, each folder's in the order of their names.
    pub(crate) fn files(&self) -> Result<Vec<PathBuf>, SchemasError> {
        for folder in &self.includes {
            if !folder.is_dir() {
                return Err(SchemasError::NoIncludeFolder(folder.clone()));
            }
        }
        let default = [PathBuf::from(SCHEMAS_FOLDER)];
        let paths = match &self.paths[..] {
            [] if !default[0].is_dir() => return Err(SchemasError::NoneNamed),
            [] => &default,
            named => named,
        };
        let mut files = Vec::new();
        for path in paths {
            let failed = |error| SchemasError::Absent { path: path.clone(), error };
            if path.is_dir() {
                files.extend(svrkit_gen::schemas_below(path).map_err(SchemasError::Folder)?);
            } else {
                // What cannot be opened is wrong usage; what is wrong inside is a finding.
                // One that is no regular file might never end being opened, so that is left to who reads it.
                if path.metadata().map_err(failed)?.is_file() {
                    File::open(path).map_err(failed)?;
                }
                files.push(path.clone());
            }
        }
        Ok(files)
    }

    /// A compiler that knows the include folders: those of the command line, then those of the settings of `files`.
    pub(crate) fn config(&self, files: &[PathBuf], settings: &mut Settings) -> Result<Config, SettingsError> {
        let mut includes = self.includes.clone();
        for file in files {
            let of_file = &settings.of(file)?.includes;
            let new: Vec<_> = of_file.iter().filter(|include| !includes.contains(include)).cloned().collect();
            includes.extend(new);
        }
        Ok(includes.iter().fold(Config::new(), Config::include))
    }
}

/// Why there are no files to work on. The caller is at fault.
#[derive(Debug)]
pub(crate) enum SchemasError {
    NoneNamed,
    /// A path of the command line.
    Absent {
        path: PathBuf,
        error: io::Error,
    },
    Folder(FolderError),
    NoIncludeFolder(PathBuf),
}

impl fmt::Display for SchemasError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoneNamed => write!(
                f,
                "no schema is named, and there is no folder `{SCHEMAS_FOLDER}` here: name files or folders"
            ),
            Self::Absent { path, error } => {
                write!(f, "cannot read `{}`, which the command line names", path.display())?;
                match env::current_dir() {
                    Ok(folder) if path.is_relative() => write!(f, ", in `{}`: {error}", folder.display()),
                    _ => write!(f, ": {error}"),
                }
            }
            Self::Folder(fault) => fault.fmt(f),
            Self::NoIncludeFolder(folder) => write!(
                f,
                "there is no folder `{}`, which -I names: imports cannot be looked for in it",
                folder.display()
            ),
        }
    }
}

impl Error for SchemasError {}
