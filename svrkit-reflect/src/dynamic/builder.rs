//! Messages written by their descriptor, in canonical form.
//!
//! Tags ascend, varints are minimal, keys of maps are sorted: equal values have equal bytes, and those of Google's
//! deterministic output. Values may be given in any order.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;

use super::ScalarValue;
use super::put::{put_prefixed, put_scalar};
use crate::pool::{Cardinality, FieldDescriptor, FieldType, MessageDescriptor, Scalar};

/// A message that is being written.
///
/// ```
/// # use svrkit_reflect::descriptor::{DescriptorSet, Field, Label, Message, Scalar, field::Kind};
/// # use svrkit_reflect::Pool;
/// use svrkit_reflect::{MessageBuilder, ScalarValue};
/// # let kind = Some(Kind::Scalar(Scalar::String));
/// # let note = Field { name: "note".to_owned(), tag: 1, label: Label::Single, kind, ..Field::default() };
/// # let order = Message { name: "shop.Order".to_owned(), fields: vec![note], ..Message::default() };
/// # let pool = Pool::new([DescriptorSet { messages: vec![order], ..DescriptorSet::default() }])?;
///
/// let order = pool.message("shop.Order").unwrap();
/// let mut builder = MessageBuilder::new(order);
/// builder.set(order.field_named("note").unwrap(), ScalarValue::String("hi"))?;
/// assert_eq!(builder.finish(), b"\x0a\x02hi");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct MessageBuilder<'p> {
    message: MessageDescriptor<'p>,
    /// By tag.
    fields: BTreeMap<u32, Content>,
    /// Bytes that were given, those that were replaced as well.
    given: usize,
}

/// One value to be written.
#[derive(Clone, Copy, Debug)]
pub enum Item<'a> {
    /// Of a scalar or an enum.
    Scalar(ScalarValue<'a>),
    /// An encoded message, written as it is.
    Message(&'a [u8]),
}

/// Why a value was not taken. Who calls is at fault; the builder is as it was before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildError {
    field: String,
    kind: BuildErrorKind,
}

/// What is wrong with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BuildErrorKind {
    /// The field is one of another message.
    OtherMessage,
    /// The value is of another type than the field or its key.
    OtherType,
    /// One value for a field of many, many for one, or entries for what is no map.
    OtherCardinality,
}

/// What a field has so far.
#[derive(Debug)]
enum Content {
    /// Whole records.
    Records(Vec<u8>),
    /// Values that share one record.
    Packed(Vec<u8>),
    /// Entries without their tag.
    Entries(BTreeMap<Key, Vec<u8>>),
}

/// The key of an entry, which sorts as such keys do.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Bool(bool),
    Signed(i64),
    Unsigned(u64),
    Text(Box<str>),
}

impl<'a> From<ScalarValue<'a>> for Item<'a> {
    fn from(value: ScalarValue<'a>) -> Self {
        Self::Scalar(value)
    }
}

impl<'p> MessageBuilder<'p> {
    /// An empty message.
    pub fn new(message: MessageDescriptor<'p>) -> Self {
        Self { message, fields: BTreeMap::new(), given: 0 }
    }

