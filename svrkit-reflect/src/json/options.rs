//! What can be chosen about JSON.

use svrkit_runtime::wire::tlv::DecodeLimits;

/// Default of `json.out`: bytes of text that one message may become. Bytes of few fields can become much text.
pub const JSON_OUT_DEFAULT: usize = 64 * 1024 * 1024;

/// How messages become JSON, and how it is read. The default is protobuf's canonical form on one line, read strictly.
///
/// ```
/// let options = svrkit_reflect::json::Options { pretty: true, ..Default::default() };
/// assert!(options.pretty && !options.ignore_unknown);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Writing: fields without presence that are zero, and empty lists and maps, are written too.
    pub emit_defaults: bool,
    /// Writing: fields have their names in the schema, not those in lowerCamelCase. Reading takes both.
    pub schema_names: bool,
    /// Writing: the values of sensitive fields are `"<redacted>"`. What is written so cannot be read again.
    pub redact_sensitive: bool,
    /// Writing: a line for each value, indented by two spaces.
    pub pretty: bool,
    /// Reading: what the schema does not know, members and names of enum values, is passed over. Else it is refused.
    pub ignore_unknown: bool,
    /// `json.out`, in bytes. [`JSON_OUT_DEFAULT`] unless set.
    pub out: usize,
    /// `decode.memory` and `decode.depth`: what reading a message may hold, and how deep messages may stand in one another,
    /// in bytes and in text.
    pub limits: DecodeLimits,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            emit_defaults: false,
            schema_names: false,
            redact_sensitive: false,
            pretty: false,
            ignore_unknown: false,
            out: JSON_OUT_DEFAULT,
            limits: DecodeLimits::default(),
        }
    }
}
