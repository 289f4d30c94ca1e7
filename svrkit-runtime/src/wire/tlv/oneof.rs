//! Alternatives: of the fields of a oneof at most one is set.

use std::marker::PhantomData;
use std::ops::RangeInclusive;

use super::{DecodeError, Decoder, FieldShape, Key, MemberPart, Place, Reach, Shape, Source, Violations};

/// A oneof of a schema: an enum of which each variant is a field of the message around, with a tag of that message.
///
/// Derived. The message holds it in an `Option` and names the same tags, which is checked when it is compiled. A
/// member that is set is always written, zero and empty ones too, at the place of its tag. The last member on the wire
/// wins; a message that comes twice in a row is merged.
///
/// ```
/// use svrkit_runtime::wire::tlv::{Tlv, TlvOneof};
///
/// #[derive(Clone, Debug, Default, PartialEq, Tlv)]
/// struct Order {
///     #[tlv(1)]
///     id: u64,
///     #[tlv(oneof(7, 8, 9, 10))]
///     payer: Option<Payer>,
/// }
///
/// #[derive(Clone, Debug, PartialEq, TlvOneof)]
/// enum Payer {
///     #[tlv(7)]
///     Uin(u64),
///     #[tlv(8, zigzag)]
///     Delta(i64),
///     #[tlv(9, max_len = 64)]
///     Guest(String),
///     #[tlv(10)]
///     Order(Box<Order>),
/// }
///
/// let order = Order { id: 1, payer: Some(Payer::Uin(0)) };
/// let bytes = order.encode()?;
/// assert_eq!(bytes, b"\x08\x01\x38\x00");
/// assert_eq!(Order::decode(&bytes)?, order);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// | on the variant | meaning |
/// |---|---|
/// | `#[tlv(7)]` | the tag, among those of the message |
/// | `name = "guest_2"` | what paths call it; without it the words of the variant, `guest_name` for `GuestName` |
/// | `zigzag`, `fixed` | the encoding, as in a message |
/// | `min = 1`, `max = 10.5`, `min_len = 1`, `max_len = 64` | constraints, as in a message |
/// | `ensure("even", is_even)`, `sensitive` | as in a message |
///
/// A variant holds one [`Value`](super::Value): a number, text, bytes, an enum or a message, in a `Box` when it reaches itself.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no TLV oneof",
    note = "derive it: `#[derive(Clone, Debug, PartialEq, svrkit_runtime::TlvOneof)]`"
)]
pub trait TlvOneof: Sized + Send + Sync + 'static {
    /// The tags of all members, ascending.
    const TAGS: &'static [u32];

    /// What the members are on the wire, by ascending tags.
    const MEMBERS: &'static [FieldShape];

    /// The tag of the member that is set.
    fn tag(&self) -> u32;

    /// Writes the member that is set at the end of `free` and returns what is free in front of it; `None` when it does
    /// not fit.
    fn encode_member<'b>(&self, free: &'b mut [u8]) -> Option<&'b mut [u8]>;

    /// Reads the record of `key`, which is a member's, and makes that the one that is set.
    ///
    /// # Errors
    ///
    /// Whatever is wrong with the bytes, and the limits of the decode.
    fn merge_member(place: &mut Option<Self>, key: Key, decoder: &mut Decoder<'_>)
    -> Result<(), DecodeError>;

    /// The member that is set, as a view shows it.
    type View<'a>;

    /// Whether a record of this key is a member's.
    fn has_key(key: Key) -> bool;

    /// Reads the member that is set for a view; `None` when none is.
    ///
    /// # Errors
    ///
    /// Whatever is wrong with the bytes, and the limits of the decode.
    fn see_member<'a>(
        member: &MemberPart<'a>,
        source: &Source<'a>,
    ) -> Result<Option<Self::View<'a>>, DecodeError>;

    /// Names the messages that its members hold, for [`fingerprint`](super::fingerprint). Derived where there may be any.
    fn inside() -> PhantomData<impl Reach> {
        PhantomData::<()>
    }

    /// Adds what breaks a constraint in the member that is set.
    #[inline]
    fn check(&self, violations: &mut Violations) {
        let _ = violations;
    }
}

/// The type of a field that holds a oneof: `Option` of a [`TlvOneof`]. For derived messages.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot hold a oneof",
    label = "not the type of a oneof's field",
    note = "write `Option<…>` of an enum that derives `svrkit_runtime::TlvOneof`"
)]
pub trait OneofField {
    /// The tags of all members, ascending.
    const TAGS: &'static [u32];

    /// What the members are on the wire, by ascending tags.
    const MEMBERS: &'static [FieldShape];

