//! What a message looks like on the wire, as constants: its fields, and the messages inside them.
//!
//! [`Tlv::SHAPE`](super::Tlv::SHAPE) is one message's; a message inside is named there and found by a function, so that
//! messages may hold one another. [`fingerprint`] hashes all that a message reaches, for [`assert_fingerprint`], by
//! which generated code makes sure of a hand-written type. Nothing here is needed to encode or decode.

mod canonical;
mod reach;

use std::fmt;

pub use self::canonical::{REACHED_MAX, assert_fingerprint, fingerprint};
pub use self::reach::{Reach, both};
use super::{Kind, Tlv};

/// The wire facts of one message.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Shape {
    /// The full name, package first.
    pub name: &'static str,
    /// The fields by ascending tags, without the members of oneofs.
    pub fields: &'static [FieldShape],
    /// The oneofs by ascending lowest tags.
    pub oneofs: &'static [OneofShape],
}

/// The wire facts of one field, or of one member of a oneof.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct FieldShape {
    /// The tag.
    pub tag: u32,
    /// The name in paths of errors.
    pub name: &'static str,
    /// How often it stands in a message, and what of.
    pub form: FieldForm,
    /// Whether its value is kept out of dumps: `#[tlv(1, sensitive)]`.
    pub sensitive: bool,
}

/// The wire facts of one oneof.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct OneofShape {
    /// The name in paths of errors.
    pub name: &'static str,
    /// The members by ascending tags.
    pub members: &'static [FieldShape],
}

/// How often a value stands in a message.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum FieldForm {
    /// Once; for anything but a message its zero value is the same as none.
    One(ValueForm),
    /// Once or not at all, and the two are told apart.
    Optional(ValueForm),
    /// Any number of times.
    Many(ValueForm),
    /// Once for each key.
    Map {
        /// The form of the keys.
        key: ValueForm,
        /// The form of the values.
        value: ValueForm,
    },
}

/// What one value is on the wire.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum ValueForm {
    /// A varint: integers, `bool`, enums.
    Varint,
    /// A varint that keeps small negative numbers short.
    ZigZag,
    /// Four bytes of an integer.
    Fixed32,
    /// Eight bytes of an integer.
    Fixed64,
    /// Four bytes of an `f32`.
    Float32,
    /// Eight bytes of an `f64`.
    Float64,
    /// Text or bytes.
    Text,
    /// A message.
    Message(MessageRef),
}

/// A message inside another, found when it is asked for.
#[derive(Clone, Copy)]
pub struct MessageRef {
    name: &'static str,
    shape: fn() -> &'static Shape,
}

impl Shape {
    /// A message of these parts, each in the order that its field here asks for. For implementations of
    /// [`Tlv::SHAPE`](super::Tlv::SHAPE).
    #[must_use]
    pub const fn new(
        name: &'static str,
        fields: &'static [FieldShape],
        oneofs: &'static [OneofShape],
    ) -> Self {
        Self { name, fields, oneofs }
    }
}

impl Shape {
    /// Whether a record of this tag and kind belongs to a field.
    pub(super) fn has(&self, tag: u32, kind: Kind) -> bool {
        let members = self.oneofs.iter().flat_map(|oneof| oneof.members);
        self.fields.iter().chain(members).any(|field| field.tag == tag && field.form.takes(kind))
    }
}

impl FieldForm {
    /// Whether its records may be of this kind.
    fn takes(self, kind: Kind) -> bool {
        match self {
            Self::One(value) | Self::Optional(value) => kind == value.kind(),
            Self::Many(value) => kind == Kind::Prefixed || kind == value.kind(),
            Self::Map { .. } => kind == Kind::Prefixed,
        }
    }
}

impl ValueForm {
    fn kind(self) -> Kind {
        match self {
            Self::Varint | Self::ZigZag => Kind::Varint,
            Self::Fixed32 | Self::Float32 => Kind::Four,
            Self::Fixed64 | Self::Float64 => Kind::Eight,
            Self::Text | Self::Message(_) => Kind::Prefixed,
        }
    }
}

impl FieldShape {
    /// A field that may be seen by anyone.
    #[must_use]
    pub const fn new(tag: u32, name: &'static str, form: FieldForm) -> Self {
        Self { tag, name, form, sensitive: false }
    }

    /// Keeps its value out of dumps.
    #[must_use]
    pub const fn sensitive(mut self) -> Self {
        self.sensitive = true;
        self
    }
}

impl OneofShape {
    /// A oneof of these members, by ascending tags.
    #[must_use]
    pub const fn new(name: &'static str, members: &'static [FieldShape]) -> Self {
        Self { name, members }
    }
}

impl MessageRef {
    /// The message `M`.
    #[must_use]
    pub const fn to<M: Tlv>() -> Self {
        Self { name: M::NAME, shape: || M::SHAPE }
    }

    /// Its full name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// What it looks like.
    #[must_use]
    pub fn shape(self) -> &'static Shape {
        (self.shape)()
    }
}

impl fmt::Debug for MessageRef {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name)
    }
}
