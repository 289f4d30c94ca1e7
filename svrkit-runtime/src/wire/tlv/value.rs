//! One value on the wire: what stands behind the key.

use std::marker::PhantomData;

use super::{
    DecodeError, DecodeErrorKind, Decoder, Encoding, ItemPlace, Key, Kind, MemberPart, Place, Reach, Source,
    ValueForm, Violations, backward,
};

/// A type with a wire form in the encoding `E` ([`Plain`](super::Plain) unless said otherwise).
///
/// Derived for messages and enums, given for numbers, text and bytes. A value says nothing of presence: that is
/// [`Field`](super::Field)'s part, and values of any type can stand in an `Option` or, repeated, in a `Vec`.
///
/// What can be implemented here by hand is not part of the stable interface yet: prefer the derives.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no TLV value in the encoding `{E}`",
    label = "cannot stand in a message like this",
    note = "messages derive `svrkit_runtime::Tlv`, enums `svrkit_runtime::TlvEnum`",
    note = "`zigzag` is for i32 and i64, `fixed` for u32, u64, i32 and i64"
)]
pub trait Value<E: Encoding>: Default {
    /// The messages inside: itself if it is one, `()` otherwise.
    type Inside: Reach;

    /// What it is on the wire.
    const FORM: ValueForm;

    /// How the end of the value is found. All kinds but [`Kind::Prefixed`] are packed when repeated.
    const KIND: Kind;

    /// Bytes of heap behind an empty value, charged before one is made.
    const HEAP_LEN: usize = 0;

    /// What a view keeps of the value: itself if it is a number, otherwise where it stands.
    type Kept<'a>: Copy + Default;

    /// The value as a view shows it.
    type Seen<'a>;

    /// What a view answers where the value may be absent: `Option`, in a `Result` where reading can fail.
    type SeenOption<'a>;

    /// Writes the value at the end of `free`, with its length where the kind has one, and returns what is free in
    /// front of it; `None` when it does not fit.
    fn encode_value<'b>(&self, free: &'b mut [u8]) -> Option<&'b mut [u8]>;

    /// The value and its key in front of it: [`encode_value`](Self::encode_value), in one store where that can be.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn encode_keyed<'b>(&self, key: Key, free: &'b mut [u8]) -> Option<&'b mut [u8]> {
        backward::key(self.encode_value(free)?, key)
    }

    /// Reads a value: a message is merged into what is there, anything else is replaced.
    ///
    /// # Errors
    ///
    /// Whatever is wrong with the bytes, and the limits of the decode.
    fn merge_value(&mut self, decoder: &mut Decoder<'_>) -> Result<(), DecodeError>;

    /// Reads a value where there was none: what an empty one holds beyond itself is charged first.
    ///
    /// # Errors
    ///
    /// As [`merge_value`](Self::merge_value).
    #[inline]
    fn read_value(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        decoder.charge(Self::HEAP_LEN)?;
        let mut value = Self::default();
        value.merge_value(decoder)?;
        Ok(value)
    }

    /// Keeps the value of a record of `key` for a view: beside what is kept of a message, instead of anything else.
    ///
    /// # Errors
    ///
    /// A value whose end cannot be found.
    fn keep<'a>(kept: &mut Self::Kept<'a>, key: Key, decoder: &mut Decoder<'a>) -> Result<(), DecodeError>;

    /// Reads what was kept.
    ///
    /// # Errors
    ///
    /// Whatever is wrong with the bytes, and the limits of the decode.
    fn see<'a>(kept: Self::Kept<'a>, source: &Source<'a>) -> Result<Self::Seen<'a>, DecodeError>;

    /// Reads the value that begins `rest`, of a record that was read before, and leaves what follows it: what an iterator
    /// answers. An error says that it is the item at `place`, and leaves nothing.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn see_next<'a>(
        rest: &mut &'a [u8],
        source: &Source<'a>,
        place: ItemPlace,
    ) -> Option<Result<Self::Seen<'a>, DecodeError>> {
        let mut kept = Self::Kept::default();
        let mut decoder = source.decoder(rest);
        // Only a message cares for the tag, which reads by itself.
        let error = match Self::keep(&mut kept, Key::new(1, Self::KIND), &mut decoder) {
            Ok(()) => {
                *rest = decoder.rest();
                match Self::see(kept, source) {
                    Ok(seen) => return Some(Ok(seen)),
                    Err(error) => error,
                }
            }
            Err(error) => error,
        };
        Some(Err(place.end(rest, error)))
    }

    /// Takes one value off the front of `packed`, as a view keeps it, where the kind is none with a length.
    ///
    /// # Errors
    ///
    /// No such value.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn unpack<'a>(packed: &'a [u8]) -> Result<(Self::Kept<'a>, &'a [u8]), DecodeErrorKind> {
        let _ = packed;
        Err(DecodeErrorKind::Truncated)
    }

    /// Reads what was kept, if anything was; errors say that it is the field at `place`.
    fn see_option<'a>(
        kept: Option<Self::Kept<'a>>,
        source: &Source<'a>,
        place: &'static Place,
    ) -> Self::SeenOption<'a>;

    /// Reads the member of a oneof that is set.
    ///
    /// # Errors
    ///
    /// As [`see`](Self::see).
    #[inline]
    fn see_member<'a>(member: &MemberPart<'a>, source: &Source<'a>) -> Result<Self::Seen<'a>, DecodeError> {
        let mut kept = Self::Kept::default();
        Self::keep(&mut kept, member.key(), &mut source.decoder(member.last()))?;
        Self::see(kept, source)
    }

    /// Reads many values out of one record. `packed` was just read, and the kind is none with a length.
    ///
    /// # Errors
    ///
    /// As [`merge_value`](Self::merge_value).
    fn read_packed<'a>(
        items: &mut Vec<Self>,
        packed: &'a [u8],
        decoder: &mut Decoder<'a>,
    ) -> Result<(), DecodeError> {
        let _ = (items, packed);
        Err(decoder.error(DecodeErrorKind::Truncated))
    }

    /// Names the messages inside, for [`TlvOneof::inside`](super::TlvOneof::inside).
    fn inside() -> PhantomData<Self::Inside> {
        PhantomData
    }

    /// Adds what breaks a constraint inside the value; only messages can hold any.
    #[inline]
    fn check_value(&self, violations: &mut Violations) {
        let _ = violations;
    }
}

