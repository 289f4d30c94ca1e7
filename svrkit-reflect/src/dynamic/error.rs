//! Why bytes are no message of a descriptor.

use std::error::Error;
use std::fmt;

use svrkit_runtime::wire::tlv::DecodeErrorKind;

/// Why bytes are no message of the wanted type, and in which field. The same bytes never are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DynamicError {
    kind: DecodeErrorKind,
    path: String,
    offset: usize,
}

impl DynamicError {
    #[cold]
    pub(super) fn new(kind: DecodeErrorKind, path: String, offset: usize) -> Self {
        Self { kind, path, offset }
    }

    /// What is wrong.
    pub fn kind(&self) -> DecodeErrorKind {
        self.kind
    }

    /// Where it is, for people: `Order.items[3].note`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// How many bytes into the outermost message reading stood. Inside a message that came in parts it counts from its
    /// first part.
    pub fn offset(&self) -> usize {
        self.offset
    }
}

impl fmt::Display for DynamicError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {} (at byte {})", self.path, self.kind, self.offset)
    }
}

impl Error for DynamicError {}
