//! What becomes of the jobs of a server's queues.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::Metrics;
use super::catalogue::queue;
use super::histogram::Scale;
use super::registry::{OTHER, SeriesId, add};
use super::tally::nanos;
use crate::queue::QueueLoad;

/// Where what becomes of the jobs of one queue is counted.
#[derive(Clone, Debug)]
pub(crate) struct QueueSeries {
    metrics: Metrics,
    series: SeriesId,
}

/// How an attempt at a job has ended: the places of its counters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AttemptEnd {
    Done = 0,
    /// It is tried again.
    Again = 1,
    Dead = 2,
    /// The queue does not know of it: it came too late, or the queue has failed.
    Unrecorded = 3,
}

impl QueueSeries {
    /// That of the queue of this name.
    pub(crate) fn of(metrics: &Metrics, name: &str) -> Self {
        let max = metrics.0.limits().metrics_methods;
        let series = metrics.0.series_within(&queue::GROUP, &[name], max, &[OTHER]);
        Self { metrics: metrics.clone(), series }
    }

    /// Counts a request that was accepted.
    pub(crate) fn accepted(&self, is_known: bool) {
        add(&self.metrics.0, self.series, queue::ACCEPTED + usize::from(is_known), 1);
    }

    /// Counts an attempt.
    pub(crate) fn attempted(&self, end: AttemptEnd) {
        add(&self.metrics.0, self.series, queue::ATTEMPTS + end as usize, 1);
    }

    /// Counts a job that is done, so long after it was accepted.
    pub(crate) fn done(&self, after: Duration) {
        let record =
            |cells: super::shard::Cells<'_>| cells.record(queue::DURATION, Scale::TIME, nanos(after));
        self.metrics.0.update(self.series, record);
    }

    /// Notes what the queue has now.
    pub(crate) fn has(&self, load: QueueLoad) {
        // In the block that all threads share: nothing is added to these two.
        self.metrics.0.set(self.series, |slots| {
            slots[queue::JOBS].store(load.jobs as u64, Ordering::Relaxed);
            slots[queue::LATE].store(nanos(load.late), Ordering::Relaxed);
        });
    }
}
