//! Files and folders that appear whole or not at all: written beside their place, then renamed into it.
//!
//! A process that is killed may leave the file or folder beside it, which starts with a dot; never a half one in its
//! place.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process;

/// Puts these bytes into the file at `path`: behind its links, and with the mode of the file that is there.
pub(crate) fn write_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let file = behind_links(path)?;
    let staged = Staged::beside(&file)?;
    fs::write(&staged.0, bytes)?;
    match fs::metadata(&file) {
        Ok(metadata) => fs::set_permissions(&staged.0, metadata.permissions())?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    fs::rename(&staged.0, file)
}

/// Where `path` leads, be there a file or not. Links that lead in a circle are an error of the system.
fn behind_links(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    loop {
        match path.canonicalize() {
            // Neither the file nor, maybe, a link to it.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            found => return found,
        }
        match path.read_link() {
            Ok(target) => path = path.with_file_name("").join(target),
            Err(_) => return Ok(path),
        }
    }
}

/// Makes the folder `path` with these files, given by their paths in it. It must not exist or be empty.
pub(crate) fn create_folder(path: &Path, files: &[(String, String)]) -> io::Result<()> {
    let staged = Staged::beside(path)?;
    fs::create_dir(&staged.0)?;
    for (name, text) in files {
        let file = staged.0.join(name);
        if let Some(parent) = file.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(file, text)?;
    }
    // Replaces an empty folder; one that has been filled meanwhile makes it fail.
    fs::rename(&staged.0, path)
}

/// A place beside the final one, cleared when it is left.
struct Staged(PathBuf);

impl Staged {
    fn beside(path: &Path) -> io::Result<Self> {
        let Some(name) = path.file_name() else {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "the path does not end in a name"));
        };
        let mut staged = OsString::from(".");
        staged.push(name);
        staged.push(format!(".svrkit-{}", process::id()));
        Ok(Self(path.with_file_name(staged)))
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        // After the rename there is nothing here any more, and otherwise the first error is what matters.
        let _ = fs::remove_file(&self.0);
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names_in(folder: &Path) -> Vec<OsString> {
        let mut names: Vec<_> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_takes_the_place_of_another_and_leaves_nothing_beside() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.rs");
        for text in ["one", "two"] {
            write_file(&path, text.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
            assert_eq!(names_in(folder.path()), ["a.rs"]);
        }
    }

    #[test]
    #[cfg(unix)]
    fn a_link_leads_to_the_file_that_is_written_and_stays() {
        use std::os::unix::fs::symlink;

        let folder = tempfile::tempdir().unwrap();
        let below = folder.path().join("below");
        fs::create_dir(&below).unwrap();
        let link = folder.path().join("link.rs");
        symlink("below/inner.rs", &link).unwrap();
        symlink("a.rs", below.join("inner.rs")).unwrap();
        // The file is not there, then it is.
        for text in ["one", "two"] {
            write_file(&link, text.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(below.join("a.rs")).unwrap(), text);
            assert!(link.is_symlink() && below.join("inner.rs").is_symlink());
            assert_eq!(names_in(&below), ["a.rs", "inner.rs"]);
        }
        let circle = folder.path().join("circle.rs");
        symlink("circle.rs", &circle).unwrap();
        write_file(&circle, b"text").unwrap_err();
        assert_eq!(names_in(folder.path()), ["below", "circle.rs", "link.rs"]);
    }

    #[test]
    #[cfg(unix)]
    fn a_file_keeps_its_mode() {
        use std::os::unix::fs::PermissionsExt as _;

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.rs");
        fs::write(&path, "one").unwrap();
        for mode in [0o444, 0o640, 0o755] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            write_file(&path, format!("{mode}").as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), format!("{mode}"));
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, mode);
        }
    }

    #[test]
    fn a_folder_that_cannot_be_finished_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let files = [("a", "file"), ("a/b", "below a file")].map(|(name, text)| (name.into(), text.into()));
        create_folder(&folder.path().join("shop"), &files).unwrap_err();
        assert!(names_in(folder.path()).is_empty());
    }

    #[test]
    fn a_folder_replaces_an_empty_one_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shop");
        let files = [("a/b".to_owned(), "text".to_owned())];
        fs::create_dir(&path).unwrap();
        create_folder(&path, &files).unwrap();
        assert_eq!(fs::read_to_string(path.join("a/b")).unwrap(), "text");
        create_folder(&path, &[("c".into(), "other".into())]).unwrap_err();
        assert_eq!(names_in(&path), ["a"]);
        assert_eq!(names_in(folder.path()), ["shop"]);
    }
}
