//! Numbers and `bool`: one line for each type in each of its encodings.
//!
//! Integers that are too long for their type are cut, as protobuf does it; zero is not sent, −0.0 is.

use super::{
    DecodeError, DecodeErrorKind, Decoder, Field, FieldForm, Fixed, Key, Kind, Place, Plain, Source, Value,
    ValueForm, Violations, Zigzag, backward, varint,
};

macro_rules! varints {
    ($($type:ty, $encoding:ty, $form:ident, |$value:ident| $to_varint:expr, |$varint:ident| $from_varint:expr;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl Value<$encoding> for $type {
            type Inside = ();

            const FORM: ValueForm = ValueForm::$form;
            const KIND: Kind = Kind::Varint;

            #[inline]
            fn encode_value<'b>(&self, free: &'b mut [u8]) -> Option<&'b mut [u8]> {
                let $value = *self;
                backward::varint(free, $to_varint)
            }

            #[cfg_attr(not(debug_assertions), inline(always))]
            fn encode_keyed<'b>(&self, key: Key, free: &'b mut [u8]) -> Option<&'b mut [u8]> {
                let $value = *self;
                backward::varint_field(free, key, $to_varint, true)
            }

            #[inline]
            fn read_packed<'a>(
                items: &mut Vec<Self>,
                packed: &'a [u8],
                decoder: &mut Decoder<'a>,
            ) -> Result<(), DecodeError> {
                decoder.packed_varints(items, packed, |$varint| $from_varint)
            }

            #[cfg_attr(not(debug_assertions), inline(always))]
            fn unpack(packed: &[u8]) -> Result<(Self, &[u8]), DecodeErrorKind> {
                let ($varint, rest) = varint::read_mixed(packed)?;
                Ok(($from_varint, rest))
            }

            #[cfg_attr(not(debug_assertions), inline(always))]
            fn merge_value(&mut self, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
                let $varint = decoder.varint()?;
                *self = $from_varint;
                Ok(())
            }

            type Kept<'a> = Self;
            type Seen<'a> = Self;
            type SeenOption<'a> = Option<Self>;

            #[cfg_attr(not(debug_assertions), inline(always))]
            fn keep<'a>(kept: &mut Self, _: Key, decoder: &mut Decoder<'a>) -> Result<(), DecodeError> {
                <Self as Value<$encoding>>::merge_value(kept, decoder)
            }

            #[inline]
            fn see<'a>(kept: Self, _: &Source<'a>) -> Result<Self, DecodeError> {
                Ok(kept)
            }

            #[inline]
            fn see_option<'a>(kept: Option<Self>, _: &Source<'a>, _: &'static Place) -> Option<Self> {
                kept
            }
        }

        #[diagnostic::do_not_recommend]
        impl Field<$encoding> for $type {
            type Item = Self;
            type Inside = ();

            const FORM: FieldForm = FieldForm::One(ValueForm::$form);
            const KIND: Kind = Kind::Varint;

            #[cfg_attr(not(debug_assertions), inline(always))]
            fn encode_field<'b>(&self, key: Key, free: &'b mut [u8]) -> Option<&'b mut [u8]> {
                let $value = *self;
                let varint = $to_varint;
                backward::varint_field(free, key, varint, varint != 0)
            }

            #[cfg_attr(not(debug_assertions), inline(always))]
            fn merge_field(&mut self, _: Key, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
                <Self as Value<$encoding>>::merge_value(self, decoder)
            }

            type Part<'a> = Self;
            type Seen<'a> = Self;

            #[cfg_attr(not(debug_assertions), inline(always))]
            fn keep<'a>(part: &mut Self, _: Key, decoder: &mut Decoder<'a>) -> Result<(), DecodeError> {
                <Self as Value<$encoding>>::merge_value(part, decoder)
            }

            #[inline]
            fn see<'a>(part: Self, _: &Source<'a>, _: &'static Place) -> Self {
                part
            }

            fn check_each(&self, violations: &mut Violations, mut check: impl FnMut(&Self, &mut Violations)) {
                check(self, violations);
            }
        }
    )*};
}

