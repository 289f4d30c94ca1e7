//! Where the records of one field are: the first of them, and how many.

use super::{Place, Source};
use crate::wire::tlv::{DecodeError, DecodeErrorKind, Decoder, Key, Kind, Tlv};

/// The records of one field among those of its message. What a view keeps of a message or of a repeated field.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// From the value of the first record, length included, to the end of the message.
    pub(super) rest: &'a [u8],
    /// The key of the first record; means nothing where there is none.
    pub(super) key: Key,
    pub(super) len: u32,
}

impl<'a> Run<'a> {
    /// The record of `key`, whose value is next in `decoder`, belongs to it.
    ///
    /// # Errors
    ///
    /// As [`Decoder::skip`], and a record of another part of the message than the first.
    #[inline]
    pub fn keep(&mut self, key: Key, decoder: &mut Decoder<'a>) -> Result<(), DecodeError> {
        let rest = decoder.rest();
        if self.len == 0 {
            (self.rest, self.key) = (rest, key);
        } else if self.rest.as_ptr_range().end != rest.as_ptr_range().end {
            return Err(decoder.error(DecodeErrorKind::Scattered));
        }
        decoder.skip(key)?;
        // A record has two bytes at least: that many would not fit into memory.
        self.len = self.len.saturating_add(1);
        Ok(())
    }
}

impl<'a> Run<'a> {
    /// The view of a message of which these are the records.
    ///
    /// # Errors
    ///
    /// Too deep, and records of its own level that are malformed.
    #[inline]
    pub fn see<M: Tlv>(&self, source: &Source<'a>) -> Result<M::View<'a>, DecodeError> {
        source.inside(self)?.view()
    }

    /// The same where there may be none; errors say that it is the field at `place`.
    ///
    /// # Errors
    ///
    /// As [`see`](Self::see).
    #[inline]
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
}

impl Default for Run<'_> {
    fn default() -> Self {
        Self { rest: &[], key: Key::new(1, Kind::Prefixed), len: 0 }
    }
}

/// Goes from one record of a field to the next. They were read when the view was made, so their bounds are in order.
#[derive(Clone)]
pub(super) struct Walk<'a> {
    pub(super) decoder: Decoder<'a>,
    first: Key,
    is_at_first: bool,
    left: u32,
}

impl<'a> Walk<'a> {
    #[inline]
    pub(super) fn new(run: &Run<'a>, source: &Source<'a>) -> Self {
        Self { decoder: source.decoder(run.rest), first: run.key, is_at_first: true, left: run.len }
    }

    /// How many records are left.
    pub(super) fn left(&self) -> usize {
        self.left as usize
    }

    /// The key of the next record of one of the field's kinds, whose value is then next in the decoder.
    #[inline]
    pub(super) fn next(&mut self, is_of_field: impl Fn(Kind) -> bool) -> Option<Key> {
        self.left = self.left.checked_sub(1)?;
        if std::mem::take(&mut self.is_at_first) {
            return Some(self.first);
        }
        loop {
            let key = self.decoder.key().ok()??;
            if key == self.first || key.tag() == self.first.tag() && is_of_field(key.kind()) {
                return Some(key);
            }
            self.decoder.skip(key).ok()?;
        }
    }

    /// Ends it: what follows an error means nothing.
    pub(super) fn end(&mut self) {
        self.left = 0;
    }
}
