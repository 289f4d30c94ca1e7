//! What is done with any store.

use svrkit_runtime::{Status, Tlv};
use svrkit_store::{Key, Store, StoreError, Table};

/// Records are read so many at a time.
const AT_ONCE: usize = 5_000;

/// All records of a table, in the order of their keys.
pub(crate) async fn all<K: Key + Clone, R: Tlv>(
    store: &Store,
    table: &Table<K, R>,
) -> Result<Vec<(K, R)>, StoreError> {
    use std::ops::Bound::{Excluded, Unbounded};

    let mut records: Vec<(K, R)> = Vec::new();
    loop {
        let after = records.last().map_or(Unbounded, |(key, _)| Excluded(key.clone()));
        let page = store.scan(table, (after, Unbounded), AT_ONCE).await?;
        if page.is_empty() {
            return Ok(records);
        }
        records.extend(page.into_iter().map(|(key, stored)| (key, stored.record)));
    }
}

/// What a caller is told whose request a store has refused.
pub(crate) fn status_of(error: StoreError) -> Status {
    match error {
        StoreError::Busy { .. } => Status::unavailable("more is to be written than the disk keeps up with"),
        error => Status::from(Box::from(error) as Box<dyn std::error::Error + Send + Sync>),
    }
}
