//! What can be chosen about text.

use svrkit_runtime::wire::tlv::DecodeLimits;

/// Default of `text.out`: bytes of text that one message may become. Bytes of few records can become much text.
pub const TEXT_OUT_DEFAULT: usize = 64 * 1024 * 1024;

/// How messages become text, and how it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Writing: what stands in sensitive fields, or in none that the schema knows, is `[REDACTED]`. What is written so cannot
    /// be read again.
    pub redact_sensitive: bool,
    /// `text.out`, in bytes. [`TEXT_OUT_DEFAULT`] unless set.
    pub out: usize,
    /// `decode.memory` and `decode.depth`: what reading a message may hold, and how deep messages may stand in one another,
    /// in bytes and in text.
    pub limits: DecodeLimits,
}

impl Default for Options {
    fn default() -> Self {
        Self { redact_sensitive: false, out: TEXT_OUT_DEFAULT, limits: DecodeLimits::default() }
    }
}
