//! What a store takes.

/// What a store takes. Each limit has the name that errors tell; they are set where the store is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoreLimits {
    /// `store.key`: longest key, in bytes.
    pub key: usize,
    /// `store.record`: longest record, in bytes, encoded.
    pub record: usize,
    /// `store.batch`: most bytes of all keys and records of one commit.
    pub batch: usize,
    /// `store.changes`: most changes and conditions of one commit.
    pub changes: usize,
    /// `store.waiting`: most commits that wait for their turn. What comes then is refused.
    pub waiting: usize,
    /// `store.scan`: most bytes of keys and records that one scan answers.
    pub scan: usize,
    /// `store.cache`: memory that the embedded engine keeps pages in, in bytes.
    pub cache: usize,
}

impl Default for StoreLimits {
    /// Keys of 1 KiB, records of 1 MiB, commits of 16 MiB and 10,000 changes, 4,096 of them waiting; scans of 16 MiB; 64 MiB of cache.
    fn default() -> Self {
        Self {
            key: 1 << 10,
            record: 1 << 20,
            batch: 16 << 20,
            changes: 10_000,
            waiting: 4_096,
            scan: 16 << 20,
            cache: 64 << 20,
        }
    }
}
