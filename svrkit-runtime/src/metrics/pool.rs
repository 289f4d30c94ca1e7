//! What a client's connections are and who waits for one.

use super::Metrics;
use super::catalogue::pool;
use super::registry::{OTHER, SeriesId, add};

/// Where a client counts its connections and those who wait for one.
#[derive(Clone, Debug)]
pub(crate) struct PoolSeries {
    metrics: Metrics,
    series: SeriesId,
}

impl PoolSeries {
    /// That of the clients of `target`.
    pub(crate) fn of(metrics: &Metrics, target: &str) -> Self {
        let max = metrics.0.limits().metrics_targets;
        let series = metrics.0.series_within(&pool::GROUP, &[target], max, &[OTHER]);
        Self { metrics: metrics.clone(), series }
    }

    /// One more connection.
    pub(crate) fn connection(&self) -> Pooled {
        OneMore::of(self)
    }

    /// One more call that waits for a connection.
    pub(crate) fn waiting(&self) -> Waiting {
        OneMore::of(self)
    }
}

/// A connection of a client, counted until it is dropped.
pub(crate) type Pooled = OneMore<{ pool::CONNECTIONS }>;

/// A call that waits for a connection, counted until it is dropped.
pub(crate) type Waiting = OneMore<{ pool::WAITING }>;

/// One more in the gauge at this slot, until it is dropped.
#[derive(Debug)]
pub(crate) struct OneMore<const SLOT: usize>(PoolSeries);

impl<const SLOT: usize> OneMore<SLOT> {
    fn of(counted: &PoolSeries) -> Self {
        add(&counted.metrics.0, counted.series, SLOT, 1);
        Self(counted.clone())
    }
}

impl<const SLOT: usize> Drop for OneMore<SLOT> {
    fn drop(&mut self) {
        // One less, in numbers that wrap around.
        add(&self.0.metrics.0, self.0.series, SLOT, u64::MAX);
    }
}
