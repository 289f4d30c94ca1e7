//! Records of tags that this version does not know: kept as they came, sent on behind the known ones.

use std::fmt;

use super::{DecodeError, Decoder, Key, Record, Records, backward};

/// The unknown records of one message, in the order of their arrival.
///
/// A service in the middle that is older than both its neighbours loses nothing that way. Records of a known tag
/// in another kind are kept here too. They can only come from a decode: whoever wants to send a field declares it.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct UnknownFields(Vec<u8>);

impl UnknownFields {
    /// None, as in every value that was not decoded.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Keeps the record of `key`, whose value is next in `decoder`. `record` is what
    /// [`Decoder::rest`] was in front of the key. For implementations of [`Tlv::merge`](super::Tlv::merge).
    ///
    /// # Errors
    ///
    /// As [`Decoder::skip`], and memory exceeded.
    pub fn keep(&mut self, record: &[u8], key: Key, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        decoder.skip(key)?;
        let record = &record[..record.len().saturating_sub(decoder.rest().len())];
        decoder.reserve(&mut self.0, record.len())?;
        self.0.extend_from_slice(record);
        Ok(())
    }

    /// Drops them all.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Are there none?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many bytes they are on the wire.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The records as they came, key, length and value each.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// One record after the other.
    pub fn iter(&self) -> UnknownRecords<'_> {
        UnknownRecords(Records::new(&self.0))
    }

    /// Writes them at the end of `free`. For implementations of [`Tlv::encode_back`](super::Tlv::encode_back).
    #[inline]
    pub fn encode_back<'b>(&self, free: &'b mut [u8]) -> Option<&'b mut [u8]> {
        if self.0.is_empty() {
            return Some(free);
        }
        backward::raw(free, &self.0)
    }
}

impl fmt::Debug for UnknownFields {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Tags are what one looks for; the bytes would bury the message around.
        out.write_str("UnknownFields")?;
        out.debug_list().entries(self.iter().map(|record| record.tag)).finish()
    }
}

impl<'a> IntoIterator for &'a UnknownFields {
    type Item = Record<'a>;
    type IntoIter = UnknownRecords<'a>;

    fn into_iter(self) -> UnknownRecords<'a> {
        self.iter()
    }
}

/// Iterates over [`UnknownFields`].
#[derive(Clone, Debug)]
pub struct UnknownRecords<'a>(Records<'a>);

impl<'a> Iterator for UnknownRecords<'a> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Record<'a>> {
        // What is kept was read once: no error can come.
        self.0.next()?.ok()
    }
}
