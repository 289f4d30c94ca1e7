//! Who is told what a client decides for its protection, and where that is counted and kept.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use tokio::time::Instant;

use super::decided::{Decided, Kept};
use crate::metrics::{DecisionSeries, Metrics};
use crate::mode::Mode;
use crate::monitor::{ClientDecision, Decision, Hooks};
use crate::spec::Spec;

/// Tells, counts and keeps the decisions of one client. What is decided is seldom: nothing here is for every call.
#[derive(Debug, Default)]
pub(in crate::client) struct Announcer {
    target: Arc<str>,
    hooks: Hooks,
    metrics: Option<Metrics>,
    series: OnceLock<DecisionSeries>,
    decided: Mutex<Decided>,
}

impl Announcer {
    pub(in crate::client) fn new(target: &str, hooks: Hooks, metrics: Option<Metrics>) -> Self {
        Self { target: target.into(), hooks, metrics, series: OnceLock::new(), decided: Mutex::default() }
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
        self.decided().note(&told, Instant::now());
        self.hooks.tell(|monitor| monitor.client_decided(&told));
    }

    /// What was decided, in no order.
    pub(super) fn kept(&self) -> Vec<Kept> {
        self.decided().kept().to_vec()
    }

    /// No change under the lock panics: a poisoned one is whole.
    fn decided(&self) -> MutexGuard<'_, Decided> {
        self.decided.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
