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
    /// Frames are about to be handled. `None`: nothing is counted. One within another is none: its ends are counted at once.
    #[inline]
    pub(crate) fn begin(metrics: Option<&'a Metrics>) -> Self {
        Self(metrics.filter(|metrics| {
            BATCH.with_borrow_mut(|batch| {
                let is_first = batch.registry_id.is_none();
                if is_first {
                    batch.registry_id = Some(metrics.0.id());
                }
                is_first
            })
        }))
    }

    /// They have been handled: counts what has ended, at the moment that is given back.
    #[inline]
    pub(crate) fn end(mut self) -> Instant {
        let now = Instant::now();
        self.count(|| now);
        now
    }

    #[inline]
    fn count(&mut self, now: impl FnOnce() -> Instant) {
        let Some(metrics) = self.0.take() else { return };
        BATCH.with_borrow_mut(|batch| {
            batch.registry_id = None;
            if !batch.ends.is_empty() {
                batch.count(metrics, now());
            }
        });
    }
}

/// However the reading ends.
impl Drop for Batch<'_> {
    fn drop(&mut self) {
        self.count(Instant::now);
    }
}

impl Ends {
    fn count(&mut self, metrics: &Metrics, now: Instant) {
        metrics.0.count(|mut counting| {
            for run in self.ends.chunk_by(|one, next| (one.series, one.began) == (next.series, next.began)) {
                // They came together as well.
                let took = run[0].took(now);
                counting.updates(run[0].series, run.len(), |cells| {
                    run.iter().for_each(|end| end.count(cells, took));
                });
            }
        });
        self.ends.clear();
    }
}

/// Counts an end: with those of its batch, or now.
#[inline]
pub(super) fn count(metrics: &Metrics, end: Told) {
    let is_kept = BATCH.try_with(|batch| {
        let batch = &mut *batch.borrow_mut();
        let is_of_batch = batch.registry_id == Some(metrics.0.id());
        if is_of_batch {
            if batch.ends.len() == ENDS_MAX {
                batch.count(metrics, Instant::now());
            }
            batch.ends.push(end);
        }
        is_of_batch
    });
    // Where the thread ends nothing is read on it.
    if !is_kept.unwrap_or(false) {
        metrics.0.update(end.series, |cells| end.count(cells, end.took(Instant::now())));
    }
}
