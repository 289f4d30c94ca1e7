//! How the calls to one endpoint went: the one place that is told.
//!
//! What is made of it for choosing is the latency, a peak-sensitive moving average in the manner of Finagle's `PeakEwma`:
//! a call that took longer than the average sets it, one that took less draws it down with the time that has passed,
//! `cost ← cost·w + latency·(1 − w)`, `w = exp(−elapsed / 10 s)`. It fades by itself with the same `w`, so that an endpoint
//! that was slow once is tried again.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use crate::status::{Cause, Code, Layer, Party, Status};

/// What one call says of its endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::client) enum Report {
    /// A message, or a status that its handler gave and is nobody's failure.
    Answered,
    /// A status that its handler gave because something failed there.
    Faulty,
    /// It did not serve the call, by the fault of who calls.
    Declined,
    /// It did not serve the call because it has too much to do.
    Refused,
    /// It did not serve the call: broke the connection, let the deadline pass.
    Failed,
    /// The caller gave up: nothing is known but that there was no answer until then.
    Abandoned,
}

impl Report {
    /// What a status says of the endpoint it came from; `None`: nothing, as the server only leaves, or a stream was idle.
    pub(in crate::client) fn of(status: &Status) -> Option<Self> {
        let facts = status.facts();
        Some(match (facts.cause, facts.layer, status.code()) {
            (Cause::Draining, ..) => return None,
            // Of a stream on which nothing happens nobody knows whose turn it was.
            (_, Layer::Transport, Code::DeadlineExceeded) => return None,
            (
                Cause::Queue
                | Cause::Rate
                | Cause::Concurrency
                | Cause::Level
                | Cause::Tier
                | Cause::Deadline,
                ..,
            ) => Self::Refused,
            (
                _,
                Layer::Handler,
                Code::Internal | Code::Unknown | Code::Unavailable | Code::DataLoss | Code::DeadlineExceeded,
            ) => Self::Faulty,
            (_, Layer::Handler, _) => Self::Answered,
            _ if facts.party == Party::Caller => Self::Declined,
            _ => Self::Failed,
        })
    }
}

/// How long it takes until an old latency counts for 1/e of what it did (Finagle's default).
const FADING: Duration = Duration::from_secs(10);

/// What an endpoint costs from which nothing has come yet, while a call waits for it: more than any latency, so that it gets
/// one call and, until that has ended, no more where there is another endpoint (Finagle's `Penalty`).
const UNKNOWN: f64 = 1e15;

/// The calls to one endpoint.
#[derive(Debug)]
pub(in crate::client) struct Outcomes {
    born: Instant,
    /// Whether anybody chooses by them: with one endpoint nobody does, and a call needs no look at the clock.
    wanted: AtomicBool,
    /// Bits of an `f64`, in nanoseconds; 0: nothing is known. It and `at` may be of two calls that end at once: neither
    /// value is wrong by more than the time between them.
    latency: AtomicU64,
    /// When it was set, in nanoseconds since `born`.
    at: AtomicU64,
}

impl Outcomes {
    pub(super) fn new(now: Instant) -> Self {
        Self { born: now, wanted: AtomicBool::new(false), latency: AtomicU64::new(0), at: AtomicU64::new(0) }
    }

    pub(super) fn want(&self, wanted: bool) {
        self.wanted.store(wanted, Ordering::Relaxed);
    }

    /// The present, where it is needed to measure a call.
    pub(in crate::client) fn begin(&self) -> Option<Instant> {
        self.wanted.load(Ordering::Relaxed).then(Instant::now)
    }

    /// A call that began at `began` has ended.
    pub(in crate::client) fn end(&self, began: Instant, now: Instant, report: Report) {
        let took = now.saturating_duration_since(began).as_nanos() as f64;
        let latency = self.latency_at(now);
        if took > latency {
            self.set(took, now);
        } else if report == Report::Answered {
            let weight = self.weight_at(now);
            self.set(self.stored() * weight + took * (1.0 - weight), now);
        }
        // Else: a failure makes no endpoint look faster than it is.
    }

    /// What a call there would cost, in nanoseconds, with `in_flight` calls there already.
    pub(super) fn load(&self, now: Instant, in_flight: usize) -> f64 {
        let latency = self.latency_at(now);
        if latency == 0.0 && in_flight > 0 {
            return UNKNOWN + in_flight as f64;
        }
        latency * (in_flight as f64 + 1.0)
    }

    /// The average at `now`; `None` where nothing is known.
    pub(in crate::client) fn latency(&self, now: Instant) -> Option<Duration> {
        match self.latency_at(now) {
            0.0 => None,
            nanos => Some(Duration::from_nanos(nanos as u64)),
        }
    }

