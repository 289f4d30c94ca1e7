//! Where a view was read from, and what may still be spent on it.

use std::fmt;

use super::run::Walk;
use super::{Run, View};
use crate::wire::tlv::{DecodeError, DecodeErrorKind, DecodeLimits, Decoder, Kind, Tlv};

/// The bytes of a message, with the limits that hold for it and all inside.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    /// The message, or the first part of it.
    bytes: &'a [u8],
    /// Where a message in several parts stands in the one around it; none where it is in one.
    parts: Run<'a>,
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
            bytes,
            parts: Run::default(),
            origin: bytes.as_ptr().addr(),
            depth_left: limits.depth,
            limits: *limits,
        }
    }

    /// The message in the records of `run`, one level below.
    #[inline]
    pub(super) fn inside(&self, run: &Run<'a>) -> Result<Self, DecodeError> {
        if run.len == 0 {
            return self.below(&[]);
        }
        let bytes = self.decoder(run.rest).prefixed()?;
        let parts = if run.len > 1 { *run } else { Run::default() };
        Ok(Self { parts, ..self.below(bytes)? })
    }

    /// The records in `bytes`, a part of this message, one level below.
    #[inline]
    pub(super) fn below(&self, bytes: &'a [u8]) -> Result<Self, DecodeError> {
        let Some(depth_left) = self.depth_left.checked_sub(1) else {
            return Err(self
                .decoder(bytes)
                .error(DecodeErrorKind::DepthExceeded { limit: self.limits.depth }));
        };
        Ok(Self { bytes, parts: Run::default(), depth_left, ..*self })
    }

    /// Reads on in `bytes`, a part of the outermost message.
    #[inline]
    pub(in crate::wire::tlv) fn decoder(&self, bytes: &'a [u8]) -> Decoder<'a> {
        Decoder::part(bytes, self.origin, self.depth_left, &self.limits)
    }

    /// Notes what is in it.
    #[inline]
    pub(super) fn view<V: View<'a>>(self) -> Result<V, DecodeError> {
        let mut view = V::over(self);
        view.look(&mut self.decoder(self.bytes))?;
        if self.parts.len > 0 {
            for part in self.parts().skip(1) {
                view.look(&mut self.decoder(part))?;
            }
        }
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
        out.debug_struct(name).field("len", &self.bytes.len()).finish_non_exhaustive()
    }

    /// The bytes of the message in the order of the wire, one part for each record.
    pub(super) fn parts(&self) -> Parts<'a> {
        let walk = (self.parts.len > 0).then(|| Walk::new(&self.parts, self));
        Parts { first: Some(self.bytes), walk }
    }
}

/// Iterates over the parts of a message.
#[derive(Clone)]
pub(super) struct Parts<'a> {
    first: Option<&'a [u8]>,
    walk: Option<Walk<'a>>,
}

impl<'a> Iterator for Parts<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let Some(walk) = &mut self.walk else {
            return self.first.take();
        };
        walk.next(|kind| kind == Kind::Prefixed)?;
        walk.decoder.prefixed().ok()
    }
}

/// Without the bytes: they may hold what is sensitive.
impl fmt::Debug for Source<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Source")
            .field("len", &self.bytes.len())
            .field("depth_left", &self.depth_left)
            .finish_non_exhaustive()
    }
}
