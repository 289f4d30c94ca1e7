//! The view of a message that has no view of its own.

use std::fmt;
use std::marker::PhantomData;

use super::{Source, View};
use crate::wire::tlv::{DecodeError, Decoder, Tlv};

/// A message that derives [`Tlv`] without `view`: where it is, to be [decoded](View::to_message) when it is wanted.
pub struct Unread<'a, M> {
    source: Source<'a>,
    message: PhantomData<fn() -> M>,
}

impl<'a, M: Tlv> View<'a> for Unread<'a, M> {
    type Message = M;

    fn over(source: Source<'a>) -> Self {
        Self { source, message: PhantomData }
    }

    fn source(&self) -> &Source<'a> {
        &self.source
    }

    fn look(&mut self, decoder: &mut Decoder<'a>) -> Result<(), DecodeError> {
        while let Some(key) = decoder.key()? {
            decoder.skip(key)?;
        }
        Ok(())
    }
}

impl<M> Clone for Unread<'_, M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M> Copy for Unread<'_, M> {}

impl<M: Tlv> fmt::Debug for Unread<'_, M> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("Unread").field(&M::NAME).field(&self.source).finish()
    }
}
