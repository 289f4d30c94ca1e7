//! What is wrong with bytes that are shown, and where.

use std::error::Error;
use std::fmt;

use svrkit_runtime::wire::tlv::DecodeErrorKind;

/// Something that the codec refuses in bytes that were shown. Whoever wrote or cut them is at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    offset: usize,
    kind: DecodeErrorKind,
}

impl Fault {
    pub(super) fn new(offset: usize, kind: DecodeErrorKind) -> Self {
        Self { offset, kind }
    }

    /// The same, without what tells of a value that is not shown.
    pub(super) fn withheld(self) -> Self {
        use DecodeErrorKind as Kind;
        let kind = match self.kind {
            Kind::TagTooLarge { .. } | Kind::KindRefused { .. } | Kind::LengthPastEnd { .. } => {
                Kind::Withheld
            }
            kind => kind,
        };
        Self { kind, ..self }
    }

    /// The first byte that makes no sense.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// What is wrong.
    pub fn kind(&self) -> DecodeErrorKind {
        self.kind
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "at byte {}: {}", self.offset, self.kind)
    }
}

impl Error for Fault {}
