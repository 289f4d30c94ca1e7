//! Why a store cannot do what it is asked for.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use svrkit_runtime::{DecodeError, EncodeError};

use crate::changes::{Condition, Expected};

/// Why a store cannot do what it is asked for. After all but [`Self::Failed`] nothing has been changed.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum StoreError {
    /// A condition of the batch does not hold: read again, and try again.
    Conflict(Conflict),
    /// Something is longer than the store takes.
    OverLimit {
        /// What: a key, a record, …
        what: &'static str,
        /// How long it is.
        len: usize,
        /// How long it may be.
        max: usize,
        /// The limit's name.
        limit: &'static str,
    },
    /// So many commits wait for their turn that this one was not taken.
    Busy {
        /// How many may.
        max: usize,
    },
    /// A record cannot be encoded.
    Unencodable(EncodeError),
    /// What is stored is no record of the type that the table has here.
    Unreadable {
        /// The table's name.
        table: &'static str,
        /// The key's bytes.
        key: Vec<u8>,
        /// Why not; `None`: it is the key that cannot be read.
        error: Option<DecodeError>,
    },
    /// What is stored is not what was written.
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        what: String,
    },
    /// Another process, or this one, has the store open already.
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// The file is of a later format than this program knows.
    Format {
        /// The file.
        path: PathBuf,
        /// The format it has.
        found: u64,
    },
    /// The system, or another engine, has failed. A commit that ends so may have been carried out or not.
    Failed {
        /// What was to be done.
        doing: &'static str,
        /// With what: a file, an address.
        with: String,
        /// Why not.
        error: Arc<io::Error>,
    },
}

/// A condition that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Conflict {
    /// The table's name.
    pub table: &'static str,
    /// The key's bytes.
    pub key: Vec<u8>,
    /// What was to be there.
    pub expected: Expected,
    /// The version of what is there.
    pub found: Option<u64>,
}

impl Conflict {
    pub(crate) fn of(condition: Condition, found: Option<u64>) -> Self {
        let Condition { table, key, expected } = condition;
        Self { table, key, expected, found }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Conflict(conflict) => conflict.fmt(f),
            Self::OverLimit { what, len, max, limit } => {
                write!(f, "{what} of {len} is over the store's limit of {max} ({limit})")
            }
            Self::Busy { max } => write!(
                f,
                "{max} commits wait already (store.waiting): the disk does not keep up; commit less, or more in one batch"
            ),
            Self::Unencodable(error) => write!(f, "the record cannot be encoded: {error}"),
            Self::Unreadable { table, key, error: Some(error) } => write!(
                f,
                "the record at {} of table {table} is none of this type: {error}; compare the schema that it was written by",
                Hex(key)
            ),
            Self::Unreadable { table, key, error: None } => write!(
                f,
                "{} of table {table} is no key of this type; compare the type that it was written by",
                Hex(key)
            ),
            Self::Damaged { path, what } => write!(
                f,
                "the store {} is damaged: {what}; nothing was changed: keep the file, and restore it from a copy",
                path.display()
            ),
            Self::InUse { path } => {
                write!(f, "the store {} is open already, here or in another process", path.display())
            }
            Self::Format { path, found } => write!(
                f,
                "the store {} has format {found}, which this program does not know; use a newer one",
                path.display()
            ),
            Self::Failed { doing, with, error } => write!(f, "cannot {doing} {with}: {error}"),
        }
    }
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at {} of table {} ", Hex(&self.key), self.table)?;
        match (self.expected, self.found) {
            (Expected::Absent, Some(found)) => {
                write!(f, "there is a record already, of version {found}")
            }
            (Expected::Version(expected), Some(found)) => {
                write!(f, "stands version {found}, and no more {expected}: somebody else was first")
            }
            (Expected::Version(expected), None) => {
                write!(f, "is no record any more, and it was to be of version {expected}")
            }
            (Expected::Absent, None) => write!(f, "the condition could not be met"),
        }
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Unencodable(error) => Some(error),
            Self::Unreadable { error: Some(error), .. } => Some(error),
            Self::Failed { error, .. } => Some(error),
            _ => None,
        }
    }
}

/// The beginning of some bytes, for people.
struct Hex<'a>(&'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 32;
        write!(f, "key ")?;
        self.0.iter().take(SHOWN).try_for_each(|byte| write!(f, "{byte:02x}"))?;
        if self.0.len() > SHOWN { write!(f, "… ({} bytes)", self.0.len()) } else { Ok(()) }
    }
}
