//! Records one after the other, without knowing what they mean.
//!
//! Nothing is read below the first level: a message inside is a value like any other, so a bomb of depth costs
//! nothing here.

use std::fmt;

use super::{DecodeError, DecodeErrorKind, Key, Kind, varint};

/// Walks the records of a message.
///
/// ```
/// use svrkit_runtime::wire::tlv::{Kind, Records};
///
/// // tag 1 = varint 150, tag 2 = text "hi"
/// let bytes = [0x08, 0x96, 0x01, 0x12, 0x02, b'h', b'i'];
/// let records = Records::new(&bytes).collect::<Result<Vec<_>, _>>()?;
/// assert_eq!((records[0].tag, records[0].kind, records[0].value), (1, Kind::Varint, &[0x96, 0x01][..]));
/// assert_eq!((records[1].tag, records[1].offset, records[1].value), (2, 3, &b"hi"[..]));
/// # Ok::<(), svrkit_runtime::wire::tlv::DecodeError>(())
/// ```
#[derive(Clone)]
pub struct Records<'a> {
    whole: &'a [u8],
    rest: &'a [u8],
}

/// One record of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// Which field it belongs to.
    pub tag: u32,
    /// How the end of its value was found.
    pub kind: Kind,
    /// The value as it stands on the wire; for [`Kind::Prefixed`] without the length.
    pub value: &'a [u8],
    /// Key, length and value.
    pub bytes: &'a [u8],
    /// How many bytes into the message the record begins.
    pub offset: usize,
}

impl<'a> Records<'a> {
    /// The records of the message `bytes`.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { whole: bytes, rest: bytes }
    }

    fn offset(&self) -> usize {
        self.whole.len() - self.rest.len()
    }
}

impl<'a> Iterator for Records<'a> {
    /// After an error there is no next record.
    type Item = Result<Record<'a>, DecodeError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let offset = self.offset();
        match split_record(self.rest) {
            Ok((record, rest)) => {
                self.rest = rest;
                Some(Ok(Record { offset, ..record }))
            }
            Err(kind) => {
                self.rest = &[];
                Some(Err(DecodeError::new(kind, offset)))
            }
        }
    }
}

/// Without the bytes: they may hold what is sensitive. A [`Record`] shows its own.
impl fmt::Debug for Records<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rest_len = self.rest.len();
        out.debug_struct("Records").field("offset", &self.offset()).field("rest_len", &rest_len).finish()
    }
}

impl std::iter::FusedIterator for Records<'_> {}

/// Splits off one record; its offset is the caller's to know.
fn split_record(bytes: &[u8]) -> Result<(Record<'_>, &[u8]), DecodeErrorKind> {
    let (key, behind_key) = Key::read(bytes)?;
    let (value, rest) = split_value(behind_key, key.kind())?;
    let bytes = &bytes[..bytes.len() - rest.len()];
    Ok((Record { tag: key.tag(), kind: key.kind(), value, bytes, offset: 0 }, rest))
}

/// Splits off one value, without its length.
pub(super) fn split_value(bytes: &[u8], kind: Kind) -> Result<(&[u8], &[u8]), DecodeErrorKind> {
    match kind {
        Kind::Varint => {
            let (_, rest) = varint::read(bytes)?;
            Ok(bytes.split_at(bytes.len() - rest.len()))
        }
        Kind::Eight => bytes.split_at_checked(8).ok_or(DecodeErrorKind::Truncated),
        Kind::Prefixed => split_prefixed(bytes),
        Kind::Four => bytes.split_at_checked(4).ok_or(DecodeErrorKind::Truncated),
    }
}

/// What follows a value, if it is whole.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn behind_value(bytes: &[u8], kind: Kind) -> Option<&[u8]> {
    if kind == Kind::Prefixed
        && let Some((_, rest)) = split_prefixed_short(bytes)
    {
        return Some(rest);
    }
    split_value(bytes, kind).ok().map(|(_, rest)| rest)
}

/// Splits off a length of one or two bytes and as many bytes, if they are there.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn split_prefixed_short(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    match bytes {
        [len, rest @ ..] if *len < 0x80 => rest.split_at_checked(usize::from(*len)),
        [low, high, rest @ ..] if *high < 0x80 => {
            rest.split_at_checked(usize::from(*low & 0x7f) | usize::from(*high) << 7)
        }
        _ => None,
    }
}

/// Splits off a length and as many bytes.
#[inline]
pub(super) fn split_prefixed(bytes: &[u8]) -> Result<(&[u8], &[u8]), DecodeErrorKind> {
    let (len, rest) = varint::read(bytes)?;
    usize::try_from(len)
        .ok()
        .and_then(|len| rest.split_at_checked(len))
        .ok_or(DecodeErrorKind::LengthPastEnd { len, left: rest.len() })
}
