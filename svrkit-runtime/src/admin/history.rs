//! What was counted a minute ago: what rates and percentiles of late are the difference to.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::metrics::{Metrics, Snapshot};

/// Between two looks.
const STEP: Duration = Duration::from_secs(20);

/// Looks that are kept: what is shown is of the last 40 to 60 seconds.
const KEPT_MAX: usize = 3;

/// The figures of a process, of now and of a minute ago.
#[derive(Debug)]
pub(super) struct History {
    metrics: Metrics,
    looks: Mutex<VecDeque<(Instant, Snapshot)>>,
}

/// What was counted until now, and in a time before it.
#[derive(Debug)]
pub(super) struct Figures {
    pub(super) now: Snapshot,
    pub(super) before: Snapshot,
    /// How long before.
    pub(super) window: Duration,
}

impl History {
    /// It begins now.
    pub(super) fn new(metrics: Metrics) -> Self {
        let first = (Instant::now(), metrics.snapshot());
        Self { metrics, looks: Mutex::new([first].into()) }
    }

    pub(super) fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// Looks again and again, without end.
    pub(super) async fn keep(&self) {
        loop {
            sleep(STEP).await;
            let look = (Instant::now(), self.metrics.snapshot());
            let mut looks = self.looks.lock().unwrap_or_else(PoisonError::into_inner);
            let oldest = if looks.len() == KEPT_MAX { looks.pop_front() } else { None };
            looks.push_back(look);
            drop(looks);
            drop(oldest);
        }
    }

    pub(super) fn figures(&self) -> Figures {
        let now = self.metrics.snapshot();
        let looks = self.looks.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, before) = looks.front().cloned().unwrap_or_else(|| (Instant::now(), now.clone()));
        Figures { now, before, window: at.elapsed() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn figures_are_of_the_last_minute_at_most() {
        let history = History::new(Metrics::new());
        let keeping = history.keep();
        let windows = async {
            let mut windows = Vec::new();
            for _ in 0..9 {
                sleep(Duration::from_secs(10)).await;
                windows.push(history.figures().window.as_secs());
            }
            windows
        };
        tokio::select! {
            () = keeping => unreachable!("it never ends"),
            windows = windows => {
                assert_eq!(windows[..3], [10, 20, 30]);
                assert!(windows[5..].iter().all(|window| (40..=60).contains(window)), "{windows:?}");
            }
        }
    }
}
