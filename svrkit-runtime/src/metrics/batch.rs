//! Calls that end where a server reads: they end together, when all that has been read has been handled, and share one look at the clock.
//!
//! That is also when their answers begin to leave. What else ends on the thread meanwhile, of another server or client, is counted at once.

use std::cell::RefCell;

use tokio::time::Instant;

use super::Metrics;
use super::tally::Told;

/// Most ends that are kept that differ; with the next one they are counted.
const KINDS_MAX: usize = 64;

thread_local! {
    static BATCH: RefCell<Ends> = const { RefCell::new(Ends { registry_id: None, ends: Vec::new() }) };
}

/// What this thread counts together.
struct Ends {
    /// Of which registry; `None`: nothing is read now.
    registry_id: Option<u64>,
    ends: Vec<Alike>,
}

/// Ends that are alike in all that is counted, as those mostly are that were read together: they are counted like one.
struct Alike {
    end: Told,
    times: u64,
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
    #[inline]
    fn push(&mut self, metrics: &Metrics, end: Told) {
        if let Some(last) = self.ends.last_mut().filter(|last| last.end == end) {
            last.times += 1;
            return;
        }
        if self.ends.len() == KINDS_MAX {
            self.count(metrics, Instant::now());
        }
        self.ends.push(Alike { end, times: 1 });
    }

    fn count(&mut self, metrics: &Metrics, now: Instant) {
        metrics.0.count(|mut counting| {
            for Alike { end, times } in &self.ends {
                counting.updates(end.series, *times, |cells| end.count(cells, end.took(now), *times));
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
            batch.push(metrics, end);
        }
        is_of_batch
    });
    // Where the thread ends nothing is read on it.
    if !is_kept.unwrap_or(false) {
        metrics.0.update(end.series, |cells| end.count(cells, end.took(Instant::now()), 1));
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::TallyEnd;
    use super::super::tally::Tally;
    use super::*;
    use crate::interceptor::Side;
    use crate::spec::Spec;

    static PLACE: Spec = Spec::new("shop.Orders", 2000, "Place", 1);

    /// What is counted of calls, each of another length and with another answer's, that end in one batch or each for itself.
    fn counted(lens: &[(usize, usize)], is_batch: bool) -> String {
        let metrics = Metrics::new();
        let began = Instant::now();
        let batch = is_batch.then(|| Batch::begin(Some(&metrics)));
        for (request, response) in lens {
            let mut tally = Tally::new(began, *request);
            tally.begin(&metrics, Side::Server, &PLACE);
            tally.waited(Duration::from_micros(7));
            // Who ends in a batch leaves the look at the clock to it.
            let now = if is_batch { None } else { Some(began) };
            let end =
                TallyEnd { side: Side::Server, now, status: None, response_len: *response, stream: None };
            tally.end(&metrics, &end);
        }
        drop(batch);
        let text = metrics.snapshot().prometheus();
        // The time that this test takes is in none of the others.
        let lines = text.lines().filter(|line| !line.contains("duration") && line.contains("Place"));
        lines.map(|line| format!("{line}\n")).collect()
    }

    #[test]
    fn what_ends_together_counts_as_if_each_had_ended_alone() {
        let kinds_max = KINDS_MAX;
        let alike = vec![(64, 64); 200];
        let other_each_time: Vec<_> = (0..3 * kinds_max + 1).map(|len| (len, 2 * len)).collect();
        let by_turns: Vec<_> = (0..100).map(|number| if number % 3 == 0 { (9, 1) } else { (9, 2) }).collect();
        for lens in [&alike[..], &other_each_time, &by_turns, &other_each_time[..kinds_max], &[]] {
            let together = counted(lens, true);
            assert_eq!(together, counted(lens, false));
            assert_eq!(together.is_empty(), lens.is_empty());
            let calls = format!("code=\"OK\"}} {}\n", lens.len());
            assert!(lens.is_empty() || together.contains(&calls), "{calls} in {together}");
        }
    }
}
