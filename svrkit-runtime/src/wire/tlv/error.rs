//! What can go wrong with a message, and in which field.
//!
//! An error of decoding is made where reading stands and learns its path on the way out, so that good bytes pay
//! nothing for it: one pointer wide, every function cold.

use std::fmt;

use super::path::{Path, Step};
use super::{OneofShape, Shape};

/// Why bytes are no message of the wanted type. Trying again with the same bytes cannot help.
#[derive(Clone, PartialEq, Eq)]
pub struct DecodeError(Box<Fault>);

#[derive(Clone, PartialEq, Eq)]
struct Fault {
    kind: DecodeErrorKind,
    offset: usize,
    message: &'static str,
    /// From the inside to the outside.
    steps: Vec<Step>,
}

impl Fault {
    fn path(&self) -> Path<'_> {
        Path { message: self.message, steps: &self.steps }
    }
}

/// What is wrong with the bytes. All but the two limits are faults of whoever wrote or cut them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecodeErrorKind {
    /// The bytes end inside a record.
    Truncated,
    /// A varint has more than ten bytes or more than 64 bits.
    VarintTooLong,
    /// A record has tag 0.
    TagZero,
    /// A record's tag is above [`TAG_MAX`](super::TAG_MAX).
    TagTooLarge {
        /// The tag found.
        tag: u64,
    },
    /// A record is a group (kinds 3 and 4) or of a kind that does not exist (6 and 7).
    KindRefused {
        /// The record's tag.
        tag: u32,
        /// The kind found.
        kind: u8,
    },
    /// A length reaches past the end of what holds it.
    LengthPastEnd {
        /// The length found, in bytes.
        len: u64,
        /// Bytes that are left.
        left: usize,
    },
    /// A text is no UTF-8.
    NotUtf8,
    /// A view cannot show a message whose records stand apart: see [`View`](super::View).
    Scattered,
    /// Inside a sensitive field, something of which the numbers would tell what stands there.
    Withheld,
    /// The message would hold more heap than [`DecodeLimits::memory`](super::DecodeLimits::memory).
    MemoryExceeded {
        /// The limit, in bytes.
        limit: usize,
    },
    /// Messages stand deeper inside one another than [`DecodeLimits::depth`](super::DecodeLimits::depth).
    DepthExceeded {
        /// The limit, in messages.
        limit: u32,
    },
}

impl DecodeError {
    #[cold]
    pub(super) fn new(kind: DecodeErrorKind, offset: usize) -> Self {
        Self(Box::new(Fault { kind, offset, message: "", steps: Vec::new() }))
    }

    /// What is wrong.
    pub fn kind(&self) -> DecodeErrorKind {
        self.0.kind
    }

    /// Where it is, for people: `Order.items[3].note`.
    pub fn path(&self) -> String {
        self.0.path().to_string()
    }

    /// How many bytes into the outermost message reading stood.
    pub fn offset(&self) -> usize {
        self.0.offset
    }

    /// The same error, seen from the message around the field `name`. For implementations of
    /// [`Tlv::merge`](super::Tlv::merge).
    #[cold]
    #[must_use]
    pub fn in_field(mut self, name: &'static str) -> Self {
        self.0.steps.push(Step::Field(name));
        self
    }

    /// The same error, seen from the message of this shape around the field or the oneof of `tag`: without what tells of
    /// the value, if the field is sensitive. For implementations of [`Tlv::merge`](super::Tlv::merge).
    // Looked up when it is wanted: what each field would say of itself is code that hardly ever runs.
    #[cold]
    #[inline(never)]
    #[must_use]
    pub fn in_field_of(self, shape: &'static Shape, tag: u32) -> Self {
        if let Some(field) = shape.fields.iter().find(|field| field.tag == tag) {
            let error = if field.sensitive { self.withhold() } else { self };
            return error.in_field(field.name);
        }
        let has_member = |oneof: &&OneofShape| oneof.members.iter().any(|member| member.tag == tag);
        match shape.oneofs.iter().find(has_member) {
            Some(oneof) => self.in_field(oneof.name),
            None => self,
        }
    }

    /// The same error, without what tells of the value of a sensitive field: to be called before
    /// [`in_field`](Self::in_field). For implementations of [`Tlv::merge`](super::Tlv::merge).
    #[cold]
    #[must_use]
    pub fn withhold(mut self) -> Self {
        use DecodeErrorKind as Kind;
        let fault = &mut *self.0;
        if let Kind::TagTooLarge { .. } | Kind::KindRefused { .. } | Kind::LengthPastEnd { .. } = fault.kind {
            fault.kind = Kind::Withheld;
        }
        fault.steps.iter_mut().for_each(Step::withhold);
        self
    }

