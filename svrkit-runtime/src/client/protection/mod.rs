//! Protection in the client: what it does for its server, its callers and itself when calls fail.
//!
//! Each mechanism has a file with its rule, a pure value that is handed time, counts and dice; this file has what the requests of a client share
//! to apply them. `settings.rs` says which of them act, `announcer.rs` tells and counts what they decide.
//! `standing.rs` and `ward.rs` know which endpoints are ejected, `gate/` what one would refuse; `restraint.rs` and `decided.rs` are what pages show of all that. *Absent:* sockets, the choice of endpoints, anything of a server.

mod announcer;
mod budget;
mod decided;
mod ejection;
mod gate;
mod hedging;
mod last_good;
mod latencies;
mod learned_level;
mod pace;
mod restraint;
mod retries;
mod settings;
mod standing;
#[cfg(test)]
mod tests;
mod throttle;
mod ward;
mod window;

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

pub(super) use self::announcer::Announcer;
use self::budget::SharedBudget;
pub(crate) use self::decided::Kept;
use self::gate::Shut;
pub(super) use self::gate::{Entrant, Gate};
use self::last_good::LastGood;
pub(super) use self::last_good::Question;
use self::latencies::MethodLatencies;
use self::pace::Pace;
pub(crate) use self::restraint::Restrained;
pub(super) use self::retries::FailedAttempt;
use self::retries::Next;
pub use self::settings::ClientProtection;
pub(crate) use self::settings::keys;
pub(super) use self::standing::Standing;
pub(super) use self::ward::Ward;
use crate::client::pool::Peer;
use crate::deadline;
use crate::limits::Limits;
use crate::mode::Mode;
use crate::monitor::Decision;
use crate::random;
use crate::rate::Rate;
use crate::spec::Spec;
use crate::status::catalogue::calling;
use crate::status::{Cause, Retry, SlowDown, Status, TakeLastGood};
use crate::transport::Address;

/// What the requests of a client share for their protection.
#[derive(Debug)]
pub(super) struct Protection {
    settings: ClientProtection,
    /// Whether what servers over TCP say is theirs: they have certificates.
    has_tls: bool,
    limits: Limits,
    budget: SharedBudget,
    latencies: MethodLatencies,
    last_good: LastGood,
    announcer: Arc<Announcer>,
}

/// What follows an attempt that has failed.
#[derive(Clone, Copy, Debug)]
pub(super) enum Retried {
    /// Another one, after this time.
    After(Duration),
    /// Nothing; why, where it would have been repeated but for that.
    Not(Option<&'static str>),
}

impl Protection {
    pub(super) fn new(
        settings: ClientProtection,
        has_tls: bool,
        limits: &Limits,
        announcer: Arc<Announcer>,
    ) -> Self {
        Self {
            settings,
            has_tls,
            limits: *limits,
            budget: SharedBudget::new(limits),
            latencies: MethodLatencies::new(Instant::now()),
            last_good: LastGood::default(),
            announcer,
        }
    }

    /// How many further attempts there are: retries, and second copies.
    pub(super) fn attempts_left(&self, now: Instant) -> u64 {
        self.budget.left(now)
    }

    /// The mechanisms that do not act, by their keys.
    pub(super) fn modes_not_on(&self) -> Vec<(&'static str, Mode)> {
        self.settings.modes().into_iter().filter(|(_, mode)| !mode.is_on()).collect()
    }

    /// What was decided, in no order.
    pub(super) fn decided(&self) -> Vec<Kept> {
        self.announcer.kept()
    }

    /// A request begins.
    #[inline]
    pub(super) fn note_request(&self) {
        self.budget.note_request();
    }

    /// Decides what follows an attempt of a call of `spec` that has failed.
    #[cold]
    pub(super) fn retry(&self, failed: FailedAttempt<'_>, spec: &'static Spec) -> Retried {
        let mode = self.settings.retries;
        if mode == Mode::Off {
            return Retried::Not(None);
        }
        let now = Instant::now();
        let (decision, retried) = match retries::next(failed, &self.limits, now, random::part_of) {
            Next::End => return Retried::Not(None),
            Next::Spent if failed.number == 1 => return Retried::Not(None),
            Next::Spent => (
                Decision::RetriesSpent,
                Retried::Not(Some("it was the last attempt that there may be (retry.attempts)")),
            ),
            Next::TooLate => (
                Decision::RetryTooLate,
                Retried::Not(Some("too little time would be left for the next attempt")),
            ),
            Next::Again(_) if !self.budget.take(now) => (
                Decision::RetryOverBudget,
                Retried::Not(Some(
                    "the client's budget of further attempts is used up (retry.share, retry.floor)",
                )),
            ),
            Next::Again(wait) => (Decision::Retried, Retried::After(wait)),
        };
        self.announcer.tell(decision, mode, Some(spec), failed.status.facts().endpoint);
        if mode.is_on() { retried } else { Retried::Not(None) }
    }

    /// After what time a copy of a request of `spec` is sent to another endpoint; `None`: none is.
    #[inline]
    pub(super) fn hedge_delay(&self, spec: &'static Spec) -> Option<Duration> {
        if !spec.idempotent || self.settings.hedging == Mode::Off || self.limits.retry_attempts < 2 {
            return None;
        }
        hedging::delay(&self.limits, || self.latencies.usual(spec))
    }

