//! Where the records of one field are: the first of them, and how many.

use std::fmt;

use super::{ItemPlace, Place, Source, View};
use crate::wire::tlv::{DecodeError, DecodeErrorKind, Decoder, Key, Kind, Tlv, records};

/// The records of one field among those of its message. What a view keeps of a message or of a repeated field.
#[derive(Clone, Copy)]
#[doc(hidden)]
pub struct Run<'a> {
    /// From the value of the first record, length included, to the end of the message.
    pub(super) rest: &'a [u8],
    /// The key of the first record; means nothing where there is none.
    pub(super) key: Key,
    pub(super) len: usize,
}

impl<'a> Run<'a> {
    /// The record of `key`, whose value is next in `decoder`, belongs to it.
    ///
    /// # Errors
    ///
    /// As [`Decoder::skip`], and a record of another part of the message than the first.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn keep(&mut self, key: Key, decoder: &mut Decoder<'a>) -> Result<(), DecodeError> {
        let rest = decoder.rest();
        if self.len == 0 {
            (self.rest, self.key) = (rest, key);
        } else if self.rest.as_ptr_range().end != rest.as_ptr_range().end {
            return Err(decoder.error(DecodeErrorKind::Scattered));
        }
        decoder.skip(key)?;
        self.len += 1;
        Ok(())
    }
}

impl<'a> Run<'a> {
    /// The view of a message of which these are the records.
    ///
    /// # Errors
    ///
    /// Too deep, and records of its own level that are malformed.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn see<M: Tlv>(&self, source: &Source<'a>) -> Result<M::View<'a>, DecodeError> {
        if self.len == 0 {
            // Nothing stands there, so it is no level either.
            return Ok(M::View::over(source.nothing()));
        }
        let bytes = source.prefixed(&mut { self.rest })?;
        source.below(*self)?.view(bytes)
    }

    /// The view of the message that begins `rest`, a record that was read before; leaves what follows it. An error says
    /// that it is the item at `place`, and leaves nothing.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn see_next<M: Tlv>(
        rest: &mut &'a [u8],
        source: &Source<'a>,
        place: ItemPlace,
    ) -> Option<Result<M::View<'a>, DecodeError>> {
        // Without closures: what is in one is not compiled into the caller.
        let error = match source.prefixed(rest) {
            Ok(bytes) => match source.below(Self::whole(bytes)) {
                Ok(below) => match below.view(bytes) {
                    Ok(view) => return Some(Ok(view)),
                    Err(error) => error,
                },
                Err(error) => error,
            },
            Err(error) => error,
        };
        Some(Err(place.end(rest, error)))
    }

    /// The view of a message where there may be none; errors say that it is the field at `place`.
    ///
    /// # Errors
    ///
    /// As [`see`](Self::see).
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn see_option<M: Tlv>(
        run: Option<Self>,
        source: &Source<'a>,
        place: &'static Place,
    ) -> Result<Option<M::View<'a>>, DecodeError> {
        match run {
            Some(run) => match run.see::<M>(source) {
                Ok(view) => Ok(Some(view)),
                Err(error) => Err(place.around(error)),
            },
            None => Ok(None),
        }
    }

    /// All of `bytes`, of which it is not known in which record they came.
    #[inline]
    pub(super) fn whole(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, ..Self::default() }
    }
}

/// Without the bytes: they may hold what is sensitive.
impl fmt::Debug for Run<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Run").field("key", &self.key).field("len", &self.len).finish_non_exhaustive()
    }
}

impl Default for Run<'_> {
    fn default() -> Self {
        Self { rest: &[], key: Key::new(1, Kind::Prefixed), len: 0 }
    }
}

/// Goes from one record of a field to the next. They were read when the view was made, so their bounds are in order.
#[derive(Clone)]
pub(super) struct Walk<'a> {
    /// From the next value on, once a key was handed out: whoever reads the value moves on.
    pub(super) rest: &'a [u8],
    first: Key,
    is_at_first: bool,
    left: usize,
}

impl<'a> Walk<'a> {
    #[inline]
    pub(super) fn new(run: &Run<'a>) -> Self {
        Self { rest: run.rest, first: run.key, is_at_first: true, left: run.len }
    }

    /// How many records are left.
    pub(super) fn left(&self) -> usize {
        self.left
    }

    /// The key of the next record of one of the field's kinds, whose value then begins `rest`.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn next(&mut self, is_of_field: impl Fn(Kind) -> bool) -> Option<Key> {
        self.left = self.left.checked_sub(1)?;
        if std::mem::take(&mut self.is_at_first) {
            return Some(self.first);
        }
        if let Some(rest) = self.first.strip(self.rest) {
            self.rest = rest;
            return Some(self.first);
        }
        self.next_behind_others(is_of_field)
    }

    #[inline(never)]
    fn next_behind_others(&mut self, is_of_field: impl Fn(Kind) -> bool) -> Option<Key> {
        loop {
            let (key, rest) = Key::read(self.rest).ok()?;
            self.rest = rest;
            if key.tag() == self.first.tag() && is_of_field(key.kind()) {
                return Some(key);
            }
            self.rest = records::behind_value(self.rest, key.kind())?;
        }
    }
}
