//! What can be chosen about annotated hex.

use svrkit_runtime::wire::tlv::DecodeLimits;

/// Default of `annotate.out`: bytes of text that one message may become. Two bytes can become two long lines.
pub const ANNOTATE_OUT_DEFAULT: usize = 64 * 1024 * 1024;

/// How bytes are annotated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// What stands in sensitive fields, or in none that the schema knows, is `[REDACTED]`.
    pub redact_sensitive: bool,
    /// `annotate.out`, in bytes. [`ANNOTATE_OUT_DEFAULT`] unless set.
    pub out: usize,
    /// `decode.depth`: how deep messages may stand in one another. `decode.memory` does not matter: nothing is held.
    pub limits: DecodeLimits,
}

impl Default for Options {
    fn default() -> Self {
        Self { redact_sensitive: false, out: ANNOTATE_OUT_DEFAULT, limits: DecodeLimits::default() }
    }
}
