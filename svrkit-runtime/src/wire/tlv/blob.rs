//! Bytes that mean nothing here: `Bytes`, which can share what was received, and `Vec<u8>`, which owns.

use bytes::Bytes;

use super::{
    DecodeError, Decoder, Field, FieldForm, ItemPlace, Key, Kind, PART_LEN_MIN, Place, Plain, Source, Value,
    ValueForm, Violations, backward, parts,
};

/// From this length on a [`Bytes`] field read by [`Tlv::decode_shared`](super::Tlv::decode_shared) is a part of
/// the bytes received. Below, a copy is cheaper than keeping all that was received alive for so little.
pub const SHARED_LEN_MIN: usize = 1024;

/// As a copy, unless the message is wanted in parts.
#[cfg_attr(not(debug_assertions), inline(always))]
fn write<'b>(free: &'b mut [u8], bytes: &Bytes) -> Option<&'b mut [u8]> {
    if bytes.len() >= PART_LEN_MIN && parts::note(free, bytes) {
        let rest_len = free.len().checked_sub(bytes.len())?;
        return free.get_mut(..rest_len);
    }
    backward::raw(free, bytes)
}

/// How a view shows both: as the bytes they are.
macro_rules! seen_as_bytes {
    () => {
        type Kept<'a> = &'a [u8];
        type Seen<'a> = &'a [u8];
        type SeenOption<'a> = Option<&'a [u8]>;

        #[cfg_attr(not(debug_assertions), inline(always))]
        fn keep<'a>(kept: &mut &'a [u8], _: Key, decoder: &mut Decoder<'a>) -> Result<(), DecodeError> {
            *kept = decoder.prefixed()?;
            Ok(())
        }

        #[inline]
        fn see<'a>(kept: &'a [u8], _: &Source<'a>) -> Result<&'a [u8], DecodeError> {
            Ok(kept)
        }

        #[cfg_attr(not(debug_assertions), inline(always))]
        fn see_next<'a>(
            rest: &mut &'a [u8],
            source: &Source<'a>,
            place: ItemPlace,
        ) -> Option<Result<&'a [u8], DecodeError>> {
            Some(source.prefixed(rest).map_err(|error| place.end(rest, error)))
        }

        #[inline]
        fn see_option<'a>(kept: Option<&'a [u8]>, _: &Source<'a>, _: &'static Place) -> Option<&'a [u8]> {
            kept
        }
    };
}

#[diagnostic::do_not_recommend]
impl Value<Plain> for Bytes {
    type Inside = ();

    const FORM: ValueForm = ValueForm::Text;
    const KIND: Kind = Kind::Prefixed;

    #[inline]
    fn encode_value<'b>(&self, free: &'b mut [u8]) -> Option<&'b mut [u8]> {
        backward::varint(write(free, self)?, self.len() as u64)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn encode_keyed<'b>(&self, key: Key, free: &'b mut [u8]) -> Option<&'b mut [u8]> {
        backward::key_and_len(write(free, self)?, key, self.len())
    }

    #[inline]
    fn merge_value(&mut self, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        let bytes = decoder.prefixed()?;
        *self = match decoder.owner() {
            Some(owner) if bytes.len() >= SHARED_LEN_MIN => owner.slice_ref(bytes),
            _ => {
                decoder.charge(bytes.len())?;
                Bytes::copy_from_slice(bytes)
            }
        };
        Ok(())
    }

    seen_as_bytes!();
}

#[diagnostic::do_not_recommend]
impl Value<Plain> for Vec<u8> {
    type Inside = ();

    const FORM: ValueForm = ValueForm::Text;
    const KIND: Kind = Kind::Prefixed;

    #[inline]
    fn encode_value<'b>(&self, free: &'b mut [u8]) -> Option<&'b mut [u8]> {
        backward::varint(backward::raw(free, self)?, self.len() as u64)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn encode_keyed<'b>(&self, key: Key, free: &'b mut [u8]) -> Option<&'b mut [u8]> {
        backward::key_and_len(backward::raw(free, self)?, key, self.len())
    }

    #[inline]
    fn merge_value(&mut self, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        let bytes = decoder.prefixed()?;
        decoder.charge(bytes.len())?;
        *self = bytes.to_vec();
        Ok(())
    }

    seen_as_bytes!();
}

macro_rules! fields {
    ($($type:ty)*) => {$(
        #[diagnostic::do_not_recommend]
        impl Field<Plain> for $type {
            type Item = Self;
            type Inside = ();

            const FORM: FieldForm = FieldForm::One(ValueForm::Text);
            const KIND: Kind = Kind::Prefixed;

            #[cfg_attr(not(debug_assertions), inline(always))]
            fn encode_field<'b>(&self, key: Key, free: &'b mut [u8]) -> Option<&'b mut [u8]> {
                if self.is_empty() { Some(free) } else { self.encode_keyed(key, free) }
            }

            #[inline]
            fn merge_field(&mut self, _: Key, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
                self.merge_value(decoder)
            }

            type Part<'a> = &'a [u8];
            type Seen<'a> = &'a [u8];

            #[cfg_attr(not(debug_assertions), inline(always))]
            fn keep<'a>(part: &mut &'a [u8], key: Key, decoder: &mut Decoder<'a>) -> Result<(), DecodeError> {
                <Self as Value<Plain>>::keep(part, key, decoder)
            }

            #[inline]
            fn see<'a>(part: &'a [u8], _: &Source<'a>, _: &'static Place) -> &'a [u8] {
                part
            }

            fn check_each(&self, violations: &mut Violations, mut check: impl FnMut(&Self, &mut Violations)) {
                check(self, violations);
            }
        }
    )*};
}

fields! { Bytes Vec<u8> }