    /// A request of `spec` was answered that began and ended then.
    #[inline]
    pub(super) fn note_answer(&self, spec: &'static Spec, (began, ended): (Instant, Instant)) {
        if spec.idempotent && self.settings.hedging != Mode::Off && self.limits.hedge_delay.is_zero() {
            self.latencies.note(spec, ended.saturating_duration_since(began), ended);
        }
    }

    /// Whether a copy of a request of `spec` is sent now to `elsewhere`, where there is such an endpoint.
    #[cold]
    pub(super) fn hedge(&self, spec: &'static Spec, elsewhere: Option<&Peer>) -> bool {
        let mode = self.settings.hedging;
        let now = Instant::now();
        let well = elsewhere.filter(|peer| !peer.gate.is_guarded() && !peer.standing.is_ejected(now));
        let decision = match well {
            None => Decision::HedgeNowhere,
            Some(_) if !self.budget.take(now) => Decision::HedgeOverBudget,
            Some(_) => Decision::Hedged,
        };
        self.announcer.tell(decision, mode, Some(spec), elsewhere.map(|peer| &*peer.name));
        decision == Decision::Hedged && mode.is_on()
    }

    /// Whether a call of `spec` that has ended by `status` may be made again.
    pub(super) fn may_be_repeated(&self, status: &Status, spec: &'static Spec) -> bool {
        retries::may_be_repeated(status, spec.idempotent, true)
    }

    /// The copy at `peer` was answered before the first attempt was.
    #[cold]
    pub(super) fn hedge_won(&self, spec: &'static Spec, peer: &Peer) {
        self.announcer.tell(Decision::HedgeWon, Mode::On, Some(spec), Some(&peer.name));
    }

    /// What a call that a server has ended by `status` says of those that come after it.
    #[cold]
    pub(super) fn heed(&self, peer: &Peer, entrant: Entrant, status: &Status) {
        let (gate, facts, now) = (&peer.gate, status.facts(), Instant::now());
        self.obey(status, peer, entrant.spec, now);
        match (facts.cause, facts.retry) {
            (Cause::Blocked, Retry::After(wait)) if self.settings.blocks != Mode::Off => {
                gate.block(entrant, now, deadline::after(now, wait.min(self.limits.block_max)));
            }
            (Cause::Queue | Cause::Rate | Cause::Concurrency | Cause::Level, _)
                if self.settings.throttle != Mode::Off =>
            {
                gate.note_refusal(entrant.priority, now);
            }
            _ => {}
        }
    }

    /// Whether what the server at `peer` wishes is surely its own wish.
    fn believes(&self, peer: &Peer) -> bool {
        self.has_tls || matches!(peer.address(), Address::Unix(_)) || self.settings.wishes_of_all
    }

    /// Does as the server at `peer` wishes by `status` of calls of `spec`.
    fn obey(&self, status: &Status, peer: &Peer, spec: &'static Spec, now: Instant) {
        let slow = status.slow_wish().filter(|_| self.settings.wishes != Mode::Off);
        let is_spared = status.last_good_wish().is_some() && self.age_max(spec).is_some();
        if slow.is_none() && !is_spared {
            return;
        }
        if !self.believes(peer) {
            let mode = if slow.is_some() { self.settings.wishes } else { self.settings.last_good };
            return self.announcer.tell(Decision::WishIgnored, mode, Some(spec), Some(&peer.name));
        }
        if let Some(SlowDown { rate, lasts }) = slow {
            let per_second = u64::from(rate.calls()) / rate.per().as_secs().max(1);
            let least = self.limits.wish_rate_min;
            let rate = if per_second < least.into() { Rate::per_second(least) } else { rate };
            let until = deadline::after(now, lasts.min(self.limits.wish_max));
            peer.gate.slow_down(spec, Pace::new(rate, now, until));
        }
        self.note_spared(status, peer, spec, now);
    }

    /// Whether a call may be sent to `peer`, before which something stands guard.
    #[cold]
    pub(super) fn pass(&self, peer: &Peer, entrant: Entrant) -> Result<(), Status> {
        let Some((shut, mode)) = peer.gate.check(entrant, self.settings, Instant::now()) else {
            return Ok(());
        };
        let (decision, status) = match shut {
            Shut::Blocked(left) => {
                let status = calling::blocked_here(left.as_millis());
                (Decision::Blocked, status.retry(Retry::After(left)))
            }
            Shut::Slowed(wait) => {
                let status = calling::slowed_here(wait.as_millis());
                (Decision::Slowed, status.retry(Retry::After(wait)))
            }
            Shut::Level(level, left) => {
                let status = calling::shut_out_here(level.class, level.rank);
                (Decision::ShutOut, status.retry(Retry::After(left)))
            }
            Shut::Throttled => {
                (Decision::Throttled, calling::throttled_here().retry(Retry::After(throttle::STEP)))
            }
        };
        self.announcer.tell(decision, mode, Some(entrant.spec), Some(&peer.name));
        if !mode.is_on() {
            return Ok(());
        }
        let status = status.endpoint(Arc::clone(&peer.name));
        // Refused in the server's stead, and with what it says to that.
        let is_load = status.facts().cause.is_load();
        Err(status.take_last_good(is_load.then(TakeLastGood::default)))
    }
}
