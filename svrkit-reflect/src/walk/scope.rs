//! What is known of the records of a message, and so what each of them means.

use svrkit_runtime::wire::tlv::{Key, Kind};

use crate::pool::{Cardinality, EnumDescriptor, FieldDescriptor, FieldType, MessageDescriptor, Scalar};

/// Whose records are walked.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Scope<'p> {
    /// Those of nothing that a schema says.
    Unknown,
    Message(MessageDescriptor<'p>),
    /// Those of an entry of this map: a key and a value.
    Entry(FieldDescriptor<'p>),
}

/// What one record is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Meaning<'p> {
    Field(FieldDescriptor<'p>),
    /// The key or the value in an entry of a map, of this type.
    Key(Scalar),
    Value(FieldType<'p>),
    /// The tag of this field in a kind that it does not take: kept as unknown.
    OtherKind(FieldDescriptor<'p>),
    /// A tag that the schema does not have.
    Unknown,
    /// In what no schema describes.
    Undescribed,
}

/// What the value of a record can be read as.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Holds<'p> {
    /// Numbers with a length in front are packed.
    Scalar(Scalar),
    Enum(EnumDescriptor<'p>),
    Message(Scope<'p>),
    Anything,
}

/// The tags of an entry.
const KEY: u32 = 1;
const VALUE: u32 = 2;

impl<'p> Scope<'p> {
    pub(super) fn meaning(self, key: Key) -> Meaning<'p> {
        let (tag, kind) = (key.tag(), key.kind());
        match self {
            Self::Unknown => Meaning::Undescribed,
            Self::Message(message) => match message.field_of_tag(tag) {
                Some(field) if field.takes(kind) => Meaning::Field(field),
                Some(field) => Meaning::OtherKind(field),
                None => Meaning::Unknown,
            },
            Self::Entry(map) => match (tag, map.cardinality()) {
                (KEY, Cardinality::Map(scalar)) if scalar.kind() == kind => Meaning::Key(scalar),
                (VALUE, _) if map.value_kind() == kind => Meaning::Value(map.value_type()),
                _ => Meaning::Unknown,
            },
        }
    }
}

impl<'p> Meaning<'p> {
    pub(super) fn holds(self) -> Holds<'p> {
        let of_type = |value_type| match value_type {
            FieldType::Scalar(scalar) => Holds::Scalar(scalar),
            FieldType::Enum(enumeration) => Holds::Enum(enumeration),
            FieldType::Message(message) => Holds::Message(Scope::Message(message)),
        };
        match self {
            Self::Field(field) if matches!(field.cardinality(), Cardinality::Map(_)) => {
                Holds::Message(Scope::Entry(field))
            }
            Self::Field(field) => of_type(field.value_type()),
            Self::Key(scalar) => Holds::Scalar(scalar),
            Self::Value(value_type) => of_type(value_type),
            Self::OtherKind(_) | Self::Unknown | Self::Undescribed => Holds::Anything,
        }
    }

    /// Its name in text; none for what has only a tag.
    pub(crate) fn name(self) -> Option<&'p str> {
        match self {
            Self::Field(field) => Some(field.name()),
            Self::Key(_) => Some("key"),
            Self::Value(_) => Some("value"),
            Self::OtherKind(_) | Self::Unknown | Self::Undescribed => None,
        }
    }

    /// Whether it has to be kept out of what people read. Of what no schema knows nobody can tell.
    pub(super) fn is_sensitive(self) -> bool {
        match self {
            Self::Field(field) => field.is_sensitive(),
            Self::Key(_) | Self::Value(_) => false,
            Self::OtherKind(_) | Self::Unknown | Self::Undescribed => true,
        }
    }
}

/// What a kind is called.
pub(crate) fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Varint => "varint",
        Kind::Eight => "eight bytes",
        Kind::Prefixed => "length-prefixed",
        Kind::Four => "four bytes",
    }
}
