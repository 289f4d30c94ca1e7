//! What requests may hold of the process's memory, all connections together (`calls.memory`).
//!
//! What one connection may hold is bounded where its calls are counted (`calls.bytes`). As there, short requests are not counted: they cost nothing here.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A request of fewer bytes is not counted.
const COUNTED_MIN: usize = 4096;

/// Bytes of the requests in flight.
#[derive(Debug)]
pub(super) struct Memory {
    max: usize,
    held: AtomicUsize,
}

/// A request's share of them, given back on drop.
#[derive(Debug)]
pub(crate) struct Held {
    memory: Arc<Memory>,
    bytes: usize,
}

impl Memory {
    pub(super) fn new(max: usize) -> Self {
        Self { max, held: AtomicUsize::new(0) }
    }

    /// Whether a request of so many bytes is counted.
    pub(super) fn counts(len: usize) -> bool {
        len >= COUNTED_MIN
    }

    /// Counts a request, whether or not there is room for it; that is told beside.
    pub(super) fn hold(self: &Arc<Self>, bytes: usize) -> (Held, bool) {
        let before = self.held.fetch_add(bytes, Ordering::Relaxed);
        let held = Held { memory: Arc::clone(self), bytes };
        (held, fits(before, bytes, self.max))
    }

    /// Whether a request of so many bytes would have room now.
    pub(super) fn has_room(&self, bytes: usize) -> bool {
        fits(self.held(), bytes, self.max)
    }

    pub(super) fn held(&self) -> usize {
        self.held.load(Ordering::Relaxed)
    }

    pub(super) fn max(&self) -> usize {
        self.max
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.memory.held.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

/// Whether a request has room beside those that hold so many bytes.
fn fits(held: usize, bytes: usize, max: usize) -> bool {
    held.saturating_add(bytes) <= max
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_byte_has_room_and_the_next_has_none() {
        assert!(fits(0, 10_000, 10_000) && fits(5_904, 4_096, 10_000) && fits(10_000, 0, 10_000));
        assert!(!fits(5_905, 4_096, 10_000) && !fits(1, usize::MAX, usize::MAX - 1));
    }

    #[test]
    fn what_is_dropped_is_free_again_and_what_was_refused_was_never_held() {
        let memory = Arc::new(Memory::new(10_000));
        let (first, has_room) = memory.hold(6_000);
        assert!(has_room);
        let (second, has_room) = memory.hold(6_000);
        assert!(!has_room);
        drop(second);
        assert_eq!(memory.held(), 6_000);
        drop(first);
        assert_eq!(memory.held(), 0);
        assert!(memory.hold(10_000).1);
    }

    #[test]
    fn short_requests_cost_nothing() {
        assert!(!Memory::counts(4095) && Memory::counts(4096));
    }
}
