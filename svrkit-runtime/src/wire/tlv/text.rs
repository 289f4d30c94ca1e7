//! `String`: UTF-8, checked when read.

use super::{
    DecodeError, DecodeErrorKind, Decoder, Field, FieldForm, Key, Kind, Place, Plain, Source, Value,
    ValueForm, Violations, backward,
};

/// `bytes` as text, `None` when it is no UTF-8.
#[inline]
pub(super) fn checked(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
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

    #[inline]
    fn merge_value(&mut self, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        let text = decoder.text()?;
        decoder.charge(text.len())?;
        *self = text.to_owned();
        Ok(())
    }

    type Kept<'a> = &'a [u8];
    type Seen<'a> = &'a str;
    type SeenOption<'a> = Result<Option<&'a str>, DecodeError>;

    #[inline]
    fn keep<'a>(kept: &mut &'a [u8], _: Key, decoder: &mut Decoder<'a>) -> Result<(), DecodeError> {
        *kept = decoder.prefixed()?;
        Ok(())
    }

    #[inline]
    fn see<'a>(kept: &'a [u8], source: &Source<'a>) -> Result<&'a str, DecodeError> {
        checked(kept).ok_or_else(|| source.decoder(kept).error(DecodeErrorKind::NotUtf8))
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

    #[inline]
    fn encode_field<'b>(&self, key: Key, free: &'b mut [u8]) -> Option<&'b mut [u8]> {
        if self.is_empty() {
            return Some(free);
        }
        backward::key_and_len(backward::raw(free, self.as_bytes())?, key, self.len())
    }

    #[inline]
    fn merge_field(&mut self, _: Key, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        self.merge_value(decoder)
    }

    type Part<'a> = &'a [u8];
    type Seen<'a> = Result<&'a str, DecodeError>;

    #[inline]
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
