//! Messages read by their descriptor: a walk over the bytes, with no objects in between.
//!
//! [`Dynamic`] is one message; it holds where its records begin and reads a value when it is asked for. The rules are
//! those of the codec: the last of several wins, messages in parts are merged, packed numbers and single ones are both
//! taken, what is unknown is kept. Nothing here writes: [`MessageBuilder`] does that, in `builder`.

mod budget;
mod builder;
mod error;
mod index;
mod list;
mod map;
mod path;
mod put;
mod scalar_value;
mod value;

use std::borrow::Cow;
use std::fmt;

use svrkit_runtime::wire::tlv::{DecodeErrorKind, DecodeLimits, Record, Records};

use self::budget::{Budget, Charge};
pub use self::builder::{BuildError, BuildErrorKind, Item, MessageBuilder};
pub use self::error::DynamicError;
use self::index::{Entry, Index};
pub use self::list::List;
pub use self::map::Map;
use self::path::{At, Step};
pub(crate) use self::put::{put_key, put_prefixed, put_scalar, put_varint};
pub use self::scalar_value::ScalarValue;
use self::value::exhaust;
pub use self::value::{FieldValue, Value};
use crate::pool::{Cardinality, FieldDescriptor, FieldType, MessageDescriptor, Scalar};

/// A message, read by its descriptor.
///
/// ```
/// use svrkit_reflect::descriptor::{DescriptorSet, Field, Label, Message, Scalar, field::Kind};
/// use svrkit_reflect::{Dynamic, FieldValue, Pool, ScalarValue, Value};
/// use svrkit_runtime::wire::tlv::DecodeLimits;
///
/// let kind = Some(Kind::Scalar(Scalar::String));
/// let note = Field { name: "note".to_owned(), tag: 1, label: Label::Single, kind, ..Field::default() };
/// let order = Message { name: "shop.Order".to_owned(), fields: vec![note], ..Message::default() };
/// let pool = Pool::new([DescriptorSet { messages: vec![order], ..DescriptorSet::default() }])?;
///
/// let order = pool.message("shop.Order").unwrap();
/// let order = Dynamic::new(order, b"\x0a\x02hi\x10\x07", &DecodeLimits::default())?;
/// let (field, value) = order.fields().next().unwrap()?;
/// assert_eq!(field.name(), "note");
/// assert!(matches!(value, FieldValue::One(Value::Scalar(ScalarValue::String("hi")))));
/// assert_eq!(order.unknown().next().unwrap().tag, 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Dynamic<'a> {
    message: MessageDescriptor<'a>,
    bytes: Cow<'a, [u8]>,
    /// Where the bytes begin in the outermost message.
    base: usize,
    index: Index,
    /// The way here from the message around.
    step: Option<Step<'a>>,
    budget: Budget,
    limits: DecodeLimits,
    depth_left: u32,
    /// For bytes that had to be joined.
    _held: Option<Charge>,
}

impl<'a> Dynamic<'a> {
    /// Reads `bytes` as a message of this type. What stands inside its fields is read when it is asked for, under the same limits: `decode.memory` bounds what all that is held of one message takes at a time.
    ///
    /// # Errors
    ///
    /// Bytes that are no records, and limits that are met.
    pub fn new(
        message: MessageDescriptor<'a>,
        bytes: &'a [u8],
        limits: &DecodeLimits,
    ) -> Result<Self, DynamicError> {
        let budget = Budget::new(limits.memory);
        let index = Index::new(message, bytes, &budget).map_err(|(kind, offset)| {
            let name = message.full_name().rsplit('.').next().unwrap_or_default();
            DynamicError::new(kind, name.to_owned(), offset)
        })?;
        let bytes = Cow::Borrowed(bytes);
        let limits = *limits;
        let depth_left = limits.depth;
        Ok(Self { message, bytes, base: 0, index, step: None, budget, limits, depth_left, _held: None })
    }

