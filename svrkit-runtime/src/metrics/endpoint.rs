//! What a client's endpoints make of its calls.

use std::sync::OnceLock;

use super::Metrics;
use super::catalogue::endpoint;
use super::histogram::Scale;
use super::registry::{OTHER, SeriesId};
use super::shard::Cells;
use crate::status::{Code, Layer, Status};

/// Where the calls to an endpoint are counted, once there was one.
#[derive(Debug, Default)]
pub(crate) struct EndpointSeries(OnceLock<SeriesId>);

/// How an endpoint has served a call: the places of its counters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// By a message, or a status that its handler gave.
    Answered = 0,
    /// Not at all: it has refused it, broken the connection, let the deadline pass.
    Failed = 1,
    /// Its caller waits no longer.
    Abandoned = 2,
}

impl Outcome {
    fn of(status: Option<&Status>) -> Self {
        let Some(status) = status else { return Self::Answered };
        match (status.facts().layer, status.code()) {
            (Layer::Handler, _) => Self::Answered,
            (Layer::Client, Code::Cancelled) => Self::Abandoned,
            _ => Self::Failed,
        }
    }
}

impl EndpointSeries {
    /// The series of the endpoint of this name among those of `target`.
    #[inline]
    pub(crate) fn of(&self, metrics: &Metrics, target: &str, name: &str) -> SeriesId {
        *self.0.get_or_init(|| {
            let max = metrics.0.limits().metrics_endpoints;
            metrics.0.series_within(&endpoint::GROUP, &[target, name], max, &[OTHER, OTHER])
        })
    }
}

/// Counts a call to an endpoint that has ended; `took` is its time in nanoseconds from when it was sent, where that says something of the
/// endpoint.
#[inline]
pub(super) fn count_at_endpoint(cells: Cells<'_>, status: Option<&Status>, took: Option<u64>) {
    let outcome = Outcome::of(status);
    cells.add(endpoint::CALLS + outcome as usize, 1);
    if let (Outcome::Answered, Some(took)) = (outcome, took) {
        cells.record(endpoint::DURATION, Scale::TIME, took);
    }
}
