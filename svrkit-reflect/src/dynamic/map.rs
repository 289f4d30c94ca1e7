//! The entries of a map: the last one of a key, in the order of keys.

use std::cmp::Ordering;

use svrkit_runtime::wire::tlv::Records;

use super::budget::Charge;
use super::index::Entry;
use super::path::At;
use super::{Dynamic, DynamicError, ScalarValue, Value, exhaust, value_offset};
use crate::pool::{FieldDescriptor, FieldType, Scalar};

/// Iterates over the entries of a map. After an error there is no next one.
#[derive(Debug)]
pub struct Map<'a> {
    owner: &'a Dynamic<'a>,
    field: FieldDescriptor<'a>,
    entries: std::vec::IntoIter<(ScalarValue<'a>, &'a [u8], usize)>,
    is_failed: bool,
    _held: Charge,
}

/// The tags of an entry.
const KEY: u32 = 1;
const VALUE: u32 = 2;

impl<'a> Map<'a> {
    pub(super) fn new(
        owner: &'a Dynamic<'a>,
        field: FieldDescriptor<'a>,
        key: Scalar,
        records: &'a [Entry],
    ) -> Result<Self, DynamicError> {
        let bytes = records.len() * size_of::<(ScalarValue<'_>, &[u8], usize)>();
        let first = records.first().map_or(0, |entry| entry.offset);
        let held = owner.charge(bytes).map_err(|kind| owner.error(field, At::Single, kind, first))?;
        let mut entries = Vec::with_capacity(records.len());
        for record in records {
            let record = owner.record(*record);
            let (value, inside) = (record.value, value_offset(&record));
            let fault = |kind, offset| owner.error(field, At::Single, kind, inside + offset);
            let mut found = ScalarValue::zero(key);
            for record in Records::new(value) {
                let record = record.map_err(|error| fault(error.kind(), error.offset()))?;
                if record.tag == KEY && record.kind == key.kind() {
                    found = ScalarValue::of_record(key, record.value)
                        .map_err(|kind| fault(kind, value_offset(&record)))?;
                }
            }
            entries.push((found, value, inside));
        }
        // Of one key, the last stays last; a stable sort would need memory of its own.
        entries.sort_unstable_by(|(one, _, at), (other, _, place)| order(one, other).then(at.cmp(place)));
        Ok(Self { owner, field, entries: entries.into_iter(), is_failed: false, _held: held })
    }

    /// The field whose entries they are.
    pub fn field(&self) -> FieldDescriptor<'a> {
        self.field
    }

    /// The last entry of the next key. Those before it are read as well, so that no fault is missed.
    fn read(&mut self) -> Result<Option<(ScalarValue<'a>, Value<'a>)>, DynamicError> {
        while let Some((key, entry, offset)) = self.entries.next() {
            let value = self.value(key, entry, offset)?;
            let next = self.entries.as_slice().first();
            if next.is_none_or(|(next, ..)| order(next, &key) != Ordering::Equal) {
                return Ok(Some((key, value)));
            }
            exhaust(value)?;
        }
        Ok(None)
    }

    fn value(&self, key: ScalarValue<'a>, entry: &'a [u8], offset: usize) -> Result<Value<'a>, DynamicError> {
        let kind = self.field.value_kind();
        let values =
            || Records::new(entry).flatten().filter(move |record| record.tag == VALUE && record.kind == kind);
        let at = At::Entry(key);
        if let FieldType::Message(message) = self.field.value_type() {
            let parts = values().map(|record| (record.value, offset + value_offset(&record)));
            // The entry itself is a level; a message that is missing is none.
            let levels = 1 + u32::from(parts.clone().next().is_some());
            return self.owner.inside(message, self.field, at, parts, levels).map(Value::Message);
        }
        self.owner.deeper(self.field, at, offset, 1)?;
        let values = values().map(|record| (record.value, offset + value_offset(&record)));
        self.owner.scalar(self.field, at, values).map(Value::Scalar)
    }
}

impl<'a> Iterator for Map<'a> {
    type Item = Result<(ScalarValue<'a>, Value<'a>), DynamicError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_failed {
            return None;
        }
        let entry = self.read();
        self.is_failed = entry.is_err();
        entry.transpose()
    }
}

impl std::iter::FusedIterator for Map<'_> {}

/// Keys of one map are of one type.
fn order(one: &ScalarValue<'_>, other: &ScalarValue<'_>) -> Ordering {
    match (one, other) {
        (ScalarValue::Bool(one), ScalarValue::Bool(other)) => one.cmp(other),
        (ScalarValue::I32(one), ScalarValue::I32(other)) => one.cmp(other),
        (ScalarValue::I64(one), ScalarValue::I64(other)) => one.cmp(other),
        (ScalarValue::U32(one), ScalarValue::U32(other)) => one.cmp(other),
        (ScalarValue::U64(one), ScalarValue::U64(other)) => one.cmp(other),
        (ScalarValue::String(one), ScalarValue::String(other)) => one.cmp(other),
        _ => Ordering::Equal,
    }
}
