//! Who is told what a client decides for its protection, and where that is counted.

use std::sync::{Arc, OnceLock};

use crate::metrics::{DecisionSeries, Metrics};
use crate::mode::Mode;
use crate::monitor::{ClientDecision, Decision, Hooks};
use crate::spec::Spec;

/// Tells and counts the decisions of one client. What is decided is seldom: nothing here is for every call.
#[derive(Debug, Default)]
pub(in crate::client) struct Announcer {
    target: Arc<str>,
    hooks: Hooks,
    metrics: Option<Metrics>,
    series: OnceLock<DecisionSeries>,
}

impl Announcer {
    pub(in crate::client) fn new(target: &str, hooks: Hooks, metrics: Option<Metrics>) -> Self {
        Self { target: target.into(), hooks, metrics, series: OnceLock::new() }
    }

    /// Something was decided, of a call of `spec` or of `endpoint` or both; in what mode says whether it happens.
    #[cold]
    pub(super) fn tell(
        &self,
        decision: Decision,
        mode: Mode,
        spec: Option<&'static Spec>,
        endpoint: Option<&str>,
    ) {
        let is_watched = !mode.is_on();
        if let Some(metrics) = &self.metrics {
            let series = self.series.get_or_init(|| metrics.decisions_of(&self.target));
            metrics.decided(*series, decision, is_watched);
        }
        let told = ClientDecision { decision, is_watched, target: &self.target, endpoint, spec };
        self.hooks.tell(|monitor| monitor.client_decided(&told));
    }
}
