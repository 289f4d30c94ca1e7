//! What two sides have agreed on that frames may have beyond their plain form.

use bytes::Bytes;

use crate::wire::frame::{
    FEATURE_CHECKSUMS, FEATURE_COMPRESSION, FEATURE_PARTS, Facts, Header, WHOLE_LEN_MAX, compress,
};

/// The features that both hellos name.
#[derive(Debug)]
pub(super) struct Agreed {
    features: u64,
    /// Shortest body that is compressed, in bytes (`compression.min`).
    compression_min: usize,
}

impl Agreed {
    pub(super) fn new(features: u64, compression_min: usize) -> Self {
        Self { features, compression_min }
    }

    /// Whether long bodies leave in parts.
    pub(super) fn splits(&self) -> bool {
        self.has(FEATURE_PARTS)
    }

    /// Whether frames have checksums.
    pub(super) fn checks(&self) -> bool {
        self.has(FEATURE_CHECKSUMS)
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
        let is_wanted = may_be && self.has(FEATURE_COMPRESSION) && body.len() >= self.compression_min;
        if is_wanted { compress(body) } else { None }
    }

    fn has(&self, feature: u64) -> bool {
        self.features & feature != 0
    }
}
