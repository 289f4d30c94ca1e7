//! What frames have beyond their plain form, as two sides agree on it by their hellos.

use crate::wire::frame::{
    FEATURE_CHECKSUMS, FEATURE_COMPRESSION, FEATURE_PACKS, FEATURE_PARTS, FLAG_CHECKED, FLAG_COMPRESSED,
};

/// What one side wants frames to have beyond their plain form. What both sides of a connection want, its frames have, both ways; by default nothing.
///
/// ```
/// use svrkit_runtime::{Framing, Server};
///
/// # #[cfg(all(feature = "compression", feature = "checksum"))]
/// let server = Server::new().framing(Framing::new().compression().checksums());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Framing {
    compression: bool,
    checksums: bool,
}

impl Framing {
    /// Plain frames.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Bodies from `compression.min` on are compressed, where that makes them shorter. They are LZ4 blocks.
    ///
    /// What comes inflated is what `message.in` counts, and what a stream's credit does.
    #[cfg(feature = "compression")]
    #[must_use]
    pub fn compression(mut self) -> Self {
        self.compression = true;
        self
    }

    /// Every frame behind the hellos ends in a checksum, CRC-32C. A connection with a frame that was changed on its way ends.
    #[cfg(feature = "checksum")]
    #[must_use]
    pub fn checksums(mut self) -> Self {
        self.checksums = true;
        self
    }

    /// What is said of it in a hello.
    pub(crate) fn features(self) -> u64 {
        let bit = |is_wanted, feature| if is_wanted { feature } else { 0 };
        let wanted = bit(self.compression, FEATURE_COMPRESSION) | bit(self.checksums, FEATURE_CHECKSUMS);
        FEATURE_PARTS | FEATURE_PACKS | wanted
    }

    /// Flags that a peer may set once it knows what this side wants.
    pub(crate) fn flags(self) -> u16 {
        let bit = |is_wanted, flag| if is_wanted { flag } else { 0 };
        bit(self.compression, FLAG_COMPRESSED) | bit(self.checksums, FLAG_CHECKED)
    }
}

/// The keys of a configuration.
pub(crate) mod config {
    use super::Framing;
    use crate::config::{Config, Key};

    const COMPRESSION: &str = "framing.compression";
    const CHECKSUMS: &str = "framing.checksums";

    /// Those that this build can do something with.
    pub(crate) fn keys() -> Vec<Key> {
        vec![
            #[cfg(feature = "compression")]
            Key::flag(
                COMPRESSION,
                "whether bodies are compressed where the peer wants that, too (feature `compression`).",
            )
            .with_default_flag(false),
            #[cfg(feature = "checksum")]
            Key::flag(
                CHECKSUMS,
                "whether frames have checksums where the peer wants that, too (feature `checksum`).",
            )
            .with_default_flag(false),
        ]
    }

    impl Config {
        /// `framing.compression` and `framing.checksums`.
        #[must_use]
        pub fn framing(&self) -> Framing {
            let is_on = |name| self.flag(name).unwrap_or(false);
            Framing { compression: is_on(COMPRESSION), checksums: is_on(CHECKSUMS) }
        }
    }
}
