//! Views: a message read where it stands, without a copy.
//!
//! Making a view is one pass over the records of one level: numbers are decoded, of text, messages and repeated fields
//! it is noted where they are. What is inside of those is looked at when it is asked for, so those accessors answer
//! with a `Result`: bytes that [`Tlv::decode`] refuses may make a view, and the error comes with the field that is
//! wrong. Nothing is allocated, but for oneofs that derive no view of their own, which are decoded.
//! Depth is counted from the outermost message through all views made of one another.
//!
//! [`View`] is what derived views can do; [`Field`](super::Field) and [`Value`](super::Value) say what one keeps of a
//! field and what it answers. `#[tlv(view)]` at a message derives its view; without, it is [`Unread`].

mod entries;
mod items;
mod member;
mod place;
mod run;
mod source;
mod unknown;
mod unread;

use std::fmt;

pub use self::entries::EntryViews;
pub use self::items::ItemViews;
pub use self::member::MemberPart;
pub use self::place::{ItemPlace, Place};
pub use self::run::Run;
pub use self::source::Source;
pub use self::unknown::UnknownViews;
pub use self::unread::Unread;
use super::{DecodeError, DecodeLimits, Decoder, Tlv};

/// A message that borrows from its bytes. Made by [`Tlv::view`].
///
/// What a view has of a field is a method of the same name. What is here for all views gives way to a field so called:
/// `View::unknown(&order)` reaches it then.
///
/// Records are those of the wire: an entry of a map that comes again is seen twice. A message that comes in several
/// records is merged, as decoding does it, with one exception: where a part of such a message is a message or is
/// repeated and comes in two of its records, it is refused ([`Scattered`](super::DecodeErrorKind::Scattered)), since
/// nothing holds both. No encoder writes that.
///
/// ```
/// use svrkit_runtime::Tlv;
/// use svrkit_runtime::wire::tlv::View;
///
/// #[derive(Clone, Debug, Default, PartialEq, Tlv)]
/// #[tlv(view)]
/// struct Order {
///     #[tlv(1)]
///     id: u64,
///     #[tlv(2)]
///     note: String,
///     #[tlv(3)]
///     parts: Vec<Order>,
/// }
///
/// let order = Order { id: 1, parts: vec![Order { note: "fragile".to_owned(), ..Order::default() }], ..Order::default() };
/// let bytes = order.encode()?;
/// let view = Order::view(&bytes)?;
/// assert_eq!(view.id(), 1);
/// for part in view.parts() {
///     assert_eq!(part?.note()?, "fragile");
/// }
/// assert_eq!(view.to_message()?, order);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait View<'a>: Copy + fmt::Debug {
    /// The message that it shows.
    type Message: Tlv;

    /// A view into which nothing was read yet: a message without records.
    fn over(source: Source<'a>) -> Self;

    /// Where it was read from.
    fn source(&self) -> &Source<'a>;

    /// Notes what is in the records that `decoder` holds, beside what was noted before.
    ///
    /// # Errors
    ///
    /// Records of this level that are malformed.
    fn look(&mut self, decoder: &mut Decoder<'a>) -> Result<(), DecodeError>;

    /// Reads the message whose first part is `bytes`.
    ///
    /// # Errors
    ///
    /// As [`look`](Self::look).
    // Made where it is answered: a view is large, and one that is moved right after it was written waits for all its stores.
    #[doc(hidden)]
    fn read(source: Source<'a>, bytes: &'a [u8]) -> Result<Self, DecodeError> {
        let mut read = Ok(Self::over(source));
        let fault = match &mut read {
            Ok(view) => view.look(&mut source.decoder(bytes)).err(),
            Err(_) => None,
        };
        if let Some(error) = fault {
            read = Err(error);
        }
        read
    }

    /// [`look`](Self::look), where it is not expected.
    ///
    /// # Errors
    ///
    /// As [`look`](Self::look).
    #[doc(hidden)]
    #[cold]
    #[inline(never)]
    fn look_on(&mut self, decoder: &mut Decoder<'a>) -> Result<(), DecodeError> {
        self.look(decoder)
    }

    /// [`look`](Self::look)s at all records that the message came in.
    ///
    /// # Errors
    ///
    /// As [`look`](Self::look).
    #[doc(hidden)]
    #[cold]
    #[inline(never)]
    fn look_at_parts(&mut self) -> Result<(), DecodeError> {
        let source = *self.source();
        source.parts().try_for_each(|part| self.look(&mut source.decoder(part)))
    }

    /// Decodes the whole message, under the limits of the view.
    ///
    /// # Errors
    ///
    /// As [`Tlv::decode_with`].
    fn to_message(&self) -> Result<Self::Message, DecodeError> {
        self.source().decode()
    }

    /// The records whose tag the message does not know, or knows in another kind.
    fn unknown(&self) -> UnknownViews<'a> {
        UnknownViews::new(self.source(), Self::Message::SHAPE)
    }
}

/// What [`Tlv::view_with`] does.
pub(super) fn view<'a, M: Tlv>(bytes: &'a [u8], limits: &DecodeLimits) -> Result<M::View<'a>, DecodeError> {
    Source::whole(bytes, limits).view(bytes).map_err(|error: DecodeError| error.in_message(M::NAME))
}
