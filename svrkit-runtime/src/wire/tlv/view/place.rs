//! Which field of which message, for the errors of what is read late.

use crate::wire::tlv::DecodeError;

/// Which item of which field.
#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
pub struct ItemPlace {
    pub(super) place: &'static Place,
    pub(super) index: usize,
}

impl ItemPlace {
    /// The same error, seen from the message. What follows it in `rest` means nothing.
    #[cold]
    #[inline(never)]
    pub(in crate::wire::tlv) fn end(self, rest: &mut &[u8], error: DecodeError) -> DecodeError {
        *rest = &[];
        self.place.around(error.in_item(self.index))
    }
}

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
