//! One enum, with its values by number and name.

use std::fmt;

use super::{Pool, linked};
use crate::descriptor;

/// An enum of a pool.
#[derive(Clone, Copy)]
pub struct EnumDescriptor<'p> {
    linked: &'p linked::Enum,
}

impl<'p> EnumDescriptor<'p> {
    pub(super) fn new(pool: &'p Pool, at: usize) -> Self {
        Self { linked: &pool.enums[at] }
    }

    /// Its full name.
    pub fn full_name(&self) -> &'p str {
        &self.linked.source.name
    }

    /// Its values, in the order of the file.
    pub fn values(&self) -> &'p [descriptor::EnumValue] {
        &self.linked.source.values
    }

    /// The value of this number, the first if there are several; enums are open, so there may be none.
    pub fn value_of_number(&self, number: i32) -> Option<&'p descriptor::EnumValue> {
        let by_number = &self.linked.by_number;
        let found = by_number.binary_search_by_key(&number, |(number, _)| *number).ok()?;
        self.values().get(by_number[found].1)
    }

    /// The value of this name.
    pub fn value_named(&self, name: &str) -> Option<&'p descriptor::EnumValue> {
        self.values().get(*self.linked.by_name.get(name)?)
    }

    /// All the schema says of it.
    pub fn source(&self) -> &'p descriptor::Enum {
        &self.linked.source
    }

    /// Whether it is the null of JSON.
    pub(crate) fn is_null(&self) -> bool {
        self.linked.is_null
    }
}

impl fmt::Debug for EnumDescriptor<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("EnumDescriptor").field(&self.full_name()).finish()
    }
}
