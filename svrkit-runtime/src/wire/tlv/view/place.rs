//! Which field of which message, for the errors of what is read late.

use crate::wire::tlv::DecodeError;

/// Names a field where a view reads it. For derived views.
#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
pub struct Place {
    /// The full name of the message.
    pub message: &'static str,
    /// The name in paths.
    pub field: &'static str,
    /// Whether errors have to withhold what tells of the value.
    pub sensitive: bool,
}

impl Place {
    /// The same error, seen from the message.
    #[cold]
    pub(in crate::wire::tlv) fn around(&self, error: DecodeError) -> DecodeError {
        let error = if self.sensitive { error.withhold() } else { error };
        error.in_field(self.field).in_message(self.message)
    }
}
