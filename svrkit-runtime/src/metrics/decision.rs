//! What clients decide for protection.

use super::Metrics;
use super::catalogue::protection;
use super::registry::{OTHER, SeriesId, add};
use crate::monitor::Decision;

/// Where the decisions of clients of one target are counted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DecisionSeries(SeriesId);

impl Metrics {
    /// Where those about `target` are counted.
    pub(crate) fn decisions_of(&self, target: &str) -> DecisionSeries {
        let max = self.0.limits().metrics_targets;
        DecisionSeries(self.0.series_within(&protection::GROUP, &[target], max, &[OTHER]))
    }

    /// Counts a decision; `is_watched`: nothing comes of it.
    pub(crate) fn decided(&self, series: DecisionSeries, decision: Decision, is_watched: bool) {
        let metric = if is_watched { protection::WATCHED } else { protection::DECIDED };
        add(&self.0, series.0, metric + decision as usize, 1);
    }
}
