//! A folder of schemas: all `*.xml` in it and below it.
//!
//! Only names are looked at here; `load` opens the files. [`crate::Config`] takes folders where it takes files, and
//! `cargo svrkit` asks for what is in one by [`schemas_below`], so that both mean the same files.

use std::error::Error;
use std::ffi::OsStr;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::diagnostic::Code;
use crate::limits::{FILES_MAX, FOLDER_ENTRIES_MAX};

/// The files in `folder` and below it whose names end with `.xml`, sorted. Links to folders are not followed: they may
/// lead in a circle.
///
/// # Errors
///
/// When a folder cannot be read, when there is no such file, and when there are more files than
/// [`FILES_MAX`] or more entries than [`FOLDER_ENTRIES_MAX`].
pub fn schemas_below(folder: impl AsRef<Path>) -> Result<Vec<PathBuf>, FolderError> {
    walk(folder.as_ref(), FILES_MAX, FOLDER_ENTRIES_MAX)
}

fn walk(root: &Path, files_max: usize, entries_max: usize) -> Result<Vec<PathBuf>, FolderError> {
    let mut files = Vec::new();
    let mut folders = vec![root.to_owned()];
    let mut entries = 0;
    while let Some(folder) = folders.pop() {
        let failed = |error| FolderError::new(&folder, Fault::Unreadable(error));
        for entry in fs::read_dir(&folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            entries += 1;
            if entries_max < entries {
                return Err(FolderError::new(root, Fault::TooManyEntries(entries_max)));
            }
            let path = entry.path();
            if entry.file_type().map_err(failed)?.is_dir() {
                folders.push(path);
            } else if path.extension() == Some(OsStr::new("xml")) && path.is_file() {
                files.push(path);
            }
        }
    }
    match files.len() {
        0 => Err(FolderError::new(root, Fault::NoSchemas)),
        count if files_max < count => Err(FolderError::new(root, Fault::TooManyFiles(files_max))),
        _ => {
            files.sort();
            Ok(files)
        }
    }
}

/// Each path, or for a folder the schemas in it, in the order in which they were named; and what is wrong with folders.
pub(crate) fn expand(paths: Vec<PathBuf>) -> (Vec<PathBuf>, Vec<FolderError>) {
    let (mut files, mut faults) = (Vec::with_capacity(paths.len()), Vec::new());
    for path in paths {
        match path.is_dir().then(|| schemas_below(&path)) {
            None => files.push(path),
            Some(Ok(below)) => files.extend(below),
            Some(Err(fault)) => faults.push(fault),
        }
    }
    (files, faults)
}

/// Why the schemas of a folder are not known. Who named the folder is at fault, or the system that holds it.
#[derive(Debug)]
pub struct FolderError {
    /// The folder that was named, or the one below it that cannot be read.
    path: PathBuf,
    fault: Fault,
}

#[derive(Debug)]
enum Fault {
    Unreadable(io::Error),
    NoSchemas,
    TooManyFiles(usize),
    TooManyEntries(usize),
}

impl FolderError {
    fn new(path: &Path, fault: Fault) -> Self {
        Self { path: path.to_owned(), fault }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn code(&self) -> Code {
        match self.fault {
            Fault::Unreadable(_) => Code::UNREADABLE_FILE,
            Fault::NoSchemas => Code::NO_FILES,
            Fault::TooManyFiles(_) | Fault::TooManyEntries(_) => Code::LIMIT_EXCEEDED,
        }
    }

    /// What is wrong.
    pub(crate) fn message(&self) -> String {
        let folder = format!("`{}`", self.path.display().to_string().escape_debug());
        match &self.fault {
            Fault::Unreadable(error) => format!("cannot read {folder}: {error}"),
            Fault::NoSchemas => format!("there is no *.xml in {folder} or below it"),
            Fault::TooManyFiles(max) => {
                format!("there are more than {max} schemas in {folder} and below it (FILES_MAX)")
            }
            Fault::TooManyEntries(max) => {
                format!("there are more than {max} entries in {folder} and below it (FOLDER_ENTRIES_MAX)")
            }
        }
    }

    /// What to do about it.
    pub(crate) fn help(&self) -> &'static str {
        match self.fault {
            Fault::Unreadable(_) => {
                "a folder stands for all schemas below it: each folder there must be readable"
            }
            Fault::NoSchemas => "name a folder that has schemas",
            Fault::TooManyFiles(_) => "name smaller folders, in runs of their own",
            Fault::TooManyEntries(_) => "name the folders that hold the schemas",
        }
    }
}

impl fmt::Display for FolderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.message(), self.help())
    }
}

impl Error for FolderError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_folder::Folder;

    #[test]
    fn a_folder_stands_for_the_schemas_below_it() {
        let folder = Folder::new("below");
        fs::create_dir_all(folder.0.join("b/c.xml")).unwrap();
        for name in ["z.xml", "b/a.xml", "b/c.xml/d.xml", "b/notes.txt", "xml", ".xml"] {
            folder.file(name, "");
        }
        let expected = ["b/a.xml", "b/c.xml/d.xml", "z.xml"].map(|name| folder.0.join(name));
        assert_eq!(schemas_below(&folder.0).unwrap(), expected);
    }

    #[test]
    #[cfg(unix)]
    fn a_link_to_a_folder_is_not_followed_and_one_to_a_file_is() {
        let folder = Folder::new("links");
        let file = folder.file("a.xml", "");
        std::os::unix::fs::symlink(&folder.0, folder.0.join("circle")).unwrap();
        std::os::unix::fs::symlink(&folder.0, folder.0.join("circle.xml")).unwrap();
        std::os::unix::fs::symlink(&file, folder.0.join("b.xml")).unwrap();
        assert_eq!(schemas_below(&folder.0).unwrap(), [file, folder.0.join("b.xml")]);
    }

    #[test]
    fn one_file_or_entry_past_the_limits_is_refused() {
        let folder = Folder::new("folder_limits");
        for name in ["a.xml", "b.xml", "c.txt"] {
            folder.file(name, "");
        }
        assert_eq!(walk(&folder.0, 2, 3).unwrap().len(), 2);
        for (files_max, entries_max, limit) in [(1, 3, "1 schemas"), (2, 2, "2 entries")] {
            let error = walk(&folder.0, files_max, entries_max).unwrap_err();
            assert_eq!(error.code(), Code::LIMIT_EXCEEDED);
            assert!(error.message().starts_with(&format!("there are more than {limit} in `")), "{error}");
        }
    }

    #[test]
    fn a_folder_that_is_gone_or_empty_is_an_error_that_names_it() {
        let folder = Folder::new("no_schemas");
        let gone = folder.0.join("gone");
        for (path, code) in [(&gone, Code::UNREADABLE_FILE), (&folder.0, Code::NO_FILES)] {
            let error = schemas_below(path).unwrap_err();
            assert_eq!(error.code(), code);
            assert!(error.to_string().contains(&*path.to_string_lossy()), "{error}");
        }
    }
}
