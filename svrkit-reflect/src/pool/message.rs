//! One message, with its fields by tag and name.

use std::fmt;

use super::{FieldDescriptor, Pool, WellKnown, linked};
use crate::descriptor;

/// A message of a pool.
#[derive(Clone, Copy)]
pub struct MessageDescriptor<'p> {
    pool: &'p Pool,
    at: usize,
}

impl<'p> MessageDescriptor<'p> {
    pub(super) fn new(pool: &'p Pool, at: usize) -> Self {
        Self { pool, at }
    }

    /// Its full name.
    pub fn full_name(&self) -> &'p str {
        &self.source().name
    }

    /// Its fields, in the order of the file.
    pub fn fields(&self) -> impl Iterator<Item = FieldDescriptor<'p>> + use<'p> {
        let message = *self;
        (0..message.linked().fields.len()).map(move |at| message.field_at(at))
    }

    /// Its fields, in the order of their tags.
    pub fn fields_by_tag(&self) -> impl Iterator<Item = FieldDescriptor<'p>> + use<'p> {
        let message = *self;
        message.linked().by_tag.iter().map(move |(_, at)| message.field_at(*at))
    }

    /// The field of this tag.
    pub fn field_of_tag(&self, tag: u32) -> Option<FieldDescriptor<'p>> {
        self.slot_of_tag(tag).map(|slot| self.field_in_slot(slot))
    }

    /// The field of this name, in the schema or in JSON.
    pub fn field_named(&self, name: &str) -> Option<FieldDescriptor<'p>> {
        Some(self.field_at(*self.linked().by_name.get(name)?))
    }

    /// Its oneofs, in the order of the file.
    pub fn oneofs(&self) -> &'p [descriptor::Oneof] {
        &self.source().oneofs
    }

    /// All the schema says of it.
    pub fn source(&self) -> &'p descriptor::Message {
        &self.linked().source
    }

    /// Where it was looked up.
    pub fn pool(&self) -> &'p Pool {
        self.pool
    }

    /// The place of a tag's field among those by tag.
    pub(crate) fn slot_of_tag(&self, tag: u32) -> Option<usize> {
        self.linked().by_tag.binary_search_by_key(&tag, |(tag, _)| *tag).ok()
    }

    /// The field in this place among those by tag.
    pub(crate) fn field_in_slot(&self, slot: usize) -> FieldDescriptor<'p> {
        self.field_at(self.linked().by_tag[slot].1)
    }

    /// What it is special for in JSON.
    pub(crate) fn well_known(&self) -> Option<WellKnown> {
        self.linked().well_known
    }

    fn linked(&self) -> &'p linked::Message {
        &self.pool.messages[self.at]
    }

    fn field_at(&self, at: usize) -> FieldDescriptor<'p> {
        let linked = self.linked();
        FieldDescriptor::new(*self, &linked.source.fields[at], linked.fields[at])
    }
}

/// Of one pool and the same place there.
impl PartialEq for MessageDescriptor<'_> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.pool, other.pool) && self.at == other.at
    }
}

impl Eq for MessageDescriptor<'_> {}

impl fmt::Debug for MessageDescriptor<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("MessageDescriptor").field(&self.full_name()).finish()
    }
}
