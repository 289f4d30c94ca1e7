//! The schema files named on the command line: files as they are, folders as all `*.xml` below them.
//!
//! Only paths are judged here; `svrkit-gen` reads the files. `commands::check` and `commands::gen` call this.

use std::env;
use std::error::Error;
use std::ffi::OsStr;
use std::fmt;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use clap::Args;
use svrkit_gen::Config;

/// Where schemas are looked for if none is named.
const SCHEMAS_FOLDER: &str = "schemas";

/// What every subcommand takes that reads schemas.
#[derive(Args)]
pub(crate) struct Schemas {
    /// Schemas, or folders: all *.xml below them [default: the folder `schemas`]
    #[arg(value_name = "FILES")]
    pub(crate) paths: Vec<PathBuf>,
    /// Folder in which imports are looked for, after that of the importing file; may be repeated
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
                let below = xml_files_below(path)?;
                if below.is_empty() {
                    return Err(SchemasError::NoneBelow(path.clone()));
                }
                files.extend(below);
            } else {
                // What cannot be opened is wrong usage; what is wrong inside is a finding.
                File::open(path).map_err(failed)?;
                files.push(path.clone());
            }
        }
        Ok(files)
    }

    /// A compiler that knows the include folders.
    pub(crate) fn config(&self) -> Config {
        self.includes.iter().fold(Config::new(), Config::include)
    }
}

/// Links to folders are not followed: they may lead in a circle.
fn xml_files_below(folder: &Path) -> Result<Vec<PathBuf>, SchemasError> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let failed = |error| SchemasError::Unreadable { path: folder.clone(), error };
        for entry in fs::read_dir(&folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let path = entry.path();
            if entry.file_type().map_err(failed)?.is_dir() {
                folders.push(path);
            } else if path.extension() == Some(OsStr::new("xml")) && path.is_file() {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
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
    /// What was found below one.
    Unreadable {
        path: PathBuf,
        error: io::Error,
    },
    NoneBelow(PathBuf),
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
            Self::Unreadable { path, error } => write!(f, "cannot read `{}`: {error}", path.display()),
            Self::NoneBelow(folder) => write!(
                f,
                "there is no *.xml in `{}` or below it: name a folder that has schemas",
                folder.display()
            ),
            Self::NoIncludeFolder(folder) => write!(
                f,
                "there is no folder `{}`, which -I names: imports cannot be looked for in it",
                folder.display()
            ),
        }
    }
}

impl Error for SchemasError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_stands_for_the_schemas_below_it() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::create_dir_all(root.join("b/c.xml")).unwrap();
        for name in ["z.xml", "b/a.xml", "b/c.xml/d.xml", "b/notes.txt", "xml"] {
            fs::write(root.join(name), "").unwrap();
        }
        let schemas = Schemas { paths: vec![root.join("z.xml"), root.join("b")], includes: vec![] };
        let expected = ["z.xml", "b/a.xml", "b/c.xml/d.xml"].map(|name| root.join(name));
        assert_eq!(schemas.files().unwrap(), expected);
    }
}
