//! How late the executor is: a task that asks to be woken, and looks how long after that it runs.
//!
//! The same task notes once a second what the process uses, so that a reader of the segment knows it of one that died.

use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};

use super::Metrics;
use super::catalogue::executor;
use super::histogram::Scale;
use super::tally::nanos;
use crate::task;

/// How often it asks. A call that keeps a thread for longer than this is seen by chance alone.
const EVERY: Duration = Duration::from_millis(100);

/// The process is looked at once in so many rounds.
const ROUNDS: u32 = 10;

/// Starts to measure, for as long as the server serves. `None`: there is nothing to measure, as on a simulated network, whose time stands still while
/// anything runs.
pub(crate) fn measure(metrics: Option<&Metrics>) -> Option<JoinHandle<()>> {
    #[cfg(feature = "simulation")]
    if crate::simulation::Process::current().is_some() {
        return None;
    }
    metrics.cloned().map(|metrics| task::spawn(keep_measuring(metrics)))
}

async fn keep_measuring(metrics: Metrics) {
    let series = metrics.0.series(&executor::GROUP, &[]);
    for round in (0..ROUNDS).cycle() {
        if round == 0 {
            metrics.note_process();
        }
        let due = Instant::now() + EVERY;
        sleep_until(due).await;
        let late = Instant::now().saturating_duration_since(due);
        metrics.0.update(series, |cells| cells.record(executor::LAG, Scale::TIME, nanos(late)));
    }
}
