//! What a message can do.

use std::marker::PhantomData;

use bytes::Bytes;

use super::{
    DecodeError, DecodeLimits, Decoder, EncodeBuffer, EncodeError, Key, Reach, Shape, View, Violations,
    backward, view,
};

/// A message: a type whose fields are TLV records.
///
/// Derived, by generated code and by hand alike. Each field says its tag, and its encoding where the type alone
/// leaves a choice; see [`Field`](super::Field) for the types.
///
/// ```
/// use svrkit_runtime::{Bytes, Tlv, UnknownFields};
///
/// #[derive(Clone, Debug, Default, PartialEq, Tlv)]
/// #[tlv(name = "shop.Order")]
/// struct Order {
///     #[tlv(1)]
///     id: u64,
///     #[tlv(2, zigzag)]
///     discount: i64,
///     #[tlv(3, fixed)]
///     stamp: u64,
///     #[tlv(4)]
///     note: Option<String>,
///     #[tlv(5)]
///     replaces: Option<Box<Order>>,
///     #[tlv(6, unpacked)]
///     sizes: Vec<u32>,
///     #[tlv(7)]
///     receipt: Bytes,
///     /// Without this field, records of unknown tags are dropped.
///     #[tlv(unknown)]
///     unknown: UnknownFields,
/// }
///
/// let order = Order { id: 150, note: Some("fragile".to_owned()), ..Order::default() };
/// let bytes = order.encode()?;
/// assert_eq!(bytes, b"\x08\x96\x01\x22\x07fragile");
/// assert_eq!(Order::decode(&bytes)?, order);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// | on the field | meaning |
/// |---|---|
/// | `#[tlv(1)]` | the tag: 1 to 536870911, without 19000 to 19999, which protobuf keeps for itself |
/// | `zigzag` | small negative numbers stay short: `i32`, `i64` |
/// | `fixed` | four or eight bytes whatever the value: `u32`, `u64`, `i32`, `i64` |
/// | `unpacked` | one record a number: `Vec` of numbers, `bool` or enums |
/// | `key = zigzag`, `value = fixed` | the encodings of a map's keys and values |
/// | `#[tlv(oneof(7, 8))]` | holds a [`TlvOneof`](super::TlvOneof) with these tags |
/// | `min = -5`, `max = 10.5` | constraint: the least and the greatest number |
/// | `min_len = 1`, `max_len = 200` | constraint: the fewest and the most bytes of text (in UTF-8) or bytes |
/// | `min_items = 1`, `max_items = 500` | constraint: the fewest and the most items of a `Vec` or entries of a map |
/// | `ensure("even", is_even)` | constraint: what a function `fn(&T) -> bool` says of the value; see [`constraint`](crate::constraint) |
/// | `required` | constraint: an `Option` is set, a `Vec` or map has items |
/// | `sensitive` | its value is kept out of what is said of the message: violations name the rule alone, errors of decoding no number; noted in [`Tlv::SHAPE`] for dumps. A derived `Debug` knows nothing of it |
/// | `#[tlv(unknown)]` | keeps the records of unknown tags: [`UnknownFields`](super::UnknownFields), at most once |
///
/// A map is a `BTreeMap` or `HashMap` of a [`MapKey`](super::MapKey) and any [`Value`](super::Value). Equal messages have
/// equal bytes unless they hold a `HashMap`, which is written in no particular order.
///
/// Constraints are checked by [`Violations::of`] alone. `min`, `max`, `min_len`, `max_len` and `ensure` hold for an
/// `Option` when it is set and for each item of a `Vec`, `ensure` for each value of a map as well; an absent plain field is its zero value, and so below `min = 1`.
///
/// On the struct, `#[tlv(name = "shop.Order")]` gives the full name; without it, it is the name of the type.
/// `#[tlv(view)]` derives [`View`]s of it, called `OrderView` unless `view = "OrderBorrowed"` says otherwise, and
/// `#[tlv(small)]` asks for little machine code instead of the fastest.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no TLV message",
    note = "derive it: `#[derive(Clone, Debug, Default, PartialEq, svrkit_runtime::Tlv)]`"
)]
pub trait Tlv: Default + Send + Sync + 'static {
    /// The full name, package first: `shop.Order`.
    const NAME: &'static str;

    /// The message as it stands in its bytes: derived under `#[tlv(view)]`, otherwise [`Unread`](super::Unread).
    type View<'a>: View<'a, Message = Self>;

    /// What it looks like on the wire.
    const SHAPE: &'static Shape;

    /// Writes the message at the end of `free`, the last field first, and returns what is free in front of it.
    ///
    /// `None` when it does not fit: give it a larger buffer and write it again, as [`EncodeBuffer`] does. Free
    /// space may be scribbled on, by up to eight bytes: ask for no more than that beyond what is written.
    fn encode_back<'b>(&self, free: &'b mut [u8]) -> Option<&'b mut [u8]>;

    /// Names the messages that its fields hold, for [`fingerprint`](super::fingerprint). Derived where there may be any.
    fn inside() -> PhantomData<impl Reach> {
        PhantomData::<()>
    }

    /// Reads records until `decoder` is empty: what is set is replaced, messages are merged, items are added.
    ///
    /// # Errors
    ///
    /// Whatever is wrong with the bytes, and the limits of the decode. `self` is then half read: drop it.
    fn merge(&mut self, decoder: &mut Decoder<'_>) -> Result<(), DecodeError>;

    /// Adds every constraint that this message or one inside it breaks; [`Violations::of`] calls it.
    ///
    /// Derived where a constraint is declared or a message is held. Neither encoding nor decoding asks for it: whoever
    /// serves a call does, and a caller may.
    #[inline]
    fn check(&self, violations: &mut Violations) {
        let _ = violations;
    }

    /// An empty message that lives for ever, to stand in for an absent one.
    fn default_ref() -> &'static Self;

    /// Writes the message into bytes of its own. Who writes many keeps an [`EncodeBuffer`].
    ///
    /// # Errors
    ///
    /// More than [`MESSAGE_OUT_DEFAULT`](super::MESSAGE_OUT_DEFAULT) bytes.
    fn encode(&self) -> Result<Vec<u8>, EncodeError> {
        EncodeBuffer::default().encode(self).map(<[u8]>::to_vec)
    }

    /// Reads a message under the default limits, copying everything out of `bytes`.
    ///
    /// # Errors
    ///
    /// See [`DecodeErrorKind`](super::DecodeErrorKind).
    fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        Self::decode_with(bytes, &DecodeLimits::default())
    }

    /// Reads a message under the given limits, copying everything out of `bytes`.
    ///
    /// # Errors
    ///
    /// See [`DecodeErrorKind`](super::DecodeErrorKind).
    fn decode_with(bytes: &[u8], limits: &DecodeLimits) -> Result<Self, DecodeError> {
        decode_from(Decoder::new(bytes, limits))
    }

    /// Reads a message under the given limits. Fields of type [`Bytes`] from
    /// [`SHARED_LEN_MIN`](super::SHARED_LEN_MIN) bytes on are parts of `bytes` and keep all of it alive.
    ///
    /// # Errors
    ///
    /// See [`DecodeErrorKind`](super::DecodeErrorKind).
    fn decode_shared(bytes: &Bytes, limits: &DecodeLimits) -> Result<Self, DecodeError> {
        decode_from(Decoder::shared(bytes, limits))
    }

    /// A view of a message under the default limits: see [`View`].
    ///
    /// # Errors
    ///
    /// Records of the outermost level that are malformed. What is inside is looked at when it is asked for.
    fn view(bytes: &[u8]) -> Result<Self::View<'_>, DecodeError> {
        Self::view_with(bytes, &DecodeLimits::default())
    }

    /// A view of a message under the given limits: see [`View`].
    ///
    /// # Errors
    ///
    /// As [`view`](Self::view).
    fn view_with<'a>(bytes: &'a [u8], limits: &DecodeLimits) -> Result<Self::View<'a>, DecodeError> {
        view::view::<Self>(bytes, limits)
    }
}

