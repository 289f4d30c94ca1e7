//! What holds the records: the seam behind which other engines come.

use std::fmt;
use std::ops::Bound;
use std::pin::Pin;

use svrkit_runtime::queue::Guarantee;

use crate::changes::Changes;
use crate::error::StoreError;

/// What an engine is asked for, and answers later.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// A record, and the bytes of its key.
pub type Found = (Vec<u8>, Stored);

/// Holds tables of bytes. Everything that has a type, an encoding or a limit is [`Store`](crate::Store)'s.
///
/// What every engine has to keep, and the tests of this crate hold theirs to:
/// - a commit is carried out as a whole or not at all, at one moment: reads that begin later see all of it, also those of others;
/// - conditions hold at that moment;
/// - versions: each commit has one that is higher than those of all commits before it, and what it writes has it;
/// - what [`Engine::commit`] has said is done is not lost by what [`Engine::guarantee`] promises it is safe from;
/// - where `commit` fails otherwise than by [`StoreError::Conflict`], it may have been carried out or not: who asks the conditions again knows.
pub trait Engine: fmt::Debug + Send + Sync + 'static {
    /// What a commit is safe from once it was acknowledged.
    fn guarantee(&self) -> Guarantee;

    /// The record at a key. `None`: there is none.
    fn get<'a>(&'a self, table: &'static str, key: &'a [u8]) -> Pending<'a, Option<Stored>>;

    /// Records of a range in the order of their keys, as they were at one moment: as many as `page` has room for.
    fn scan(&self, table: &'static str, range: KeyRange, page: Page) -> Pending<'_, Vec<Found>>;

    /// Carries out a commit, and answers with its version when it is as safe as the engine promises.
    fn commit(&self, changes: Changes) -> Pending<'_, u64>;
}

/// A record as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Of the commit that wrote it.
    pub version: u64,
    /// The record.
    pub bytes: Vec<u8>,
}

/// Keys from one to another, as bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRange {
    /// Where it begins.
    pub start: Bound<Vec<u8>>,
    /// Where it ends.
    pub end: Bound<Vec<u8>>,
}

impl KeyRange {
    /// Whether no key can be in it. Some maps panic when they are asked for it.
    pub(crate) fn is_void(&self) -> bool {
        match (&self.start, &self.end) {
            (Bound::Included(start), Bound::Included(end)) => start > end,
            (
                Bound::Included(start) | Bound::Excluded(start),
                Bound::Included(end) | Bound::Excluded(end),
            ) => start >= end,
            _ => false,
        }
    }

    pub(crate) fn bounds(&self) -> (Bound<&[u8]>, Bound<&[u8]>) {
        (as_slice(&self.start), as_slice(&self.end))
    }
}

fn as_slice(bound: &Bound<Vec<u8>>) -> Bound<&[u8]> {
    bound.as_ref().map(Vec::as_slice)
}

/// How much a scan answers at most. One record at least.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// Records.
    pub records: usize,
    /// Bytes of keys and records.
    pub bytes: usize,
}

impl Page {
    /// Takes from `records` what there is room for.
    pub(crate) fn fill<E>(self, records: impl Iterator<Item = Result<Found, E>>) -> Result<Vec<Found>, E> {
        let (mut filled, mut bytes) = (Vec::new(), 0_usize);
        for record in records.take(self.records) {
            let (key, stored) = record?;
            bytes = bytes.saturating_add(key.len() + stored.bytes.len());
            if bytes > self.bytes && !filled.is_empty() {
                break;
            }
            filled.push((key, stored));
        }
        Ok(filled)
    }
}
