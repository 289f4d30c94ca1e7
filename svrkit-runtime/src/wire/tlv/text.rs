//! `String`: UTF-8, checked when read.

use super::{
    DecodeError, DecodeErrorKind, Decoder, Field, FieldForm, ItemPlace, Key, Kind, Place, Plain, Source,
    Value, ValueForm, Violations, backward,
};

/// `bytes` as text, `None` when it is no UTF-8.
#[cfg_attr(not(debug_assertions), inline(always))]
#[expect(unsafe_code, reason = "a second look at every text would cost up to half of the decode")]
pub(super) fn checked(bytes: &[u8]) -> Option<&str> {
    if is_ascii(bytes) {
        // SAFETY: ASCII is UTF-8.
        return Some(unsafe { std::str::from_utf8_unchecked(bytes) });
    }
    checked_beyond_ascii(bytes)
}

#[inline(never)]
fn checked_beyond_ascii(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

/// Eight bytes at a time, the last eight of them maybe twice: for the lengths that texts have that is faster than
/// `<[u8]>::is_ascii`, and several times faster than looking for UTF-8 at once.
#[cfg_attr(not(debug_assertions), inline(always))]
fn is_ascii(bytes: &[u8]) -> bool {
    const BEYOND: u64 = 0x8080_8080_8080_8080;
    let Some(last) = bytes.last_chunk::<8>() else {
        return match (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
            (Some(first), Some(last)) => {
                (u32::from_ne_bytes(*first) | u32::from_ne_bytes(*last)) & BEYOND as u32 == 0
            }
            _ => bytes.iter().fold(0, |all, byte| all | byte) < 0x80,
        };
    };
    let (words, _) = bytes.as_chunks::<8>();
    let last = u64::from_ne_bytes(*last);
    words.iter().fold(last, |all, word| all | u64::from_ne_bytes(*word)) & BEYOND == 0
}

#[diagnostic::do_not_recommend]
impl Value<Plain> for String {
    type Inside = ();

    const FORM: ValueForm = ValueForm::Text;
    const KIND: Kind = Kind::Prefixed;

    #[inline]
    fn encode_value<'b>(&self, free: &'b mut [u8]) -> Option<&'b mut [u8]> {
        backward::varint(backward::raw(free, self.as_bytes())?, self.len() as u64)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn merge_value(&mut self, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        *self = Self::read_value(decoder)?;
        Ok(())
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn read_value(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        let text = decoder.text()?;
        decoder.charge(text.len())?;
        Ok(text.to_owned())
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn encode_keyed<'b>(&self, key: Key, free: &'b mut [u8]) -> Option<&'b mut [u8]> {
        backward::key_and_len(backward::raw(free, self.as_bytes())?, key, self.len())
    }

    type Kept<'a> = &'a [u8];
    type Seen<'a> = &'a str;
    type SeenOption<'a> = Result<Option<&'a str>, DecodeError>;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn keep<'a>(kept: &mut &'a [u8], _: Key, decoder: &mut Decoder<'a>) -> Result<(), DecodeError> {
        *kept = decoder.prefixed()?;
        Ok(())
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn see<'a>(kept: &'a [u8], source: &Source<'a>) -> Result<&'a str, DecodeError> {
        match checked(kept) {
            Some(text) => Ok(text),
            None => Err(source.error(kept, DecodeErrorKind::NotUtf8)),
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn see_next<'a>(
        rest: &mut &'a [u8],
        source: &Source<'a>,
        place: ItemPlace,
    ) -> Option<Result<&'a str, DecodeError>> {
        let error = match source.prefixed(rest) {
            Ok(kept) => match <Self as Value<Plain>>::see(kept, source) {
                Ok(text) => return Some(Ok(text)),
                Err(error) => error,
            },
            Err(error) => error,
        };
        Some(Err(place.end(rest, error)))
    }

    #[inline]
    fn see_option<'a>(
        kept: Option<&'a [u8]>,
        source: &Source<'a>,
        place: &'static Place,
    ) -> Self::SeenOption<'a> {
        match kept {
            Some(kept) => {
                <Self as Value<Plain>>::see(kept, source).map(Some).map_err(|error| place.around(error))
            }
            None => Ok(None),
        }
    }
}

#[diagnostic::do_not_recommend]
impl Field<Plain> for String {
    type Item = Self;
    type Inside = ();

    const FORM: FieldForm = FieldForm::One(ValueForm::Text);
    const KIND: Kind = Kind::Prefixed;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn encode_field<'b>(&self, key: Key, free: &'b mut [u8]) -> Option<&'b mut [u8]> {
        if self.is_empty() { Some(free) } else { self.encode_keyed(key, free) }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn merge_field(&mut self, _: Key, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        self.merge_value(decoder)
    }

    type Part<'a> = &'a [u8];
    type Seen<'a> = Result<&'a str, DecodeError>;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn keep<'a>(part: &mut &'a [u8], key: Key, decoder: &mut Decoder<'a>) -> Result<(), DecodeError> {
        <Self as Value<Plain>>::keep(part, key, decoder)
    }

    #[inline]
    fn see<'a>(part: &'a [u8], source: &Source<'a>, place: &'static Place) -> Result<&'a str, DecodeError> {
        <Self as Value<Plain>>::see(part, source).map_err(|error| place.around(error))
    }

    fn check_each(&self, violations: &mut Violations, mut check: impl FnMut(&Self, &mut Violations)) {
        check(self, violations);
    }
}
