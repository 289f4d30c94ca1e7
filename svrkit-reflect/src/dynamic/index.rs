//! The records of one message, by the field they belong to: known before a value is read.
//!
//! Two passes over one level of the bytes: the first finds what is malformed there and how much memory the second will
//! take. What stands inside a record is not looked at.

use svrkit_runtime::wire::tlv::{DecodeErrorKind, Record, Records};

use super::budget::{Budget, Charge};
use crate::pool::MessageDescriptor;

/// Where the records of a message begin, by field and then as they arrived.
#[derive(Debug)]
pub(super) struct Index {
    entries: Vec<Entry>,
    _held: Charge,
}

/// Where one record begins, and which field it is of. Sorted by what can be asked for, and then as they arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    /// Another member of its oneof came later.
    is_replaced: bool,
    /// The field's place among those of the message by tag; [`UNKNOWN`] for none.
    slot: u32,
    pub(super) offset: usize,
}

/// The slot of records that belong to no field: behind all others.
const UNKNOWN: u32 = u32::MAX;

impl Index {
    /// Indexes a message, or says what is wrong and how many bytes into it.
    pub(super) fn new(
        message: MessageDescriptor<'_>,
        bytes: &[u8],
        budget: &Budget,
    ) -> Result<Self, (DecodeErrorKind, usize)> {
        let mut records = 0;
        for record in Records::new(bytes) {
            record.map_err(|error| (error.kind(), error.offset()))?;
            records += 1;
        }
        let held = budget.charge(records * size_of::<Entry>()).map_err(|kind| (kind, 0))?;
        let mut entries = Vec::with_capacity(records);
        entries.extend(Records::new(bytes).flatten().map(|record| entry(message, &record)));
        if !message.oneofs().is_empty() {
            mark_replaced(message, &mut entries);
        }
        entries.sort_unstable();
        Ok(Self { entries, _held: held })
    }

    /// The records of each field that has any, with its slot.
    pub(super) fn groups(&self) -> impl Iterator<Item = (usize, &[Entry])> {
        let groups = self.known().chunk_by(|one, other| one.slot == other.slot);
        groups.map(|group| (group[0].slot as usize, group))
    }

    /// The records of the field in this slot.
    pub(super) fn group(&self, slot: usize) -> &[Entry] {
        let known = self.known();
        let rest = &known[known.partition_point(|entry| (entry.slot as usize) < slot)..];
        &rest[..rest.partition_point(|entry| entry.slot as usize == slot)]
    }

    /// The records that belong to no field.
    pub(super) fn unknown(&self) -> &[Entry] {
        let last = self.entries.partition_point(|entry| !entry.is_replaced);
        &self.entries[self.known().len()..last]
    }

    /// The records of members that another one of their oneof came behind, with the slot of each.
    pub(super) fn replaced(&self) -> impl Iterator<Item = (usize, &Entry)> {
        let first = self.entries.partition_point(|entry| !entry.is_replaced);
        self.entries[first..].iter().map(|entry| (entry.slot as usize, entry))
    }

    fn known(&self) -> &[Entry] {
        &self.entries[..self.entries.partition_point(|entry| !entry.is_replaced && entry.slot < UNKNOWN)]
    }
}

/// A record of a known tag in a kind that its field does not have is unknown, as in protobuf.
fn entry(message: MessageDescriptor<'_>, record: &Record<'_>) -> Entry {
    let slot = message.slot_of_tag(record.tag);
    let slot = slot.filter(|slot| message.field_in_slot(*slot).takes(record.kind));
    // Tags are of 29 bits, and no two fields have one.
    let slot = slot.and_then(|slot| u32::try_from(slot).ok()).unwrap_or(UNKNOWN);
    Entry { is_replaced: false, slot, offset: record.offset }
}

/// Of the members of a oneof the last one stays, with those of its records that no other member came between.
fn mark_replaced(message: MessageDescriptor<'_>, entries: &mut [Entry]) {
    let oneof_of = |entry: &Entry| match entry.slot {
        UNKNOWN => None,
        slot => message.field_in_slot(slot as usize).oneof(),
    };
    // For each oneof, the first record of the run that is the last.
    let mut runs: Vec<Option<Entry>> = vec![None; message.oneofs().len()];
    for entry in &*entries {
        if let Some(oneof) = oneof_of(entry)
            && runs[oneof].is_none_or(|run| run.slot != entry.slot)
        {
            runs[oneof] = Some(*entry);
        }
    }
    for entry in entries {
        if let Some(run) = oneof_of(entry).and_then(|oneof| runs[oneof]) {
            entry.is_replaced = entry.slot != run.slot || entry.offset < run.offset;
        }
    }
}
