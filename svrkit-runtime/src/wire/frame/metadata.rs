//! Metadata: named values that travel beside a message, for the framework and for interceptors.

use bytes::Bytes;

use super::messages::{Metadata, MetadataEntry};
use crate::wire::tlv::{DecodeError, Tlv};

impl Metadata {
    /// Adds an entry.
    pub fn insert(&mut self, key: impl Into<String>, value: impl Into<Bytes>) {
        self.entries.push(MetadataEntry { key: key.into(), value: value.into(), ..MetadataEntry::default() });
    }

    /// The value of the last entry called `key`.
    #[must_use]
    pub fn value(&self, key: &str) -> Option<&Bytes> {
        self.entries.iter().rev().find(|entry| entry.key == key).map(|entry| &entry.value)
    }

    /// Whether there is nothing to send.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.unknown.is_empty()
    }

    /// Reads what stood behind a header; nothing there is no metadata.
    ///
    /// # Errors
    /// [`DecodeError`] where the bytes are no metadata.
    pub fn read(bytes: &Bytes) -> Result<Self, DecodeError> {
        if bytes.is_empty() { Ok(Self::default()) } else { Self::decode(bytes) }
    }
}
