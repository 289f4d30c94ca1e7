//! Why a message became no text.

use std::error::Error;
use std::fmt;

use crate::dynamic::DynamicError;

/// Why a message became no text. [`dump`](super::dump) shows any bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WriteError {
    /// The bytes are no such message, or a limit of reading them was met.
    Bytes(DynamicError),
    /// The text would be longer than `text.out`.
    TooLong {
        /// The limit, in bytes.
        limit: usize,
    },
}

impl From<DynamicError> for WriteError {
    fn from(error: DynamicError) -> Self {
        Self::Bytes(error)
    }
}

impl fmt::Display for WriteError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bytes(error) => error.fmt(out),
            Self::TooLong { limit } => {
                write!(out, "the text would be longer than {limit} bytes, send less or raise `text.out`")
            }
        }
    }
}

impl Error for WriteError {}