    /// The same error, seen from the repeated field around item `index`.
    #[cold]
    #[must_use]
    pub(super) fn in_item(mut self, index: usize) -> Self {
        self.0.steps.push(Step::Item(index));
        self
    }

    /// The same error, seen from the map around the entry of `key`.
    #[cold]
    #[must_use]
    pub(super) fn in_entry(mut self, key: &impl fmt::Debug) -> Self {
        self.0.steps.push(Step::entry(key));
        self
    }

    /// The same error, with the full name of the outermost message.
    #[cold]
    #[must_use]
    pub(super) fn in_message(mut self, name: &'static str) -> Self {
        self.0.message = name;
        self
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {} (at byte {})", self.0.path(), self.0.kind, self.0.offset)
    }
}

impl fmt::Debug for DecodeError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("DecodeError")
            .field("kind", &self.0.kind)
            .field("path", &self.path())
            .field("offset", &self.0.offset)
            .finish()
    }
}

impl std::error::Error for DecodeError {}

impl fmt::Display for DecodeErrorKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truncated => out.write_str("the bytes end inside a record, somebody cut the message"),
            Self::VarintTooLong => {
                out.write_str("a varint has more than 10 bytes or 64 bits, the sender wrote it wrong")
            }
            Self::TagZero => out.write_str("a record has tag 0, the bytes are no message"),
            Self::TagTooLarge { tag } => {
                write!(out, "a record has tag {tag}, the highest is 536870911, the bytes are no message")
            }
            Self::KindRefused { tag, kind: kind @ (3 | 4) } => {
                write!(out, "tag {tag} is a group (kind {kind}), which the sender has to write as a message")
            }
            Self::KindRefused { tag, kind } => {
                write!(out, "tag {tag} has kind {kind}, which does not exist, the bytes are no message")
            }
            Self::LengthPastEnd { len, left } => {
                write!(out, "a length of {len} bytes where {left} are left, somebody cut the message")
            }
            Self::NotUtf8 => out.write_str("a text is no utf-8, the sender should use `bytes`"),
            Self::Scattered => out.write_str(
                "parts of one message stand in several records, which a view cannot show, decode the message instead",
            ),
            Self::Withheld => out.write_str(
                "the bytes of a sensitive field are cut or no such field, the sender wrote it wrong",
            ),
            Self::MemoryExceeded { limit } => write!(
                out,
                "the message would hold more than {limit} bytes of memory, send less or raise `decode.memory`"
            ),
            Self::DepthExceeded { limit } => write!(
                out,
                "messages stand more than {limit} deep inside one another, nest less or raise `decode.depth`"
            ),
        }
    }
}

/// Why a value became no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EncodeError {
    /// The message would be longer than `message.out`. The caller's fault: nothing was sent.
    TooLong {
        /// The limit, in bytes.
        limit: usize,
    },
}

impl fmt::Display for EncodeError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { limit } => write!(
                out,
                "the message would be longer than {limit} bytes and was not sent, send less or raise `message.out`"
            ),
        }
    }
}

impl std::error::Error for EncodeError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_says_where_what_and_who() {
        let error = DecodeError::new(DecodeErrorKind::NotUtf8, 17)
            .in_field("note")
            .in_item(3)
            .in_field("items")
            .in_message("shop.Order");
        assert_eq!(error.path(), "Order.items[3].note");
        assert_eq!(
            error.to_string(),
            "Order.items[3].note: a text is no utf-8, the sender should use `bytes` (at byte 17)"
        );
    }

    #[test]
    fn limits_name_their_keys() {
        let memory = DecodeErrorKind::MemoryExceeded { limit: 7 }.to_string();
        assert!(memory.contains("7 bytes") && memory.contains("`decode.memory`"), "{memory}");
        let depth = DecodeErrorKind::DepthExceeded { limit: 7 }.to_string();
        assert!(depth.contains("7 deep") && depth.contains("`decode.depth`"), "{depth}");
        let out = EncodeError::TooLong { limit: 7 }.to_string();
        assert!(out.contains("7 bytes") && out.contains("`message.out`"), "{out}");
    }

    #[test]
    fn an_error_is_one_pointer_wide() {
        assert_eq!(size_of::<Result<(), DecodeError>>(), size_of::<usize>());
    }
}
