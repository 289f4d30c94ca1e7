//! Calls that end where a server reads: they end together, when all that has been read has been handled, and share one look at the clock.
//!
//! That is also when their answers begin to leave. What else ends on the thread meanwhile, of another server or client, is counted at once.

use std::cell::RefCell;

use tokio::time::Instant;

use super::Metrics;
use super::tally::Told;

/// Most ends that are kept; with the next one they are counted.
const ENDS_MAX: usize = 64;

thread_local! {
    static BATCH: RefCell<Ends> = const { RefCell::new(Ends { registry_id: None, ends: Vec::new() }) };
}

/// What this thread counts together.
struct Ends {
    /// Of which registry; `None`: nothing is read now.
    registry_id: Option<u64>,
    ends: Vec<Told>,
}

/// Has this thread count what ends together, until it is dropped.
#[derive(Debug)]
pub(crate) struct Batch<'a>(Option<&'a Metrics>);

impl<'a> Batch<'a> {
    /// Frames are about to be handled. `None`: nothing is counted.
    #[inline]
    pub(crate) fn begin(metrics: Option<&'a Metrics>) -> Self {
        if let Some(metrics) = metrics {
            BATCH.with_borrow_mut(|batch| batch.registry_id = Some(metrics.0.id()));
        }
        Self(metrics)
    }

    /// They have been handled: counts what has ended, at the moment that is given back.
    #[inline]
    pub(crate) fn end(&self) -> Instant {
        let now = Instant::now();
        if let Some(metrics) = self.0 {
            BATCH.with_borrow_mut(|batch| batch.count(metrics, now));
        }
        now
    }
}

/// However the reading ends.
impl Drop for Batch<'_> {
    fn drop(&mut self) {
        let Some(metrics) = self.0 else { return };
        BATCH.with_borrow_mut(|batch| {
            if !batch.ends.is_empty() {
                batch.count(metrics, Instant::now());
            }
            batch.registry_id = None;
        });
    }
}

impl Ends {
    fn count(&mut self, metrics: &Metrics, now: Instant) {
        self.ends.drain(..).for_each(|end| end.count(metrics, now));
    }
}

/// Counts an end: with those of its batch, or now.
#[inline]
pub(super) fn count(metrics: &Metrics, end: Told) {
    let end = BATCH.try_with(|batch| {
        let batch = &mut *batch.borrow_mut();
        if batch.registry_id != Some(metrics.0.id()) {
            return Some(end);
        }
        if batch.ends.len() == ENDS_MAX {
            batch.count(metrics, Instant::now());
        }
        batch.ends.push(end);
        None
    });
    match end {
        Ok(None) => {}
        Ok(Some(end)) => end.count(metrics, Instant::now()),
        // The thread ends: nothing is read on it.
        Err(_) => {}
    }
}
