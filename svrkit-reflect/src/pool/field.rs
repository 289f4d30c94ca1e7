//! One field of a message.

use std::fmt;

use svrkit_runtime::wire::tlv::Kind;

use super::linked::{self, Holds};
use super::{EnumDescriptor, MessageDescriptor, Scalar};
use crate::descriptor;

/// A field of a message in a pool.
#[derive(Clone, Copy)]
pub struct FieldDescriptor<'p> {
    message: MessageDescriptor<'p>,
    source: &'p descriptor::Field,
    linked: linked::Field,
}

/// How many values a field has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cardinality {
    /// One: a message, a member of a oneof, or a value whose zero is not written and means absent.
    Single,
    /// One or none: what is set is written.
    Optional,
    /// Any number.
    Repeated,
    /// Any number of entries, with keys of this type.
    Map(Scalar),
}

/// What one value of a field is; of a map, the value of an entry.
#[derive(Clone, Copy, Debug)]
pub enum FieldType<'p> {
    /// Neither message nor enum.
    Scalar(Scalar),
    /// A message.
    Message(MessageDescriptor<'p>),
    /// A number with a name.
    Enum(EnumDescriptor<'p>),
}

impl<'p> FieldDescriptor<'p> {
    pub(super) fn new(
        message: MessageDescriptor<'p>,
        source: &'p descriptor::Field,
        linked: linked::Field,
    ) -> Self {
        Self { message, source, linked }
    }

    /// The message it stands in.
    pub fn message(&self) -> MessageDescriptor<'p> {
        self.message
    }

    /// Its name in the schema.
    pub fn name(&self) -> &'p str {
        &self.source.name
    }

    /// Its name in JSON.
    pub fn json_name(&self) -> &'p str {
        &self.source.json_name
    }

    /// The number that stands for it on the wire.
    pub fn tag(&self) -> u32 {
        self.source.tag
    }

    /// How many values it has.
    pub fn cardinality(&self) -> Cardinality {
        self.linked.cardinality
    }

    /// What one value is.
    pub fn value_type(&self) -> FieldType<'p> {
        match self.linked.holds {
            Holds::Scalar(scalar) => FieldType::Scalar(scalar),
            Holds::Message(at) => FieldType::Message(MessageDescriptor::new(self.message.pool(), at)),
            Holds::Enum(at) => FieldType::Enum(EnumDescriptor::new(self.message.pool(), at)),
        }
    }

    /// Whether its values are written into one record. Either form is read.
    pub fn is_packed(&self) -> bool {
        self.source.packed
    }

    /// The oneof it is a member of, by its place in [`MessageDescriptor::oneofs`].
    pub fn oneof(&self) -> Option<usize> {
        self.source.oneof.and_then(|at| usize::try_from(at).ok())
    }

    /// Whether absent can be told from zero: of optional fields, members of oneofs and messages.
    pub fn has_presence(&self) -> bool {
        match self.linked.cardinality {
            Cardinality::Optional => true,
            Cardinality::Single => {
                self.source.oneof.is_some() || matches!(self.linked.holds, Holds::Message(_))
            }
            Cardinality::Repeated | Cardinality::Map(_) => false,
        }
    }

    /// Whether its value is kept out of what people read.
    pub fn is_sensitive(&self) -> bool {
        self.source.sensitive
    }

    /// All the schema says of it.
    pub fn source(&self) -> &'p descriptor::Field {
        self.source
    }

    /// The kind of the record that holds one value, by itself.
    pub(crate) fn value_kind(&self) -> Kind {
        match self.linked.holds {
            Holds::Scalar(scalar) => scalar.kind(),
            Holds::Enum(_) => Kind::Varint,
            Holds::Message(_) => Kind::Prefixed,
        }
    }

    /// Whether a record of this kind is one of this field; any other is unknown.
    pub(crate) fn takes(&self, kind: Kind) -> bool {
        match self.linked.cardinality {
            Cardinality::Map(_) => kind == Kind::Prefixed,
            // Packed and one by one: both are read, whatever is written.
            Cardinality::Repeated => kind == self.value_kind() || kind == Kind::Prefixed,
            Cardinality::Single | Cardinality::Optional => kind == self.value_kind(),
        }
    }
}

impl fmt::Debug for FieldDescriptor<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "FieldDescriptor({}.{})", self.message.full_name(), self.name())
    }
}