    /// Writes the member that is set, if its tag is among `tags`.
    fn encode_members<'b>(&self, tags: RangeInclusive<u32>, free: &'b mut [u8]) -> Option<&'b mut [u8]>;

    /// As [`TlvOneof::merge_member`].
    ///
    /// # Errors
    ///
    /// Whatever is wrong with the bytes, and the limits of the decode.
    fn merge_member(&mut self, key: Key, decoder: &mut Decoder<'_>) -> Result<(), DecodeError>;

    /// The member that is set, as a view shows it.
    type View<'a>;

    /// Whether a record of this key is a member's.
    fn takes(key: Key) -> bool;

    /// Reads the record of a member, if one comes next. Errors name the oneof of `shape`.
    ///
    /// # Errors
    ///
    /// As [`merge_member`](Self::merge_member).
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn merge_next(&mut self, shape: &'static Shape, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        if let Some(key) = decoder.take_key_if(|key| Self::takes(key))
            && let Err(error) = self.merge_member(key, decoder)
        {
            return Err(error.in_field_of(shape, key.tag()));
        }
        Ok(())
    }

    /// Keeps the record of a member for a view, if one comes next. Errors name the oneof of `shape`.
    ///
    /// # Errors
    ///
    /// As [`MemberPart::keep`].
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn keep_next<'a>(
        part: &mut MemberPart<'a>,
        shape: &'static Shape,
        decoder: &mut Decoder<'a>,
    ) -> Result<(), DecodeError> {
        if let Some(key) = decoder.take_key_if(|key| Self::takes(key))
            && let Err(error) = part.keep(key, decoder, Self::MEMBERS)
        {
            return Err(error.in_field_of(shape, key.tag()));
        }
        Ok(())
    }

    /// Reads the member that is set for a view.
    ///
    /// # Errors
    ///
    /// Whatever is wrong with the bytes, and the limits of the decode.
    fn see<'a>(
        part: &MemberPart<'a>,
        source: &Source<'a>,
        place: &'static Place,
    ) -> Result<Option<Self::View<'a>>, DecodeError>;

    /// Names the messages that the members hold, for [`Tlv::inside`](super::Tlv::inside).
    fn inside() -> PhantomData<impl Reach>;

    /// As [`TlvOneof::check`].
    fn check_member(&self, violations: &mut Violations);
}

impl<T: TlvOneof> OneofField for Option<T> {
    const TAGS: &'static [u32] = T::TAGS;
    const MEMBERS: &'static [FieldShape] = T::MEMBERS;

    #[inline]
    fn encode_members<'b>(&self, tags: RangeInclusive<u32>, free: &'b mut [u8]) -> Option<&'b mut [u8]> {
        match self {
            Some(member) if tags.contains(&member.tag()) => member.encode_member(free),
            _ => Some(free),
        }
    }

    #[inline]
    fn merge_member(&mut self, key: Key, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        T::merge_member(self, key, decoder)
    }

    type View<'a> = T::View<'a>;

    #[inline]
    fn takes(key: Key) -> bool {
        T::has_key(key)
    }

    #[inline]
    fn see<'a>(
        part: &MemberPart<'a>,
        source: &Source<'a>,
        place: &'static Place,
    ) -> Result<Option<T::View<'a>>, DecodeError> {
        part.see::<T>(source, place)
    }

    fn inside() -> PhantomData<impl Reach> {
        T::inside()
    }

    #[inline]
    fn check_member(&self, violations: &mut Violations) {
        if let Some(member) = self {
            member.check(violations);
        }
    }
}

/// Does a message name the tags that its oneof has? What derived messages assert when they are compiled; both lists
/// ascend. A oneof without tags was refused itself and agrees with everything.
pub const fn tags_agree(of_oneof: &[u32], of_message: &[u32]) -> bool {
    if of_oneof.is_empty() {
        return true;
    }
    let mut at = 0;
    while at < of_oneof.len() && at < of_message.len() && of_oneof[at] == of_message[at] {
        at += 1;
    }
    at == of_oneof.len() && at == of_message.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_agree_when_both_lists_are_the_same() {
        for (of_oneof, of_message, expected) in [
            (&[7, 8][..], &[7, 8][..], true),
            (&[7, 8], &[7], false),
            (&[7], &[7, 8], false),
            (&[7, 8], &[7, 9], false),
            (&[7], &[], false),
            (&[], &[7], true),
        ] {
            assert_eq!(tags_agree(of_oneof, of_message), expected, "{of_oneof:?} {of_message:?}");
        }
    }
}
