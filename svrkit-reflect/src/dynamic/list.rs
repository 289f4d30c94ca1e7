//! The values of a repeated field: packed and one by one, as they came.

use svrkit_runtime::wire::tlv::{DecodeLimits, Decoder, Kind};

use super::index::Entry;
use super::path::At;
use super::{Dynamic, DynamicError, ScalarValue, Value, value_offset};
use crate::pool::{FieldDescriptor, FieldType, Scalar};

/// Iterates over the values of a repeated field. After an error there is no next one.
#[derive(Debug)]
pub struct List<'a> {
    owner: &'a Dynamic<'a>,
    field: FieldDescriptor<'a>,
    records: &'a [Entry],
    /// The rest of a record of many, and where in the message it begins.
    packed: Option<(Decoder<'a>, usize)>,
    index: usize,
}

impl<'a> List<'a> {
    pub(super) fn new(owner: &'a Dynamic<'a>, field: FieldDescriptor<'a>, records: &'a [Entry]) -> Self {
        Self { owner, field, records, packed: None, index: 0 }
    }

    /// The field whose values they are.
    pub fn field(&self) -> FieldDescriptor<'a> {
        self.field
    }

    /// Whether there is no value: without records, or with empty ones of many.
    pub(super) fn is_empty(&self) -> bool {
        let is_number = self.field.value_kind() != Kind::Prefixed;
        self.records.iter().all(|entry| {
            let record = self.owner.record(*entry);
            is_number && record.kind == Kind::Prefixed && record.value.is_empty()
        })
    }

    fn read(&mut self) -> Result<Option<Value<'a>>, DynamicError> {
        loop {
            if let Some((decoder, offset)) = &mut self.packed {
                if !decoder.rest().is_empty() {
                    let (scalar, is_enum) = number_of(self.field);
                    let offset = *offset;
                    let value = ScalarValue::of_number(scalar, decoder).map_err(|error| {
                        let at = At::Item(self.index);
                        self.owner.error(self.field, at, error.kind(), offset + error.offset())
                    })?;
                    return Ok(Some(Value::Scalar(as_enum(value, is_enum))));
                }
                self.packed = None;
            }
            let Some((entry, rest)) = self.records.split_first() else { return Ok(None) };
            self.records = rest;
            let record = self.owner.record(*entry);
            if record.kind == self.field.value_kind() {
                return self
                    .owner
                    .value(self.field, At::Item(self.index), std::slice::from_ref(entry))
                    .map(Some);
            }
            let decoder = Decoder::new(record.value, &DecodeLimits::default());
            self.packed = Some((decoder, value_offset(&record)));
        }
    }
}

impl<'a> Iterator for List<'a> {
    type Item = Result<Value<'a>, DynamicError>;

    fn next(&mut self) -> Option<Self::Item> {
        let value = self.read();
        if value.is_err() {
            self.records = &[];
            self.packed = None;
        }
        self.index += 1;
        value.transpose()
    }
}

impl std::iter::FusedIterator for List<'_> {}

/// How one of many numbers is encoded, and whether it is that of an enum.
fn number_of(field: FieldDescriptor<'_>) -> (Scalar, bool) {
    match field.value_type() {
        FieldType::Scalar(scalar) => (scalar, false),
        FieldType::Enum(_) | FieldType::Message(_) => (Scalar::I32, true),
    }
}

fn as_enum(value: ScalarValue<'_>, is_enum: bool) -> ScalarValue<'_> {
    match value {
        ScalarValue::I32(number) if is_enum => ScalarValue::Enum(number),
        other => other,
    }
}
