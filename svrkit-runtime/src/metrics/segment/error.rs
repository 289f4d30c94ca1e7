//! Why there is no segment, or none that can be read.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use super::reader::Malformed;

/// Why a segment cannot be made or read.
#[derive(Debug)]
#[non_exhaustive]
pub enum SegmentError {
    /// The system refused.
    Io {
        /// What was to be done.
        doing: &'static str,
        /// With which file or folder.
        path: PathBuf,
        /// Why not.
        error: io::Error,
    },
    /// The folder for segments is somebody else's, or others may write there: what is read from it could be anybody's.
    Folder {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The file is no segment, or it is damaged.
    Malformed {
        /// Which.
        path: PathBuf,
        /// What is wrong, and where.
        error: Malformed,
    },
}

impl SegmentError {
    pub(super) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |error| Self::Io { doing, path, error }
    }
}

impl fmt::Display for SegmentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { doing, path, error } => {
                write!(
                    f,
                    "cannot {doing} {}: {error}; metrics.dir says where segments are, empty: nowhere",
                    path.display()
                )
            }
            Self::Folder { path, why } => write!(
                f,
                "the folder {} is not used for segments: {why}; give it to this user alone, or name another by metrics.dir",
                path.display()
            ),
            Self::Malformed { path, error } => write!(f, "{} is no segment: {error}", path.display()),
        }
    }
}

impl Error for SegmentError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Io { error, .. } => Some(error),
            Self::Folder { .. } => None,
            Self::Malformed { error, .. } => Some(error),
        }
    }
}
