//! One field of a message: its records, and whether there are any.

use std::marker::PhantomData;

use super::{
    DecodeError, Decoder, Encoding, FieldForm, Key, Kind, Place, Reach, Shape, Source, Value, ValueForm,
    Violations,
};

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
    /// One value of the field: what an `Option` may hold, an item of a `Vec`, a value of a map.
    type Item;

    /// The messages inside.
    type Inside: Reach;

    /// What it is on the wire.
    const FORM: FieldForm;

    /// The kind written.
    const KIND: Kind;

    /// The kind that is read as well: numbers come packed or not.
    const KIND_ALSO: Kind = Self::KIND;

    /// Whether it takes more than one record.
    const MAY_REPEAT: bool = matches!(Self::FORM, FieldForm::Many(_) | FieldForm::Map { .. });

    /// Writes the field's records at the end of `free` and returns what is free in front of them; `None` when
    /// they do not fit. `key` is the field's tag with [`KIND`](Self::KIND).
    fn encode_field<'b>(&self, key: Key, free: &'b mut [u8]) -> Option<&'b mut [u8]>;

    /// Reads one record, of [`KIND`](Self::KIND) or [`KIND_ALSO`](Self::KIND_ALSO) as `key` says.
    ///
    /// # Errors
    ///
    /// Whatever is wrong with the bytes, and the limits of the decode.
    fn merge_field(&mut self, key: Key, decoder: &mut Decoder<'_>) -> Result<(), DecodeError>;

    /// Writes the field under `tag`: [`encode_field`](Self::encode_field) by the key it has.
    // Only inside of who calls it is the tag a constant, and with it the bytes of the key.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn put<'b>(&self, tag: u32, free: &'b mut [u8]) -> Option<&'b mut [u8]> {
        self.encode_field(Key::new(tag, Self::KIND), free)
    }

    /// Whether a record of `key`, which has the field's tag, is of one of its kinds.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn takes(key: Key) -> bool {
        key.kind() == Self::KIND || key.kind() == Self::KIND_ALSO
    }

    /// Reads the records of the field, if they come next: what every encoder writes in the order of the tags is read by
    /// one comparison each, where a jump by the tag is guessed wrong again and again. Errors name the field of `shape`.
    ///
    /// # Errors
    ///
    /// As [`merge_field`](Self::merge_field).
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn merge_next(
        &mut self,
        tag: u32,
        shape: &'static Shape,
        decoder: &mut Decoder<'_>,
    ) -> Result<(), DecodeError> {
        let key = Key::new(tag, Self::KIND);
        if !decoder.take_key(key) {
            return Ok(());
        }
        match self.merge_run(key, decoder) {
            Ok(()) => Ok(()),
            Err(error) => Err(error.in_field_of(shape, tag)),
        }
    }

    /// Reads the record of `key` just begun, and those with its key that follow it.
    ///
    /// # Errors
    ///
    /// As [`merge_field`](Self::merge_field).
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn merge_run(&mut self, key: Key, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        loop {
            self.merge_field(key, decoder)?;
            if !Self::MAY_REPEAT || !decoder.take_key(key) {
                return Ok(());
            }
        }
    }

    /// What a view keeps of the field.
    type Part<'a>: Copy + Default;

    /// What a view answers.
    type Seen<'a>;

    /// Keeps one record, of [`KIND`](Self::KIND) or [`KIND_ALSO`](Self::KIND_ALSO) as `key` says, for a view.
    ///
    /// # Errors
    ///
    /// A value whose end cannot be found.
    fn keep<'a>(part: &mut Self::Part<'a>, key: Key, decoder: &mut Decoder<'a>) -> Result<(), DecodeError>;

    /// Keeps the records of the field for a view, if they come next: as [`merge_next`](Self::merge_next).
    ///
    /// # Errors
    ///
    /// As [`keep`](Self::keep).
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn keep_next<'a>(
        part: &mut Self::Part<'a>,
        tag: u32,
        shape: &'static Shape,
        decoder: &mut Decoder<'a>,
    ) -> Result<(), DecodeError> {
        let key = Key::new(tag, Self::KIND);
        while decoder.take_key(key) {
            if let Err(error) = Self::keep(part, key, decoder) {
                return Err(error.in_field_of(shape, tag));
            }
            if !Self::MAY_REPEAT {
                break;
            }
        }
        Ok(())
    }

    /// Reads what was kept; errors say that it is the field at `place`.
    fn see<'a>(part: Self::Part<'a>, source: &Source<'a>, place: &'static Place) -> Self::Seen<'a>;

    /// [`put`](Self::put), compiled once for all fields of the type.
    #[inline(never)]
    fn put_small<'b>(&self, tag: u32, free: &'b mut [u8]) -> Option<&'b mut [u8]> {
        self.put(tag, free)
    }

    /// [`merge_field`](Self::merge_field), compiled once for all fields of the type.
    ///
    /// # Errors
    ///
    /// As [`merge_field`](Self::merge_field).
    #[inline(never)]
    fn merge_small(&mut self, key: Key, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        self.merge_field(key, decoder)
    }

    /// [`keep`](Self::keep), compiled once for all fields of the type.
    ///
    /// # Errors
    ///
    /// As [`keep`](Self::keep).
    #[inline(never)]
    fn keep_small<'a>(
        part: &mut Self::Part<'a>,
        key: Key,
        decoder: &mut Decoder<'a>,
    ) -> Result<(), DecodeError> {
        Self::keep(part, key, decoder)
    }

    /// Names the messages inside, for [`Tlv::inside`](super::Tlv::inside).
    fn inside() -> PhantomData<Self::Inside> {
        PhantomData
    }

    /// Has each value of the field checked by `check`; what it adds is put at its item or entry.
    fn check_each(&self, violations: &mut Violations, check: impl FnMut(&Self::Item, &mut Violations));

    /// Adds what breaks a constraint inside the messages that the field holds.
    #[inline]
    fn check_field(&self, violations: &mut Violations) {
        let _ = violations;
    }
}

