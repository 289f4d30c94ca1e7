//! A new project: what it is called, which kit it depends on, its files.
//!
//! Names and kit are judged first, then every file is rendered, and only then is anything written: what fails leaves
//! nothing behind. Nothing here prints; `commands::new` calls it.

mod imports;
mod kit;
mod name;
mod templates;

use std::error::Error;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

pub(crate) use self::kit::Kit;
pub(crate) use self::name::Name;
use crate::staging;

/// Where the server of a new project listens.
pub(crate) const ADDRESS: &str = "127.0.0.1:4310";

/// A project about to be made.
pub(crate) struct Project {
    name: Name,
    kit: Kit,
}

impl Project {
    pub(crate) fn new(name: Name, kit: Kit) -> Self {
        Self { name, kit }
    }

    pub(crate) fn name(&self) -> &Name {
        &self.name
    }

    /// The schema's path in the project.
    pub(crate) fn schema_path(&self) -> String {
        format!("schemas/{}.xml", self.name.module())
    }

    /// Makes `folder` with all files of the project. It must not exist or be empty.
    pub(crate) fn create(&self, folder: &Path) -> Result<(), CreateError> {
        let failed = |error| CreateError::Io { folder: folder.into(), error };
        match fs::read_dir(folder) {
            Ok(mut entries) => {
                if entries.next().is_some() {
                    return Err(CreateError::NotEmpty(folder.into()));
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
                return Err(CreateError::NoFolder(folder.into()));
            }
            Err(error) => return Err(failed(error)),
        }
        if let Some(parent) = folder.parent()
            && !parent.as_os_str().is_empty()
            && !parent.is_dir()
        {
            return Err(CreateError::NoParent(parent.into()));
        }
        staging::create_folder(folder, &templates::render(self)).map_err(failed)
    }
}

/// Why a project was not made; nothing was written then.
#[derive(Debug)]
pub(crate) enum CreateError {
    NotEmpty(PathBuf),
    NoFolder(PathBuf),
    NoParent(PathBuf),
    Io { folder: PathBuf, error: io::Error },
}

impl fmt::Display for CreateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotEmpty(folder) => write!(
                f,
                "the folder `{}` is not empty and is left as it is: choose another one by --path",
                folder.display()
            ),
            Self::NoFolder(path) => write!(
                f,
                "`{}` is a file and is left as it is: choose another folder by --path",
                path.display()
            ),
            Self::NoParent(folder) => write!(f, "there is no folder `{}`: make it first", folder.display()),
            Self::Io { folder, error } => {
                write!(f, "cannot make the folder `{}`: {error}", folder.display())
            }
        }
    }
}

impl Error for CreateError {}
