//! Where a view was read from, and what may still be spent on it.

use std::fmt;

use super::run::Walk;
use super::{Run, View};
use crate::wire::tlv::{DecodeError, DecodeErrorKind, DecodeLimits, Decoder, Kind, Tlv};

/// The bytes of a message, with the limits that hold for it and all inside.
#[derive(Clone, Copy)]
#[doc(hidden)]
pub struct Source<'a> {
    /// The records in the message around that hold it; or if their number is 0, its bytes themselves.
    run: Run<'a>,
    /// The address at which the outermost message begins.
    origin: usize,
    depth_left: u32,
    limits: DecodeLimits,
}

impl<'a> Source<'a> {
    /// An outermost message.
    #[inline]
    pub(super) fn whole(bytes: &'a [u8], limits: &DecodeLimits) -> Self {
        Self {
            run: Run::whole(bytes),
            origin: bytes.as_ptr().addr(),
            depth_left: limits.depth,
            limits: *limits,
        }
    }

    /// The records of `run`, or if their number is 0, its bytes themselves, one level below.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn below(&self, run: Run<'a>) -> Result<Self, DecodeError> {
        match self.depth_left.checked_sub(1) {
            Some(depth_left) => Ok(Self { run, depth_left, ..*self }),
            None => Err(self.too_deep(run.rest)),
        }
    }

    #[inline]
    fn too_deep(&self, bytes: &'a [u8]) -> DecodeError {
        self.error(bytes, DecodeErrorKind::DepthExceeded { limit: self.limits.depth })
    }

    /// A message that is missing, at the same level.
    pub(super) fn nothing(&self) -> Self {
        Self { run: Run::default(), ..*self }
    }

    /// Reads on in `bytes`, a part of the outermost message.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn decoder(&self, bytes: &'a [u8]) -> Decoder<'a> {
        Decoder::part(bytes, self.origin, self.depth_left, &self.limits)
    }

    /// What is wrong where `rest` begins.
    #[inline]
    pub(in crate::wire::tlv) fn error(&self, rest: &'a [u8], kind: DecodeErrorKind) -> DecodeError {
        self.decoder(rest).error(kind)
    }

    /// Takes a length and as many bytes off the front of `rest`.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(in crate::wire::tlv) fn prefixed(&self, rest: &mut &'a [u8]) -> Result<&'a [u8], DecodeError> {
        let mut decoder = self.decoder(rest);
        let value = decoder.prefixed()?;
        *rest = decoder.rest();
        Ok(value)
    }

    /// The view of the message, whose first part is `bytes`.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn view<V: View<'a>>(self, bytes: &'a [u8]) -> Result<V, DecodeError> {
        if self.run.len <= 1 {
            return V::read(self, bytes);
        }
        // In a place of its own: what nothing refers to may be in registers above.
        let mut view = V::over(self);
        view.look_at_parts()?;
        Ok(view)
    }

    /// Decodes it.
    pub(super) fn decode<M: Tlv>(&self) -> Result<M, DecodeError> {
        let mut message = M::default();
        let mut decoder = self.decoder(&[]);
        for part in self.parts() {
            decoder.go_to(part);
            if let Err(error) = message.merge(&mut decoder) {
                return Err(error.in_message(M::NAME));
            }
        }
        Ok(message)
    }

    /// What a view says of itself: not the bytes, which may hold what is sensitive.
    ///
    /// # Errors
    ///
    /// Those of `out`.
    pub fn show(&self, name: &str, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct(name).field("len", &self.len()).finish_non_exhaustive()
    }

    fn len(&self) -> usize {
        self.parts().map(<[u8]>::len).sum()
    }

    /// The bytes of the message in the order of the wire, one part for each record.
    pub(super) fn parts(&self) -> Parts<'a> {
        let whole = (self.run.len == 0).then_some(self.run.rest);
        Parts { whole, walk: Walk::new(&self.run), source: *self }
    }
}

/// Iterates over the parts of a message.
#[derive(Clone)]
pub(super) struct Parts<'a> {
    whole: Option<&'a [u8]>,
    walk: Walk<'a>,
    source: Source<'a>,
}

impl<'a> Iterator for Parts<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        if let Some(whole) = self.whole.take() {
            return Some(whole);
        }
        // The records were read when the message around was looked at: no error can come.
        self.walk.next(|kind| kind == Kind::Prefixed)?;
        self.source.prefixed(&mut self.walk.rest).ok()
    }
}

/// Without the bytes: they may hold what is sensitive.
impl fmt::Debug for Source<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Source")
            .field("len", &self.len())
            .field("depth_left", &self.depth_left)
            .finish_non_exhaustive()
    }
}
