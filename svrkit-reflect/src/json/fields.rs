//! Messages and their fields, each value read as the descriptor wants it.

use std::collections::BTreeSet;

use svrkit_runtime::nearest::nearest;
use svrkit_runtime::types::{Duration, Timestamp};

use super::cursor::Token;
use super::kit_types::TYPE;
use super::read_error::{ReadError, ReadErrorKind as Kind};
use super::reader::{HELD_COST, Reader};
use super::scalar::Parsed;
use crate::dynamic::{Item, MessageBuilder};
use crate::pool::{Cardinality, FieldDescriptor, FieldType, MessageDescriptor, Scalar, WellKnown};

impl<'t, 'p> Reader<'t, 'p> {
    /// The bytes of the next value as a message.
    pub(super) fn message(&mut self, message: MessageDescriptor<'p>) -> Result<Vec<u8>, ReadError> {
        let bytes = match message.well_known() {
            None => {
                let mut builder = MessageBuilder::new(message);
                self.object(&mut builder, false)?;
                builder.finish()
            }
            Some(WellKnown::Timestamp) => {
                self.parsed::<Timestamp>("a point in time, such as `2026-01-31T23:59:59Z`")?
            }
            Some(WellKnown::Duration) => {
                self.parsed::<Duration>("a span of time in seconds, such as `1.5s`")?
            }
            Some(WellKnown::FieldMask) => self.field_mask()?,
            Some(WellKnown::Any) => self.any(message)?,
            Some(WellKnown::Struct) => self.structure()?,
            Some(WellKnown::Value) => self.any_value()?,
            Some(WellKnown::ListValue) => self.list()?,
            Some(WellKnown::Wrapper) => {
                let mut builder = MessageBuilder::new(message);
                for field in message.fields() {
                    self.single(field, &mut builder)?;
                }
                builder.finish()
            }
        };
        self.charge(HELD_COST)?;
        Ok(bytes)
    }

    /// The fields of a message; of what an `Any` holds, its type was read before.
    pub(super) fn object(
        &mut self,
        builder: &mut MessageBuilder<'p>,
        is_held: bool,
    ) -> Result<(), ReadError> {
        let mut seen = BTreeSet::new();
        let mut oneofs = BTreeSet::new();
        self.members(|reader, at, name| {
            if is_held && name == TYPE {
                return reader.skip();
            }
            let Some(field) = builder.message().field_named(name) else {
                return reader.unknown(at, name, builder.message());
            };
            reader.within_field(field, |reader| {
                if !seen.insert(field.tag()) {
                    return Err(reader.error(at, Kind::Twice));
                }
                if reader.is_absent(field) {
                    return reader.skip();
                }
                if let Some(oneof) = field.oneof()
                    && !oneofs.insert(oneof)
                {
                    let oneof = builder.message().oneofs()[oneof].name.clone();
                    return Err(reader.error(at, Kind::OneofTwice { oneof }));
                }
                reader.field(field, builder)
            })
        })
    }

    fn within_field(
        &mut self,
        field: FieldDescriptor<'_>,
        read: impl FnOnce(&mut Self) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        let is_around = self.is_sensitive;
        self.is_sensitive |= field.is_sensitive();
        self.within(format_args!(".{}", field.name()), read)?;
        self.is_sensitive = is_around;
        Ok(())
    }

    fn unknown(&mut self, at: usize, name: &str, message: MessageDescriptor<'_>) -> Result<(), ReadError> {
        if self.options.ignore_unknown {
            return self.skip();
        }
        let names = message.fields().flat_map(|field| [field.json_name(), field.name()]);
        let nearest = nearest(name, names).and_then(|nearest| self.told(nearest));
        Err(self.error(at, Kind::UnknownField { name: self.told(name), nearest }))
    }

    /// Whether the next value says that the field is not there.
    fn is_absent(&mut self, field: FieldDescriptor<'_>) -> bool {
        let is_single = matches!(field.cardinality(), Cardinality::Single | Cardinality::Optional);
        self.cursor.peek() == Token::Null && !(is_single && takes_null(field))
    }

    fn field(
        &mut self,
        field: FieldDescriptor<'p>,
        builder: &mut MessageBuilder<'p>,
    ) -> Result<(), ReadError> {
        match field.cardinality() {
            Cardinality::Single | Cardinality::Optional => self.single(field, builder),
            Cardinality::Repeated => self.array(|reader| {
                let Some(value) = reader.value(field)? else { return Ok(()) };
                let given = builder.given();
                builder.push(field, value.as_item()).expect("a value is read by the type of its field");
                reader.charge(builder.given() - given)
            }),
            Cardinality::Map(key) => self.map(field, key, builder),
        }
    }

    fn single(
        &mut self,
        field: FieldDescriptor<'p>,
        builder: &mut MessageBuilder<'p>,
    ) -> Result<(), ReadError> {
        let Some(value) = self.value(field)? else { return Ok(()) };
        let given = builder.given();
        builder.set(field, value.as_item()).expect("a value is read by the type of its field");
        self.charge(builder.given() - given)
    }

    fn map(
        &mut self,
        field: FieldDescriptor<'p>,
        key_type: Scalar,
        builder: &mut MessageBuilder<'p>,
    ) -> Result<(), ReadError> {
        self.members(|reader, at, name| {
            let key = reader.key(key_type, at, name)?;
            reader.within_entry(name, |reader| {
                // The entry itself is a level.
                let value = reader.deeper(1, |reader| reader.value(field))?;
                let Some(value) = value else { return Ok(()) };
                let given = builder.given();
                let is_new = builder.insert(field, key.as_scalar(), value.as_item());
                let is_new = is_new.expect("an entry is read by the types of its map");
                reader.charge(HELD_COST + builder.given() - given)?;
                if is_new { Ok(()) } else { Err(reader.error(at, Kind::Twice)) }
            })
        })
    }

    /// One value; `None` for a name of an enum that is passed over.
    fn value(&mut self, field: FieldDescriptor<'p>) -> Result<Option<Parsed<'t>>, ReadError> {
        match field.value_type() {
            FieldType::Scalar(scalar) => self.scalar(scalar).map(Some),
            FieldType::Message(message) => {
                self.deeper(1, |reader| reader.message(message)).map(|bytes| Some(Parsed::Message(bytes)))
            }
            FieldType::Enum(enumeration) => self.enumeration(enumeration, self.options.ignore_unknown),
        }
    }
}

/// Whether null is a value of such a field.
fn takes_null(field: FieldDescriptor<'_>) -> bool {
    match field.value_type() {
        FieldType::Message(message) => message.well_known() == Some(WellKnown::Value),
        FieldType::Enum(enumeration) => enumeration.is_null(),
        FieldType::Scalar(_) => false,
    }
}

impl Parsed<'_> {
    fn as_item(&self) -> Item<'_> {
        match self {
            Self::Message(bytes) => Item::Message(bytes),
            other => Item::Scalar(other.as_scalar()),
        }
    }
}
