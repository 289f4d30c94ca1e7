//! What the engine beneath says, in the store's own words.

use std::io;
use std::path::Path;
use std::sync::Arc;

use redb::{CommitError, DatabaseError, SetDurabilityError, StorageError, TableError, TransactionError};

use crate::error::StoreError;

/// Why the engine beneath has failed.
#[derive(Debug)]
pub(super) enum Fault {
    /// The file is not what was written.
    Damaged(String),
    /// The system has refused.
    Io(io::Error),
    /// Somebody else has the file.
    InUse,
}

impl Fault {
    /// The same for users, of a store at `path`.
    pub(super) fn at(self, doing: &'static str, path: &Path) -> StoreError {
        match self {
            Self::Damaged(what) => StoreError::Damaged { path: path.to_owned(), what },
            Self::InUse => StoreError::InUse { path: path.to_owned() },
            Self::Io(error) => {
                StoreError::Failed { doing, with: path.display().to_string(), error: Arc::new(error) }
            }
        }
    }
}

impl From<StorageError> for Fault {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::Corrupted(what) => Self::Damaged(what),
            // What is no store at all, and what ends before it should.
            StorageError::Io(error)
                if matches!(error.kind(), io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof) =>
            {
                Self::Damaged(error.to_string())
            }
            StorageError::Io(error) => Self::Io(error),
            other => Self::Io(io::Error::other(other)),
        }
    }
}

impl From<DatabaseError> for Fault {
    fn from(error: DatabaseError) -> Self {
        match error {
            DatabaseError::DatabaseAlreadyOpen | DatabaseError::LockProtocolMismatch => Self::InUse,
            DatabaseError::Storage(error) => error.into(),
            other => Self::Damaged(other.to_string()),
        }
    }
}

impl From<TransactionError> for Fault {
    fn from(error: TransactionError) -> Self {
        match error {
            TransactionError::Storage(error) => error.into(),
            other => Self::Io(io::Error::other(other)),
        }
    }
}

impl From<TableError> for Fault {
    fn from(error: TableError) -> Self {
        match error {
            TableError::Storage(error) => error.into(),
            other => Self::Damaged(other.to_string()),
        }
    }
}

impl From<CommitError> for Fault {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Storage(error) => error.into(),
            other => Self::Io(io::Error::other(other)),
        }
    }
}

impl From<SetDurabilityError> for Fault {
    fn from(error: SetDurabilityError) -> Self {
        Self::Io(io::Error::other(error))
    }
}

/// What `of` answers. Where it panics, as the engine may where a file is damaged in ways it does not expect, that is a fault of the file.
pub(super) fn guarded<T>(of: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    // What it has touched is dropped, or opened anew, by those who are told.
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(of)).unwrap_or_else(|panic| {
        let said = panic.downcast_ref::<String>().map(String::as_str);
        let said = said.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("it did not say why");
        Err(Fault::Damaged(format!("the engine could not go on with what it read: {said}")))
    })
}