varints! {
    bool, Plain, Varint, |value| u64::from(value), |varint| varint != 0;
    u32, Plain, Varint, |value| u64::from(value), |varint| varint as u32;
    u64, Plain, Varint, |value| value, |varint| varint;
    // Ten bytes when negative, so that a reader of i64 sees the same number.
    i32, Plain, Varint, |value| i64::from(value) as u64, |varint| varint as i32;
    i64, Plain, Varint, |value| value as u64, |varint| varint as i64;
    i32, Zigzag, ZigZag, |value| u64::from((value << 1 ^ value >> 31) as u32), |varint| {
        (varint as u32 >> 1) as i32 ^ -(varint as i32 & 1)
    };
    i64, Zigzag, ZigZag, |value| (value << 1 ^ value >> 63) as u64, |varint| {
        (varint >> 1) as i64 ^ -(varint as i64 & 1)
    };
}

macro_rules! fixed {
    ($($type:ty, $encoding:ty, $kind:ident, $form:ident, |$value:ident| $is_zero:expr;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl Value<$encoding> for $type {
            type Inside = ();

            const FORM: ValueForm = ValueForm::$form;
            const KIND: Kind = Kind::$kind;

            #[inline]
            fn encode_value<'b>(&self, free: &'b mut [u8]) -> Option<&'b mut [u8]> {
                backward::chunk(free, self.to_le_bytes())
            }

            #[inline]
            fn read_packed<'a>(
                items: &mut Vec<Self>,
                packed: &'a [u8],
                decoder: &mut Decoder<'a>,
            ) -> Result<(), DecodeError> {
                decoder.packed_fixed(items, packed, Self::from_le_bytes)
            }

            #[cfg_attr(not(debug_assertions), inline(always))]
            fn unpack(packed: &[u8]) -> Result<(Self, &[u8]), DecodeErrorKind> {
                let (bytes, rest) = packed.split_first_chunk().ok_or(DecodeErrorKind::Truncated)?;
                Ok((Self::from_le_bytes(*bytes), rest))
            }

            #[cfg_attr(not(debug_assertions), inline(always))]
            fn merge_value(&mut self, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
                *self = Self::from_le_bytes(decoder.fixed()?);
                Ok(())
            }

            type Kept<'a> = Self;
            type Seen<'a> = Self;
            type SeenOption<'a> = Option<Self>;

            #[cfg_attr(not(debug_assertions), inline(always))]
            fn keep<'a>(kept: &mut Self, _: Key, decoder: &mut Decoder<'a>) -> Result<(), DecodeError> {
                <Self as Value<$encoding>>::merge_value(kept, decoder)
            }

            #[inline]
            fn see<'a>(kept: Self, _: &Source<'a>) -> Result<Self, DecodeError> {
                Ok(kept)
            }

            #[inline]
            fn see_option<'a>(kept: Option<Self>, _: &Source<'a>, _: &'static Place) -> Option<Self> {
                kept
            }
        }

        #[diagnostic::do_not_recommend]
        impl Field<$encoding> for $type {
            type Item = Self;
            type Inside = ();

            const FORM: FieldForm = FieldForm::One(ValueForm::$form);
            const KIND: Kind = Kind::$kind;

            #[cfg_attr(not(debug_assertions), inline(always))]
            fn encode_field<'b>(&self, key: Key, free: &'b mut [u8]) -> Option<&'b mut [u8]> {
                let $value = *self;
                if $is_zero {
                    return Some(free);
                }
                backward::key(backward::chunk(free, self.to_le_bytes())?, key)
            }

            #[cfg_attr(not(debug_assertions), inline(always))]
            fn merge_field(&mut self, _: Key, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
                <Self as Value<$encoding>>::merge_value(self, decoder)
            }

            type Part<'a> = Self;
            type Seen<'a> = Self;

            #[cfg_attr(not(debug_assertions), inline(always))]
            fn keep<'a>(part: &mut Self, _: Key, decoder: &mut Decoder<'a>) -> Result<(), DecodeError> {
                <Self as Value<$encoding>>::merge_value(part, decoder)
            }

            #[inline]
            fn see<'a>(part: Self, _: &Source<'a>, _: &'static Place) -> Self {
                part
            }

            fn check_each(&self, violations: &mut Violations, mut check: impl FnMut(&Self, &mut Violations)) {
                check(self, violations);
            }
        }
    )*};
}

fixed! {
    u32, Fixed, Four, Fixed32, |value| value == 0;
    i32, Fixed, Four, Fixed32, |value| value == 0;
    f32, Plain, Four, Float32, |value| value.to_bits() == 0;
    u64, Fixed, Eight, Fixed64, |value| value == 0;
    i64, Fixed, Eight, Fixed64, |value| value == 0;
    f64, Plain, Eight, Float64, |value| value.to_bits() == 0;
}