    fn latency_at(&self, now: Instant) -> f64 {
        self.stored() * self.weight_at(now)
    }

    fn stored(&self) -> f64 {
        f64::from_bits(self.latency.load(Ordering::Relaxed))
    }

    fn weight_at(&self, now: Instant) -> f64 {
        let elapsed = self.nanos(now).saturating_sub(self.at.load(Ordering::Relaxed));
        (-(elapsed as f64) / FADING.as_nanos() as f64).exp()
    }

    fn set(&self, latency: f64, now: Instant) {
        self.latency.store(latency.max(1.0).to_bits(), Ordering::Relaxed);
        self.at.store(self.nanos(now), Ordering::Relaxed);
    }

    fn nanos(&self, now: Instant) -> u64 {
        u64::try_from(now.saturating_duration_since(self.born).as_nanos()).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    /// Calls as (when it ended, how long it took, how it ended) and the average after each, all in milliseconds.
    #[track_caller]
    fn check(calls: &[(u64, u64, Report, u128)]) {
        let born = Instant::now();
        let outcomes = Outcomes::new(born);
        for (end, took, report, expected) in calls {
            let end = born + ms(*end);
            outcomes.end(end - ms(*took), end, *report);
            let latency = outcomes.latency(end).map_or(0, |latency| latency.as_millis());
            assert_eq!(latency, *expected, "after {took} ms, {report:?}");
        }
    }

    #[test]
    fn a_status_says_whose_fault_it_was() {
        use Report::*;
        let by_handler = [
            (Status::not_found("7"), Answered),
            (Status::resource_exhausted("your share"), Answered),
            (Status::internal("broken"), Faulty),
            (Status::unavailable("its store is away"), Faulty),
        ];
        let before = Status::resource_exhausted("full").layer(Layer::Admission);
        let by_server = [
            (before.clone().cause(Cause::Queue), Some(Refused)),
            (before.clone().cause(Cause::Draining), None),
            (before.clone().party(Party::Caller).cause(Cause::Blocked), Some(Declined)),
            (Status::unavailable("lost").layer(Layer::Transport), Some(Failed)),
            (Status::deadline_exceeded("idle").layer(Layer::Transport), None),
            (Status::unauthenticated("who?").layer(Layer::Admission), Some(Declined)),
        ];
        let all = by_handler.into_iter().map(|(status, report)| (status, Some(report))).chain(by_server);
        for (status, expected) in all {
            assert_eq!(Report::of(&status), expected, "{status}");
        }
    }

    #[tokio::test]
    async fn a_peak_counts_at_once_and_fades() {
        use Report::Answered;
        check(&[(1000, 100, Answered, 100), (1000, 300, Answered, 300), (1000, 10, Answered, 300)]);
        // After ten seconds the old 300 ms count for 1/e: 110 ms, and the new 10 ms for the rest: 6 ms.
        check(&[(1000, 300, Answered, 300), (11_000, 10, Answered, 116)]);
    }

    #[tokio::test]
    async fn a_failure_makes_no_endpoint_look_faster() {
        use Report::{Abandoned, Answered, Failed};
        check(&[(1000, 100, Answered, 100), (1000, 1, Failed, 100), (1000, 500, Failed, 500)]);
        check(&[(1000, 100, Answered, 100), (1000, 1, Abandoned, 100), (1000, 900, Abandoned, 900)]);
        check(&[(1000, 5, Abandoned, 5)]);
    }

    #[tokio::test]
    async fn an_unknown_endpoint_gets_one_call_and_a_known_one_its_share() {
        let now = Instant::now();
        let outcomes = Outcomes::new(now);
        assert_eq!(outcomes.load(now, 0), 0.0, "before all others");
        assert!(outcomes.load(now, 1) >= UNKNOWN, "after all others");
        assert!(outcomes.load(now, 2) > outcomes.load(now, 1));
        outcomes.end(now, now + ms(2), Report::Answered);
        let load = |in_flight| outcomes.load(now + ms(2), in_flight).round();
        assert_eq!((load(0), load(1), load(4)), (2e6, 4e6, 10e6));
        assert!(outcomes.load(now + ms(10_002), 0) < 1e6, "it fades");
    }

    #[tokio::test]
    async fn nothing_is_measured_where_nobody_asks() {
        let outcomes = Outcomes::new(Instant::now());
        assert_eq!(outcomes.begin(), None);
        outcomes.want(true);
        assert!(outcomes.begin().is_some());
    }
}
