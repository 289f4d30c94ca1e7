//! What the tests of this folder share: texts kept in files, and folders that go away.

#![allow(dead_code, reason = "each test crate uses its part")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

/// Compares with what a file holds; with `SVRKIT_BLESS=1` writes it instead.
#[track_caller]
pub(crate) fn check_file(path: &Path, actual: &str) {
    if std::env::var_os("SVRKIT_BLESS").is_some() {
        fs::write(path, actual).unwrap();
        return;
    }
    let expected = fs::read_to_string(path).unwrap_or_default();
    assert!(
        expected == actual,
        "{} should hold (SVRKIT_BLESS=1 writes it):\n{actual}\nbut holds:\n{expected}",
        path.display()
    );
}

/// The schemas of a folder, sorted, as paths relative to the package: cargo runs tests there.
pub(crate) fn schemas(folder: &str) -> Vec<PathBuf> {
    files(folder, "xml")
}

/// The files of a folder whose names end so, sorted.
pub(crate) fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> =
        entries.filter(|path| path.extension().is_some_and(|it| it == extension)).collect();
    files.sort();
    files
}

/// A folder for one test, removed when the test ends.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(test: &str) -> Self {
        let path = std::env::temp_dir().join(format!("svrkit-gen-{}-{test}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _leftovers_harm_nobody = fs::remove_dir_all(&self.0);
    }
}