/// Writes a message and its length in front: the value of a message inside another. What the derive puts into
/// [`Value::encode_value`](super::Value::encode_value).
#[inline]
pub fn encode_message<'b, M: Tlv>(message: &M, free: &'b mut [u8]) -> Option<&'b mut [u8]> {
    let free_len = free.len();
    let free = message.encode_back(free)?;
    let len = free_len - free.len();
    backward::varint(free, len as u64)
}

/// Writes a message, its length and its key in front. What the derive puts into
/// [`Value::encode_keyed`](super::Value::encode_keyed).
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn encode_keyed_message<'b, M: Tlv>(message: &M, key: Key, free: &'b mut [u8]) -> Option<&'b mut [u8]> {
    let free_len = free.len();
    let free = message.encode_back(free)?;
    let len = free_len - free.len();
    backward::key_and_len(free, key, len)
}

fn decode_from<M: Tlv>(mut decoder: Decoder<'_>) -> Result<M, DecodeError> {
    // Made where the caller wants it: a message is large.
    let mut decoded = Ok(M::default());
    let fault = match &mut decoded {
        Ok(message) => message.merge(&mut decoder).err(),
        Err(_) => None,
    };
    if let Some(error) = fault {
        decoded = Err(error.in_message(M::NAME));
    }
    decoded
}