    /// What it is.
    pub fn message(&self) -> MessageDescriptor<'p> {
        self.message
    }

    /// Sets a field of one value, in the place of the one it has and of other members of its oneof. Zero is absent where
    /// the field has no presence.
    ///
    /// # Errors
    ///
    /// Where the field cannot have it.
    pub fn set<'a>(
        &mut self,
        field: FieldDescriptor<'_>,
        value: impl Into<Item<'a>>,
    ) -> Result<(), BuildError> {
        let value = value.into();
        self.expect(field, |it| matches!(it, Cardinality::Single | Cardinality::Optional))?;
        let mut record = Vec::new();
        put_item(&mut record, Some(field.tag()), field, value)?;
        self.given += record.len();
        if let Some(oneof) = field.oneof() {
            let message = self.message;
            self.fields
                .retain(|tag, _| message.field_of_tag(*tag).is_none_or(|it| it.oneof() != Some(oneof)));
        }
        let is_absent = !field.has_presence() && matches!(value, Item::Scalar(value) if value.is_zero());
        if is_absent {
            self.fields.remove(&field.tag());
        } else {
            self.fields.insert(field.tag(), Content::Records(record));
        }
        Ok(())
    }

    /// Adds a value to a repeated field.
    ///
    /// # Errors
    ///
    /// Where the field cannot have it.
    pub fn push<'a>(
        &mut self,
        field: FieldDescriptor<'_>,
        value: impl Into<Item<'a>>,
    ) -> Result<(), BuildError> {
        self.expect(field, |it| it == Cardinality::Repeated)?;
        let tag = (!field.is_packed()).then_some(field.tag());
        let mut written = Vec::new();
        put_item(&mut written, tag, field, value.into())?;
        self.given += written.len();
        let empty =
            || if field.is_packed() { Content::Packed(Vec::new()) } else { Content::Records(Vec::new()) };
        if let Content::Packed(all) | Content::Records(all) =
            self.fields.entry(field.tag()).or_insert_with(empty)
        {
            all.append(&mut written);
        }
        Ok(())
    }

    /// Sets an entry of a map, and says whether the key is new.
    ///
    /// # Errors
    ///
    /// Where the field cannot have it.
    pub fn insert<'a>(
        &mut self,
        field: FieldDescriptor<'_>,
        key: ScalarValue<'_>,
        value: impl Into<Item<'a>>,
    ) -> Result<bool, BuildError> {
        self.expect(field, |it| matches!(it, Cardinality::Map(_)))?;
        let Cardinality::Map(key_type) = field.cardinality() else {
            return Err(refusal(field, BuildErrorKind::OtherCardinality));
        };
        let mut entry = Vec::new();
        let sorted = Key::of(key).filter(|_| put_scalar(&mut entry, Some(1), key_type, key));
        let sorted = sorted.ok_or_else(|| refusal(field, BuildErrorKind::OtherType))?;
        put_item(&mut entry, Some(2), field, value.into())?;
        self.given += entry.len();
        let empty = || Content::Entries(BTreeMap::new());
        let Content::Entries(entries) = self.fields.entry(field.tag()).or_insert_with(empty) else {
            return Err(refusal(field, BuildErrorKind::OtherCardinality));
        };
        Ok(entries.insert(sorted, entry).is_none())
    }

    /// How many bytes were given until now, those that were replaced as well.
    pub(crate) fn given(&self) -> usize {
        self.given
    }

    /// The encoded message.
    pub fn finish(self) -> Vec<u8> {
        let mut out = Vec::new();
        for (tag, content) in self.fields {
            match content {
                Content::Records(mut records) if out.is_empty() => std::mem::swap(&mut out, &mut records),
                Content::Records(records) => out.extend_from_slice(&records),
                Content::Packed(values) => put_prefixed(&mut out, tag, &values),
                Content::Entries(entries) => {
                    entries.values().for_each(|entry| put_prefixed(&mut out, tag, entry));
                }
            }
        }
        out
    }

    fn expect(
        &self,
        field: FieldDescriptor<'_>,
        is_right: impl Fn(Cardinality) -> bool,
    ) -> Result<(), BuildError> {
        if field.message() != self.message {
            return Err(refusal(field, BuildErrorKind::OtherMessage));
        }
        if !is_right(field.cardinality()) {
            return Err(refusal(field, BuildErrorKind::OtherCardinality));
        }
        Ok(())
    }
}

impl Key {
    fn of(key: ScalarValue<'_>) -> Option<Self> {
        Some(match key {
            ScalarValue::Bool(key) => Self::Bool(key),
            ScalarValue::I32(key) => Self::Signed(key.into()),
            ScalarValue::I64(key) => Self::Signed(key),
            ScalarValue::U32(key) => Self::Unsigned(key.into()),
            ScalarValue::U64(key) => Self::Unsigned(key),
            ScalarValue::String(key) => Self::Text(key.into()),
            ScalarValue::F32(_) | ScalarValue::F64(_) | ScalarValue::Bytes(_) | ScalarValue::Enum(_) => {
                return None;
            }
        })
    }
}

fn put_item(
    out: &mut Vec<u8>,
    tag: Option<u32>,
    field: FieldDescriptor<'_>,
    item: Item<'_>,
) -> Result<(), BuildError> {
    let is_right = match (field.value_type(), item, tag) {
        (FieldType::Message(_), Item::Message(bytes), Some(tag)) => {
            put_prefixed(out, tag, bytes);
            true
        }
        (FieldType::Scalar(scalar), Item::Scalar(value), tag) => put_scalar(out, tag, scalar, value),
        (FieldType::Enum(_), Item::Scalar(ScalarValue::Enum(number)), tag) => {
            put_scalar(out, tag, Scalar::I32, ScalarValue::I32(number))
        }
        _ => false,
    };
    if is_right { Ok(()) } else { Err(refusal(field, BuildErrorKind::OtherType)) }
}

#[cold]
fn refusal(field: FieldDescriptor<'_>, kind: BuildErrorKind) -> BuildError {
    BuildError { field: format!("{}.{}", field.message().full_name(), field.name()), kind }
}

impl BuildError {
    /// The field, with the full name of its message.
    pub fn field(&self) -> &str {
        &self.field
    }

    /// What is wrong.
    pub fn kind(&self) -> BuildErrorKind {
        self.kind
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "`{}` cannot have this value: ", self.field)?;
        out.write_str(match self.kind {
            BuildErrorKind::OtherMessage => "it is no field of the message that is written, look it up there",
            BuildErrorKind::OtherType => "its type is another one, which `value_type` says",
            BuildErrorKind::OtherCardinality => {
                "set one value, push those of a repeated field, insert the entries of a map"
            }
        })
    }
}

impl Error for BuildError {}
