//! The checkout of svrkit that a new project depends on.
//!
//! The crates are on no registry yet: a project names them by their paths.

use std::error::Error;
use std::fmt;
use std::path::{Path, PathBuf};

/// The checkout this command was built from, if it is still there.
const BUILT_FROM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// The crates a new project depends on.
const RUNTIME: &str = "svrkit-runtime";
const GEN: &str = "svrkit-gen";

/// A checkout that has the crates.
#[derive(Debug)]
pub(crate) struct Kit {
    /// Absolute, so that the project may be moved.
    root: String,
}

impl Kit {
    /// The checkout at `chosen`, or the one this command was built from.
    pub(crate) fn find(chosen: Option<&Path>) -> Result<Self, KitError> {
        Self::choose(chosen, Path::new(BUILT_FROM))
    }

    fn choose(chosen: Option<&Path>, built_from: &Path) -> Result<Self, KitError> {
        let path = chosen.unwrap_or(built_from);
        let found = path
            .canonicalize()
            .ok()
            .filter(|root| [RUNTIME, GEN].iter().all(|name| root.join(name).join("Cargo.toml").is_file()));
        match found {
            Some(root) => match root.into_os_string().into_string() {
                Ok(root) => Ok(Self { root }),
                Err(root) => Err(KitError::NotUtf8(root.into())),
            },
            None if chosen.is_some() => Err(KitError::Chosen(path.into())),
            None => Err(KitError::BuiltFrom(path.into())),
        }
    }

    /// The folder of the runtime's crate.
    pub(crate) fn runtime(&self) -> String {
        format!("{}/{RUNTIME}", self.root)
    }

    /// The folder of the generator's crate.
    pub(crate) fn generator(&self) -> String {
        format!("{}/{GEN}", self.root)
    }
}

/// Why there is no kit to depend on. The caller names one by `--kit`.
#[derive(Debug)]
pub(crate) enum KitError {
    Chosen(PathBuf),
    BuiltFrom(PathBuf),
    NotUtf8(PathBuf),
}

impl fmt::Display for KitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Chosen(path) => write!(
                f,
                "`{}` is no checkout of svrkit: it has no {RUNTIME}/Cargo.toml and {GEN}/Cargo.toml; \
                 give the folder that has both by --kit",
                path.display()
            ),
            Self::BuiltFrom(path) => write!(
                f,
                "the checkout of svrkit this command was built from, `{}`, is not there any more; \
                 give another one by --kit",
                path.display()
            ),
            Self::NotUtf8(path) => write!(
                f,
                "the path of the checkout, `{}`, is not UTF-8 and cannot stand in a Cargo.toml; \
                 give another one by --kit",
                path.display()
            ),
        }
    }
}

impl Error for KitError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kit_is_a_folder_with_both_crates_and_is_named_by_its_absolute_path() {
        let kit = Kit::find(None).unwrap();
        assert!(Path::new(&kit.runtime()).is_absolute());
        assert!(Path::new(&kit.generator()).join("Cargo.toml").is_file());

        let empty = tempfile::tempdir().unwrap();
        for path in [empty.path(), &empty.path().join("away")] {
            let error = Kit::find(Some(path)).unwrap_err();
            assert!(matches!(&error, KitError::Chosen(refused) if refused == path));
            assert!(error.to_string().ends_with("give the folder that has both by --kit"));
        }
    }
}
