//! One field of a message: its records, and whether there are any.

use super::{DecodeError, Decoder, Encoding, Key, Kind, Value, Violations, backward};

/// A type that a field of a message may have, in the encoding `E`.
///
/// - a number, text, bytes or enum: sent unless it is zero or empty;
/// - `Option` of a [`Value`]: sent when it is there, zero or not; the only form for a message;
/// - `Option<Box<…>>`: the same, for a message that reaches itself;
/// - `Vec` of a [`Value`]: one record for each item, or all in one (packed) for numbers, `bool` and enums;
/// - `BTreeMap` or `HashMap` of a [`MapKey`](super::MapKey) and a [`Value`]: one record for each entry.
///
/// What can be implemented here by hand is not part of the stable interface yet: prefer the derives.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a TLV field in the encoding `{E}`",
    label = "not the type of a field",
    note = "a message is wrapped: `Option<{Self}>`, `Option<Box<{Self}>>` when it reaches itself, `Vec<{Self}>` for many",
    note = "`zigzag` is for i32 and i64, `fixed` for u32, u64, i32 and i64, `unpacked` for a `Vec` of numbers"
)]
pub trait Field<E> {
    /// The kind written.
    const KIND: Kind;

    /// The kind that is read as well: numbers come packed or not.
    const KIND_ALSO: Kind = Self::KIND;

    /// Writes the field's records at the end of `free` and returns what is free in front of them; `None` when
    /// they do not fit. `key` is the field's tag with [`KIND`](Self::KIND).
    fn encode_field<'b>(&self, key: Key, free: &'b mut [u8]) -> Option<&'b mut [u8]>;

    /// Reads one record, of [`KIND`](Self::KIND) or [`KIND_ALSO`](Self::KIND_ALSO) as `key` says.
    ///
    /// # Errors
    ///
    /// Whatever is wrong with the bytes, and the limits of the decode.
    fn merge_field(&mut self, key: Key, decoder: &mut Decoder<'_>) -> Result<(), DecodeError>;

    /// Adds what breaks a constraint inside the messages that the field holds.
    #[inline]
    fn check_field(&self, violations: &mut Violations) {
        let _ = violations;
    }
}

impl<T: Value<E>, E: Encoding> Field<E> for Option<T> {
    const KIND: Kind = T::KIND;

    #[inline]
    fn encode_field<'b>(&self, key: Key, free: &'b mut [u8]) -> Option<&'b mut [u8]> {
        match self {
            Some(value) => backward::key(value.encode_value(free)?, key),
            None => Some(free),
        }
    }

    #[inline]
    fn merge_field(&mut self, _: Key, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        if self.is_none() {
            decoder.charge(T::HEAP_LEN)?;
        }
        self.get_or_insert_default().merge_value(decoder)
    }

    #[inline]
    fn check_field(&self, violations: &mut Violations) {
        if let Some(value) = self {
            value.check_value(violations);
        }
    }
}
