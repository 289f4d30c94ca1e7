//! A commit as its author writes it.

use svrkit_runtime::Tlv;

use crate::changes::{Change, Changes, Condition, Expected};
use crate::error::StoreError;
use crate::key::{Key, bytes_of};
use crate::limits::StoreLimits;
use crate::table::Table;

/// Changes to any tables, carried out as a whole by [`Store::commit`](crate::Store::commit), or not at all.
///
/// What cannot be encoded is said by the commit.
#[derive(Clone, Debug, Default)]
#[must_use = "a batch changes nothing before it is committed"]
pub struct Batch {
    changes: Changes,
    /// The first record that cannot be encoded.
    fault: Option<StoreError>,
}

impl Batch {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts a record, whatever is there.
    pub fn put<K: Key, R: Tlv>(self, table: &Table<K, R>, key: &K, record: &R) -> Self {
        let key = bytes_of(key);
        self.put_bytes(table.name(), key, record)
    }

    /// Puts a record where there is none.
    pub fn put_new<K: Key, R: Tlv>(self, table: &Table<K, R>, key: &K, record: &R) -> Self {
        self.expect_absent(table, key).put(table, key, record)
    }

    /// Puts a record in the place of the one of this version, which has to be there still.
    pub fn put_if<K: Key, R: Tlv>(self, table: &Table<K, R>, key: &K, version: u64, record: &R) -> Self {
        self.expect(table, key, version).put(table, key, record)
    }

    /// Takes away what is there, if anything is.
    pub fn delete<K: Key, R>(mut self, table: &Table<K, R>, key: &K) -> Self {
        self.changes.changes.push(Change { table: table.name(), key: bytes_of(key), record: None });
        self
    }

    /// Takes away the record of this version, which has to be there still.
    pub fn delete_if<K: Key, R>(self, table: &Table<K, R>, key: &K, version: u64) -> Self {
        self.expect(table, key, version).delete(table, key)
    }

    /// Asks that the record of this version is there still, without changing it: what else the batch does may have been decided by it.
    pub fn expect<K: Key, R>(self, table: &Table<K, R>, key: &K, version: u64) -> Self {
        self.condition(table, key, Expected::Version(version))
    }

    /// Asks that nothing is there.
    pub fn expect_absent<K: Key, R>(self, table: &Table<K, R>, key: &K) -> Self {
        self.condition(table, key, Expected::Absent)
    }

    /// Does what `other` does as well.
    pub fn and(mut self, other: Self) -> Self {
        self.changes.conditions.extend(other.changes.conditions);
        self.changes.changes.extend(other.changes.changes);
        self.fault = self.fault.or(other.fault);
        self
    }

    fn condition<K: Key, R>(mut self, table: &Table<K, R>, key: &K, expected: Expected) -> Self {
        self.changes.conditions.push(Condition { table: table.name(), key: bytes_of(key), expected });
        self
    }

    fn put_bytes(mut self, table: &'static str, key: Vec<u8>, record: &impl Tlv) -> Self {
        match record.encode() {
            Ok(record) => self.changes.changes.push(Change { table, key, record: Some(record) }),
            Err(error) => self.fault = self.fault.or(Some(StoreError::Unencodable(error))),
        }
        self
    }

    /// What is to be done, if it is within `limits`.
    pub(crate) fn checked(self, limits: &StoreLimits) -> Result<Changes, StoreError> {
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        let changes = self.changes;
        let keys = changes.conditions.iter().map(|condition| &condition.key);
        for key in keys.chain(changes.changes.iter().map(|change| &change.key)) {
            check("a key", key.len(), limits.key, "store.key")?;
        }
        for record in changes.changes.iter().filter_map(|change| change.record.as_ref()) {
            check("a record", record.len(), limits.record, "store.record")?;
        }
        let number = changes.conditions.len() + changes.changes.len();
        check("a batch with changes and conditions", number, limits.changes, "store.changes")?;
        check("a batch with bytes", changes.len(), limits.batch, "store.batch")?;
        Ok(changes)
    }
}

fn check(what: &'static str, len: usize, max: usize, limit: &'static str) -> Result<(), StoreError> {
    if len > max { Err(StoreError::OverLimit { what, len, max, limit }) } else { Ok(()) }
}
