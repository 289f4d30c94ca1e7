//! The store as its users see it: engines' bytes with types, encodings and limits.

use std::ops::{Bound, RangeBounds};
use std::path::Path;
use std::sync::Arc;

use svrkit_runtime::Tlv;
use svrkit_runtime::queue::Guarantee;

use crate::batch::Batch;
use crate::embedded::Embedded;
use crate::engine::{Engine, KeyRange, Page, Stored};
use crate::error::StoreError;
use crate::key::{Key, bytes_of, key_of};
use crate::limits::StoreLimits;
use crate::memory::Memory;
use crate::table::Table;

/// Tables of records. A clone is the same store.
#[derive(Clone, Debug)]
pub struct Store {
    engine: Arc<dyn Engine>,
    limits: StoreLimits,
}

/// A record, and which commit wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Versioned<R> {
    /// The record.
    pub record: R,
    /// Of the commit that wrote it: higher than those of all commits before.
    pub version: u64,
}

impl Store {
    /// Opens the store in the file at `path`, or makes it. It is [`Guarantee::Local`]: a commit is acknowledged when the disk has said that it is written.
    ///
    /// Files of a process that was killed are whole at once. To be called where it may wait for the disk.
    ///
    /// # Errors
    /// [`StoreError::InUse`], [`StoreError::Damaged`], [`StoreError::Format`], [`StoreError::Failed`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        Self::open_limited(path, StoreLimits::default())
    }

    /// The same, under these limits.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_limited(path: impl AsRef<Path>, limits: StoreLimits) -> Result<Self, StoreError> {
        Ok(Self::on(Embedded::open(path.as_ref(), &limits)?, limits))
    }

    /// One in ordinary memory, for tests: it is gone with its last clone.
    #[must_use]
    pub fn in_memory() -> Self {
        Self::on(Memory::default(), StoreLimits::default())
    }

    /// One whose records another engine holds.
    #[must_use]
    pub fn on(engine: impl Engine, limits: StoreLimits) -> Self {
        Self { engine: Arc::new(engine), limits }
    }

    /// What a commit is safe from once it was acknowledged.
    #[must_use]
    pub fn guarantee(&self) -> Guarantee {
        self.engine.guarantee()
    }

    /// The record at `key`. `None`: there is none.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`] where it is none of type `R`; what the engine says.
    pub async fn get<K: Key, R: Tlv>(
        &self,
        table: &Table<K, R>,
        key: &K,
    ) -> Result<Option<Versioned<R>>, StoreError> {
        let key = bytes_of(key);
        let found = self.engine.get(table.name(), &key).await?;
        found.map(|stored| record_of(table, &key, &stored)).transpose()
    }

    /// Records of a range in the order of their keys, `most` at most, and no more than `store.scan` bytes of them; one at least, if there is any. To go on, begin behind the
    /// last key.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub async fn scan<K: Key, R: Tlv>(
        &self,
        table: &Table<K, R>,
        range: impl RangeBounds<K>,
        most: usize,
    ) -> Result<Vec<(K, Versioned<R>)>, StoreError> {
        let range =
            KeyRange { start: bytes_of_bound(range.start_bound()), end: bytes_of_bound(range.end_bound()) };
        let page = Page { records: most, bytes: self.limits.scan };
        let found = self.engine.scan(table.name(), range, page).await?;
        let read = found.into_iter().map(|(bytes, stored)| {
            let record = record_of(table, &bytes, &stored)?;
            match key_of(&bytes) {
                Some(key) => Ok((key, record)),
                None => Err(StoreError::Unreadable { table: table.name(), key: bytes, error: None }),
            }
        });
        read.collect()
    }

    /// Carries out a batch, and answers with its version, which all that it writes has.
    ///
    /// A future that is dropped before it has answered may leave the commit done or not.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where a condition does not hold; [`StoreError::OverLimit`], [`StoreError::Unencodable`], [`StoreError::Busy`]; what the engine says.
    pub async fn commit(&self, batch: Batch) -> Result<u64, StoreError> {
        self.engine.commit(batch.checked(&self.limits)?).await
    }
}

fn record_of<K, R: Tlv>(
    table: &Table<K, R>,
    key: &[u8],
    stored: &Stored,
) -> Result<Versioned<R>, StoreError> {
    match R::decode(&stored.bytes) {
        Ok(record) => Ok(Versioned { record, version: stored.version }),
        Err(error) => {
            Err(StoreError::Unreadable { table: table.name(), key: key.to_vec(), error: Some(error) })
        }
    }
}

fn bytes_of_bound(bound: Bound<&impl Key>) -> Bound<Vec<u8>> {
    bound.map(bytes_of)
}