impl<T: Value<E>, E: Encoding> Field<E> for Option<T> {
    type Item = T;
    type Inside = T::Inside;

    const FORM: FieldForm = FieldForm::Optional(T::FORM);
    const KIND: Kind = T::KIND;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn encode_field<'b>(&self, key: Key, free: &'b mut [u8]) -> Option<&'b mut [u8]> {
        match self {
            Some(value) => value.encode_keyed(key, free),
            None => Some(free),
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn merge_field(&mut self, _: Key, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        let value = match self {
            Some(value) => value,
            // A message is large: it is made where it stays.
            None if const { matches!(T::FORM, ValueForm::Message(_)) } => {
                decoder.charge(T::HEAP_LEN)?;
                self.insert(T::default())
            }
            None => {
                *self = Some(T::read_value(decoder)?);
                return Ok(());
            }
        };
        value.merge_value(decoder)
    }

    type Part<'a> = Option<T::Kept<'a>>;
    type Seen<'a> = T::SeenOption<'a>;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn keep<'a>(part: &mut Self::Part<'a>, key: Key, decoder: &mut Decoder<'a>) -> Result<(), DecodeError> {
        T::keep(part.get_or_insert_default(), key, decoder)
    }

    #[inline]
    fn see<'a>(part: Self::Part<'a>, source: &Source<'a>, place: &'static Place) -> Self::Seen<'a> {
        T::see_option(part, source, place)
    }

    fn check_each(&self, violations: &mut Violations, mut check: impl FnMut(&T, &mut Violations)) {
        if let Some(value) = self {
            check(value, violations);
        }
    }

    #[inline]
    fn check_field(&self, violations: &mut Violations) {
        if let Some(value) = self {
            value.check_value(violations);
        }
    }
}
