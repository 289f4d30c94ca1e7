//! Why descriptors are none to work with.

use std::error::Error;
use std::fmt;

use svrkit_runtime::DecodeError;

/// Why descriptors were refused, and where. Who made or joined them is at fault; the same ones never do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolError {
    place: String,
    kind: PoolErrorKind,
}

/// What is wrong with descriptors.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PoolErrorKind {
    /// The bytes are no `svrkit.descriptor.DescriptorSet`, or a limit of the decode was met.
    Decode(DecodeError),
    /// Something has no name, or one with control characters.
    NameRefused,
    /// Two definitions of one full name differ.
    DefinedTwice,
    /// Of two names beside one another, in the schema or in JSON, both are this one.
    NameTwice {
        /// What two have.
        name: String,
    },
    /// A field has no type or one that this version does not know.
    TypeMissing,
    /// Something refers to a full name that no definition of the wanted kind has.
    Unresolved {
        /// The name referred to.
        name: String,
    },
    /// Two fields of a message have one tag.
    TagTwice {
        /// The tag.
        tag: u32,
    },
    /// A tag that the wire cannot carry.
    TagOutOfRange {
        /// The tag.
        tag: u32,
    },
    /// A field does not say how many values it has, or says what this version does not know.
    LabelMissing,
    /// A map without a key, with one that none can be looked up by, or a key on what is no map.
    KeyRefused,
    /// A field refers to a oneof that its message does not have, or is not one value.
    OneofRefused,
    /// A field is packed that cannot be.
    NotPackable,
    /// The id of a method, or its priority, is none that a call can have.
    NumberTooLarge {
        /// The number.
        number: u32,
        /// The greatest there is.
        max: u32,
    },
    /// A method streams in a way that this version does not know.
    StreamUnknown,
}

impl PoolError {
    #[cold]
    pub(super) fn new(place: impl Into<String>, kind: PoolErrorKind) -> Self {
        Self { place: place.into(), kind }
    }

    /// The full name of the definition concerned, and of the part of it; empty where the whole set is.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// What is wrong.
    pub fn kind(&self) -> &PoolErrorKind {
        &self.kind
    }
}

impl fmt::Display for PoolError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.place.is_empty() {
            write!(out, "the descriptors are refused: {}", self.kind)
        } else {
            // A name that is refused may hold anything.
            write!(out, "the descriptor of `{}` is refused: {}", self.place.escape_debug(), self.kind)
        }
    }
}

impl Error for PoolError {}

impl fmt::Display for PoolErrorKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Decode(error) => error.fmt(out),
            Self::NameRefused => {
                out.write_str("a name is empty or has control characters, make it again from its schema")
            }
            Self::DefinedTwice => {
                out.write_str("it is defined twice and differently, make all sets from the same schemas")
            }
            Self::NameTwice { name } => write!(
                out,
                "`{}` is the name of two of its parts, or of one and in JSON of another, rename one",
                name.escape_debug()
            ),
            Self::TypeMissing => {
                out.write_str("it has no type that is known here, use the svrkit that made it or a newer one")
            }
            Self::Unresolved { name } => {
                write!(
                    out,
                    "it refers to `{}`, which is not in the set, add what defines that",
                    name.escape_debug()
                )
            }
            Self::TagTwice { tag } => {
                write!(out, "tag {tag} is that of two fields, make it again from its schema")
            }
            Self::TagOutOfRange { tag } => {
                write!(out, "tag {tag} is not within 1 to 536870911, make it again from its schema")
            }
            Self::LabelMissing => out.write_str(
                "it does not say how many values it has, use the svrkit that made it or a newer one",
            ),
            Self::KeyRefused => out.write_str(
                "a map has one key type, of whole numbers, `bool` or `string`, and nothing else has one",
            ),
            Self::OneofRefused => {
                out.write_str("a member of a oneof is one value, plain, and names a oneof of its message")
            }
            Self::NotPackable => out.write_str("only repeated numbers, `bool` and enums are packed"),
            Self::NumberTooLarge { number, max } => {
                write!(
                    out,
                    "{number} is the id or the priority of a method, of which the greatest is {max}, make it again from its schema"
                )
            }
            Self::StreamUnknown => out.write_str(
                "it streams in a way that is not known here, use the svrkit that made it or a newer one",
            ),
        }
    }
}
