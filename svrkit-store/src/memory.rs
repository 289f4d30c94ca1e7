//! An engine in ordinary memory, for tests.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use svrkit_runtime::queue::Guarantee;

use crate::changes::Changes;
use crate::engine::{Engine, Found, KeyRange, Page, Pending, Stored};
use crate::error::{Conflict, StoreError};

/// An engine in ordinary memory: for tests, and for what may be lost.
#[derive(Debug, Default)]
pub struct Memory {
    contents: Mutex<Contents>,
}

#[derive(Debug, Default)]
struct Contents {
    tables: HashMap<&'static str, BTreeMap<Vec<u8>, Stored>>,
    version: u64,
}

impl Memory {
    /// Nothing in it panics between two changes: a poisoned one is whole.
    fn contents(&self) -> MutexGuard<'_, Contents> {
        self.contents.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Contents {
    fn commit(&mut self, changes: Changes) -> Result<u64, StoreError> {
        for condition in changes.conditions {
            let table = self.tables.get(condition.table);
            let found = table.and_then(|table| table.get(&condition.key)).map(|stored| stored.version);
            if !condition.expected.is_met_by(found) {
                return Err(StoreError::Conflict(Conflict::of(condition, found)));
            }
        }
        self.version += 1;
        for change in changes.changes {
            let table = self.tables.entry(change.table).or_default();
            match change.record {
                Some(bytes) => table.insert(change.key, Stored { version: self.version, bytes }),
                None => table.remove(&change.key),
            };
        }
        Ok(self.version)
    }
}

impl Engine for Memory {
    fn guarantee(&self) -> Guarantee {
        Guarantee::Memory
    }

    fn get<'a>(&'a self, table: &'static str, key: &'a [u8]) -> Pending<'a, Option<Stored>> {
        Box::pin(
            async move { Ok(self.contents().tables.get(table).and_then(|table| table.get(key)).cloned()) },
        )
    }

    fn scan(&self, table: &'static str, range: KeyRange, page: Page) -> Pending<'_, Vec<Found>> {
        Box::pin(async move {
            let contents = self.contents();
            let Some(table) = contents.tables.get(table).filter(|_| !range.is_void()) else {
                return Ok(Vec::new());
            };
            let found = table.range::<[u8], _>(range.bounds());
            page.fill(found.map(|(key, stored)| Ok((key.clone(), stored.clone()))))
        })
    }

    fn commit(&self, changes: Changes) -> Pending<'_, u64> {
        Box::pin(async move { self.contents().commit(changes) })
    }
}
