//! What two sides have agreed on that frames may have beyond their plain form.

use bytes::Bytes;

use crate::wire::frame::{
    FEATURE_CHECKSUMS, FEATURE_COMPRESSION, FEATURE_PACKS, FEATURE_PARTS, Facts, Header, PACK_LEN_MAX,
    WHOLE_LEN_MAX, compress,
};

/// The features that both hellos name.
#[derive(Debug)]
pub(super) struct Agreed {
    features: u64,
    /// Longest body of a pack of messages.
    pack_len_max: usize,
    /// Shortest body that is compressed, in bytes (`compression.min`).
    compression_min: usize,
}

impl Agreed {
    /// Of features that both name, where the peer takes bodies of at most `peer_message_in`.
    pub(super) fn new(features: u64, peer_message_in: Option<u32>, compression_min: usize) -> Self {
        let message_in = peer_message_in.map_or(usize::MAX, |max| max as usize);
        Self { features, pack_len_max: message_in.min(PACK_LEN_MAX), compression_min }
    }

    /// Whether long bodies leave in parts.
    pub(super) fn splits(&self) -> bool {
        self.has(FEATURE_PARTS)
    }

    /// Whether frames have checksums.
    pub(super) fn checks(&self) -> bool {
        self.has(FEATURE_CHECKSUMS)
    }

    /// Longest body of a pack that takes messages of this length; 0: they have frames of their own.
    pub(super) fn pack_len_max(&self, message_len: usize) -> usize {
        let is_packed = self.has(FEATURE_PACKS) && !self.compresses(message_len);
        if is_packed { self.pack_len_max } else { 0 }
    }

    /// A frame with a shorter body has nothing of all that.
    pub(super) fn plain_below(&self) -> usize {
        if self.checks() {
            return 0;
        }
        let compressed = if self.has(FEATURE_COMPRESSION) { self.compression_min } else { usize::MAX };
        let long = if self.splits() { WHOLE_LEN_MAX + 1 } else { usize::MAX };
        compressed.min(long)
    }

    /// The body of a frame as it is sent instead; `None`: as it is.
    pub(super) fn compress(&self, header: &Header, body: &[u8]) -> Option<Bytes> {
        let may_be = matches!(header.facts, Facts::Request(_) | Facts::Response(_) | Facts::Message);
        if may_be && self.compresses(body.len()) { compress(body) } else { None }
    }

    fn compresses(&self, body_len: usize) -> bool {
        self.has(FEATURE_COMPRESSION) && body_len >= self.compression_min
    }

    fn has(&self, feature: u64) -> bool {
        self.features & feature != 0
    }
}
