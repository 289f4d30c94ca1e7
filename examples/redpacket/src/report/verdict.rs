//! What a night comes to: the few figures that its report begins with.

use super::model::{Ask, Calls, Night, Outcome, Run};
use super::plot::frame::PEAK;

/// What has to be opened in time at the peak, of a hundred.
pub(crate) const OPENS_GOAL: f64 = 99.9;

/// A run's figures of the peak, a second where they are rates.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Peak {
    pub(crate) shakes: f64,
    /// In time, be it with less.
    pub(crate) answered: f64,
    /// Answered with less, of a hundred.
    pub(crate) degraded: Option<f64>,
    /// Refused or kept back, of a hundred.
    pub(crate) refused: Option<f64>,
    /// Too late or failed, of a hundred.
    pub(crate) in_vain: Option<f64>,
    pub(crate) opens: f64,
    pub(crate) opened: f64,
    /// Opens in time, of a hundred.
    pub(crate) in_time: Option<f64>,
    pub(crate) open_p99_ms: Option<f64>,
}

impl Peak {
    pub(crate) fn of(night: &Night, run: &Run) -> Self {
        let seconds = night.setting.seconds_of(PEAK);
        let count = seconds.len().max(1) as f64;
        let calls = |ask| run.calls_in(ask, seconds.clone());
        let (shakes, opens) = (calls(Ask::Shake), calls(Ask::Open));
        Self {
            shakes: shakes.made() as f64 / count,
            answered: shakes.in_time() as f64 / count,
            degraded: shakes.percent(shakes.of(Outcome::Degraded)),
            refused: shakes.percent(shakes.of(Outcome::Refused) + shakes.of(Outcome::Kept)),
            in_vain: shakes.percent(shakes.of(Outcome::Late) + shakes.of(Outcome::Failed)),
            opens: opens.made() as f64 / count,
            opened: opens.in_time() as f64 / count,
            in_time: opens.percent(opens.in_time()),
            open_p99_ms: opens.took.ms(990),
        }
    }

    /// Of a hundred who shook, those who knew at once what came of it.
    pub(crate) fn heard(&self) -> Option<f64> {
        self.in_vain.map(|share| 100.0 - share)
    }

    pub(crate) fn keeps_opens(&self) -> bool {
        self.in_time.is_some_and(|share| share >= OPENS_GOAL)
    }
}

/// What protection did about clients that run wild.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wild {
    pub(crate) made: u64,
    /// Refused, or not even sent.
    pub(crate) kept_out: u64,
    /// The second in which the first of them were.
    pub(crate) first: Option<usize>,
    /// Blocks, each time it was for one of them.
    pub(crate) blocks: u64,
}

impl Wild {
    pub(crate) fn of(run: &Run) -> Self {
        let calls: Calls = run.calls(Ask::Loop);
        let blocked =
            |second: &super::model::Second| second.services.values().map(|it| it.blocked).sum::<u64>();
        Self {
            made: calls.made(),
            kept_out: calls.of(Outcome::Refused) + calls.of(Outcome::Kept),
            first: run.seconds.iter().position(|second| blocked(second) > 0),
            blocks: run.seconds.iter().map(blocked).sum(),
        }
    }
}

/// Whether the books of all runs are exact.
pub(crate) fn books_are_exact(night: &Night) -> bool {
    !night.runs.is_empty() && night.runs.iter().all(|run| run.books.are_exact())
}

/// What is promised of a night: the books exact, and with protection the opens of the peak kept.
pub(crate) fn holds(night: &Night) -> bool {
    let keeps = |run: &Run| Peak::of(night, run).keeps_opens();
    books_are_exact(night) && night.run(true).is_none_or(keeps)
}