impl<T: Value<E>, E: Encoding> Value<E> for Box<T> {
    type Inside = T::Inside;

    const FORM: ValueForm = T::FORM;
    const KIND: Kind = T::KIND;
    const HEAP_LEN: usize = size_of::<T>() + T::HEAP_LEN;

    #[inline]
    fn encode_value<'b>(&self, free: &'b mut [u8]) -> Option<&'b mut [u8]> {
        T::encode_value(self, free)
    }

    #[inline]
    fn encode_keyed<'b>(&self, key: Key, free: &'b mut [u8]) -> Option<&'b mut [u8]> {
        T::encode_keyed(self, key, free)
    }

    #[inline]
    fn merge_value(&mut self, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        T::merge_value(self, decoder)
    }

    type Kept<'a> = T::Kept<'a>;
    type Seen<'a> = T::Seen<'a>;
    type SeenOption<'a> = T::SeenOption<'a>;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn keep<'a>(kept: &mut T::Kept<'a>, key: Key, decoder: &mut Decoder<'a>) -> Result<(), DecodeError> {
        T::keep(kept, key, decoder)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn see<'a>(kept: T::Kept<'a>, source: &Source<'a>) -> Result<T::Seen<'a>, DecodeError> {
        T::see(kept, source)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn see_next<'a>(
        rest: &mut &'a [u8],
        source: &Source<'a>,
        place: ItemPlace,
    ) -> Option<Result<T::Seen<'a>, DecodeError>> {
        T::see_next(rest, source, place)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn see_option<'a>(
        kept: Option<T::Kept<'a>>,
        source: &Source<'a>,
        place: &'static Place,
    ) -> T::SeenOption<'a> {
        T::see_option(kept, source, place)
    }

    #[inline]
    fn see_member<'a>(member: &MemberPart<'a>, source: &Source<'a>) -> Result<T::Seen<'a>, DecodeError> {
        T::see_member(member, source)
    }

    #[inline]
    fn check_value(&self, violations: &mut Violations) {
        T::check_value(self, violations);
    }
}
