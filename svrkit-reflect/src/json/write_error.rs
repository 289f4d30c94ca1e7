//! Why a message became no JSON.

use std::error::Error;
use std::fmt;
use std::io;

use svrkit_runtime::types::{DurationError, TimestampError};

use crate::dynamic::DynamicError;

/// Why a message became no JSON, and where. What was written until then is no whole text.
#[derive(Debug)]
pub struct WriteError {
    path: String,
    kind: WriteErrorKind,
}

/// What stood in the way of JSON.
#[derive(Debug)]
#[non_exhaustive]
pub enum WriteErrorKind {
    /// The pool has no message of this name.
    UnknownMessage {
        /// The full name asked for.
        name: String,
    },
    /// The bytes are no such message, or a limit of reading them was met.
    Bytes(DynamicError),
    /// A timestamp that is no point in time.
    Timestamp(TimestampError),
    /// A duration that is no span of time.
    Duration(DurationError),
    /// A path of a field mask that would not come back from lowerCamelCase.
    FieldMask,
    /// A `Value` that is no finite number.
    NotFinite,
    /// An `Any` of a type that the pool does not have.
    UnknownAny {
        /// The full name of the type.
        name: String,
    },
    /// One of the above, in a sensitive field of which nothing is told.
    Withheld,
    /// The text would be longer than `json.out`.
    TooLong {
        /// The limit, in bytes.
        limit: usize,
    },
    /// The text could not be handed on.
    Output(io::Error),
}

impl WriteError {
    #[cold]
    pub(super) fn new(path: String, kind: WriteErrorKind) -> Self {
        Self { path, kind }
    }

    /// Where it is, for people: `Order.items[3]`; empty where the whole message is concerned.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What stood in the way.
    pub fn kind(&self) -> &WriteErrorKind {
        &self.kind
    }
}

impl From<DynamicError> for WriteError {
    fn from(error: DynamicError) -> Self {
        Self { path: error.path().to_owned(), kind: WriteErrorKind::Bytes(error) }
    }
}

impl fmt::Display for WriteError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            // It says itself where it is.
            WriteErrorKind::Bytes(_) => self.kind.fmt(out),
            kind if self.path.is_empty() => kind.fmt(out),
            kind => write!(out, "{}: {kind}", self.path),
        }
    }
}

impl Error for WriteError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.kind {
            WriteErrorKind::Output(error) => Some(error),
            _ => None,
        }
    }
}

impl fmt::Display for WriteErrorKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownMessage { name } => write!(
                out,
                "no message `{}` is in the descriptors, add the schema that defines it",
                name.escape_debug()
            ),
            Self::Bytes(error) => error.fmt(out),
            Self::Timestamp(error) => write!(out, "{error}, the sender set it wrong"),
            Self::Duration(error) => write!(out, "{error}, the sender set it wrong"),
            Self::FieldMask => out.write_str(
                "a path of a field mask has capitals, or no letter behind an underscore, and JSON could not be read back, \
                 the sender should name fields in snake_case",
            ),
            Self::NotFinite => {
                out.write_str("a value that is infinite or no number, which JSON cannot hold, the sender set it wrong")
            }
            Self::UnknownAny { name } if name.is_empty() => {
                out.write_str("an any has a value and no type, the sender set it wrong")
            }
            Self::UnknownAny { name } => write!(
                out,
                "an any holds a `{}`, which is not in the descriptors, add the schema that defines it",
                name.escape_debug()
            ),
            Self::Withheld => {
                out.write_str("a sensitive value that JSON cannot hold, the sender set it wrong")
            }
            Self::TooLong { limit } => {
                write!(out, "the text would be longer than {limit} bytes, send less or raise `json.out`")
            }
            Self::Output(error) => write!(out, "the text could not be written: {error}"),
        }
    }
}