    /// What it is.
    pub fn message(&self) -> MessageDescriptor<'a> {
        self.message
    }

    /// Its bytes; those of one that came in parts are joined.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Where it stands in the outermost message, for people: `Order.items[3]`.
    pub fn path(&self) -> String {
        path::path(self)
    }

    /// Its fields by ascending tag, each once: those that are there, and of those without presence that are not zero.
    ///
    /// Who walks all of them, and those of the messages inside, has met every fault that the codec would have met: what
    /// later records replace is read as well.
    pub fn fields<'s>(
        &'s self,
    ) -> impl Iterator<Item = Result<(FieldDescriptor<'s>, FieldValue<'s>), DynamicError>> {
        let me: &'s Dynamic<'s> = self;
        let replaced = me.index.replaced().filter_map(move |(slot, entry)| {
            let field = me.message.field_in_slot(slot);
            me.value(field, At::Single, std::slice::from_ref(entry)).and_then(exhaust).err().map(Err)
        });
        let fields = me.index.groups().filter_map(move |(slot, records)| {
            let field = me.message.field_in_slot(slot);
            let value = me.field_value(field, records).transpose()?;
            Some(value.map(|value| (field, value)))
        });
        replaced.chain(fields)
    }

    /// The value of one of its fields; `None` where it is absent, or zero and without presence, or of another message.
    ///
    /// # Errors
    ///
    /// Bytes that are no such value, and limits that are met.
    pub fn get<'s>(&'s self, field: FieldDescriptor<'s>) -> Result<Option<FieldValue<'s>>, DynamicError> {
        let me: &'s Dynamic<'s> = self;
        let Some(slot) = me.message.slot_of_tag(field.tag()).filter(|_| field.message() == me.message) else {
            return Ok(None);
        };
        me.field_value(field, me.index.group(slot))
    }

    /// Its records that belong to no field, as they came.
    pub fn unknown(&self) -> impl Iterator<Item = Record<'_>> {
        self.index.unknown().iter().map(|entry| self.record(*entry))
    }

    /// Whether it stands in a field that is kept out of what people read.
    pub(crate) fn is_sensitive(&self) -> bool {
        path::is_sensitive(self)
    }

    /// The limits for who reads its bytes in another way: what is left of them.
    pub(crate) fn limits_left(&self) -> DecodeLimits {
        DecodeLimits { memory: self.budget.left(), depth: self.depth_left }
    }

    /// The message of another type that one of its fields of bytes holds, such as that of an `Any`; an empty one where the
    /// field is absent.
    pub(crate) fn held<'s>(
        &'s self,
        message: MessageDescriptor<'s>,
        field: FieldDescriptor<'s>,
    ) -> Result<Dynamic<'s>, DynamicError> {
        let me: &'s Dynamic<'s> = self;
        let records = me.message.slot_of_tag(field.tag()).map_or(&[][..], |slot| me.index.group(slot));
        let last = records.last().map(|entry| me.record(*entry));
        let parts = last.map(|record| (record.value, value_offset(&record)));
        me.inside(message, field, At::Single, parts.into_iter(), 1)
    }

    /// What is wrong with its bytes, read in another way, `offset` bytes into it.
    pub(crate) fn fault(&self, kind: DecodeErrorKind, offset: usize) -> DynamicError {
        DynamicError::new(kind, path::path(self), self.base + offset)
    }

    fn field_value(
        &'a self,
        field: FieldDescriptor<'a>,
        records: &'a [Entry],
    ) -> Result<Option<FieldValue<'a>>, DynamicError> {
        if records.is_empty() {
            return Ok(None);
        }
        match field.cardinality() {
            Cardinality::Map(key) => Map::new(self, field, key, records).map(FieldValue::Map).map(Some),
            Cardinality::Repeated => {
                let list = List::new(self, field, records);
                Ok((!list.is_empty()).then_some(FieldValue::Many(list)))
            }
            Cardinality::Single | Cardinality::Optional => {
                let value = self.value(field, At::Single, records)?;
                let is_absent = !field.has_presence() && matches!(&value, Value::Scalar(it) if it.is_zero());
                Ok((!is_absent).then_some(FieldValue::One(value)))
            }
        }
    }

    /// The one value of these records.
    fn value(
        &'a self,
        field: FieldDescriptor<'a>,
        at: At<'a>,
        records: &'a [Entry],
    ) -> Result<Value<'a>, DynamicError> {
        let values = records.iter().map(|entry| {
            let record = self.record(*entry);
            (record.value, value_offset(&record))
        });
        match field.value_type() {
            FieldType::Message(message) => self.inside(message, field, at, values, 1).map(Value::Message),
            FieldType::Scalar(_) | FieldType::Enum(_) => self.scalar(field, at, values).map(Value::Scalar),
        }
    }

    /// The last of these values, each with where it is; without any, zero.
    fn scalar(
        &self,
        field: FieldDescriptor<'_>,
        at: At<'_>,
        values: impl Iterator<Item = (&'a [u8], usize)>,
    ) -> Result<ScalarValue<'a>, DynamicError> {
        let (scalar, is_enum) = match field.value_type() {
            FieldType::Scalar(scalar) => (scalar, false),
            FieldType::Enum(_) | FieldType::Message(_) => (Scalar::I32, true),
        };
        let mut last = ScalarValue::zero(scalar);
        for (value, offset) in values {
            last =
                ScalarValue::of_record(scalar, value).map_err(|kind| self.error(field, at, kind, offset))?;
        }
        Ok(match last {
            ScalarValue::I32(number) if is_enum => ScalarValue::Enum(number),
            other => other,
        })
    }

    /// What is left of the depth `levels` below, in a field.
    fn deeper(
        &self,
        field: FieldDescriptor<'_>,
        at: At<'_>,
        offset: usize,
        levels: u32,
    ) -> Result<u32, DynamicError> {
        let too_deep = DecodeErrorKind::DepthExceeded { limit: self.limits.depth };
        self.depth_left.checked_sub(levels).ok_or_else(|| self.error(field, at, too_deep, offset))
    }

    /// A message in a field, `levels` deeper; several parts are one message.
    fn inside(
        &'a self,
        message: MessageDescriptor<'a>,
        field: FieldDescriptor<'a>,
        at: At<'a>,
        mut parts: impl Iterator<Item = (&'a [u8], usize)> + Clone,
        levels: u32,
    ) -> Result<Dynamic<'a>, DynamicError> {
        let all = parts.clone();
        let (first, base) = parts.next().unwrap_or((&[], 0));
        let fault = |kind, offset| self.error(field, at, kind, base + offset);
        let depth_left = self.deeper(field, at, base, levels)?;
        let (bytes, held) = if parts.next().is_none() {
            (Cow::Borrowed(first), None)
        } else {
            // Each part is whole by itself: none goes on in the next one.
            for (part, offset) in all.clone() {
                if let Some(Err(error)) = Records::new(part).find(Result::is_err) {
                    return Err(self.error(field, at, error.kind(), offset + error.offset()));
                }
            }
            let len = all.clone().map(|(part, _)| part.len()).sum();
            let held = self.charge(len).map_err(|kind| fault(kind, 0))?;
            let mut joined = Vec::with_capacity(len);
            all.for_each(|(part, _)| joined.extend_from_slice(part));
            (Cow::Owned(joined), Some(held))
        };
        let step = Some(Step { from: self, field, at });
        let index =
            Index::new(message, &bytes, &self.budget).map_err(|(kind, offset)| fault(kind, offset))?;
        let budget = self.budget.clone();
        let base = self.base + base;
        Ok(Dynamic {
            message,
            bytes,
            base,
            index,
            step,
            budget,
            limits: self.limits,
            depth_left,
            _held: held,
        })
    }

    /// The record of an entry of the index.
    fn record(&self, entry: Entry) -> Record<'_> {
        let record = Records::new(&self.bytes[entry.offset..]).next().and_then(Result::ok);
        let record = record.expect("what is in the index was read when that was made");
        Record { offset: entry.offset, ..record }
    }

    fn charge(&self, bytes: usize) -> Result<Charge, DecodeErrorKind> {
        self.budget.charge(bytes)
    }

    /// An error in one of its fields, `offset` bytes into it.
    #[cold]
    fn error(
        &self,
        field: FieldDescriptor<'_>,
        at: At<'_>,
        kind: DecodeErrorKind,
        offset: usize,
    ) -> DynamicError {
        use DecodeErrorKind as Kind;
        let mut path = path::path(self);
        let is_sensitive = field.is_sensitive() || self.is_sensitive();
        path::push(&mut path, field, at, is_sensitive);
        let tells =
            matches!(kind, Kind::TagTooLarge { .. } | Kind::KindRefused { .. } | Kind::LengthPastEnd { .. });
        let kind = if tells && is_sensitive { Kind::Withheld } else { kind };
        DynamicError::new(kind, path, self.base + offset)
    }
}

/// Where the value of a record begins in what holds the record.
fn value_offset(record: &Record<'_>) -> usize {
    record.offset + record.bytes.len() - record.value.len()
}

/// Where it stands and what it is, without its bytes: they may hold what is sensitive.
impl fmt::Debug for Dynamic<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Dynamic")
            .field("message", &self.message)
            .field("path", &self.path())
            .field("len", &self.bytes.len())
            .finish_non_exhaustive()
    }
}
