//! Protection in the client: what it does for its server, its callers and itself when calls fail.
//!
//! Each mechanism has a file with its rule, a pure value that is handed time, counts and dice; this file has what the requests of a client share
//! to apply them. `settings.rs` says which of them act, `announcer.rs` tells and counts what they decide.
//! `standing.rs` and `ward.rs` know which endpoints are ejected, `gate.rs` what one would refuse. *Absent:* sockets, the choice of endpoints, anything of a server.

mod announcer;
mod budget;
mod ejection;
mod gate;
mod learned_level;
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
use self::gate::Shut;
pub(super) use self::gate::{Entrant, Gate};
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
use crate::spec::Spec;
use crate::status::catalogue::calling;
use crate::status::{Cause, Retry, Status};

/// What the requests of a client share for their protection.
#[derive(Debug)]
pub(super) struct Protection {
    settings: ClientProtection,
    limits: Limits,
    budget: SharedBudget,
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
    pub(super) fn new(settings: ClientProtection, limits: &Limits, announcer: Arc<Announcer>) -> Self {
        Self { settings, limits: *limits, budget: SharedBudget::new(limits), announcer }
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
                Retried::Not(Some("the deadline would be over before the next attempt")),
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

    /// What a call that a server has ended by `status` says of those that come after it.
    #[cold]
    pub(super) fn heed(&self, gate: &Gate, entrant: Entrant, status: &Status) {
        let (facts, now) = (status.facts(), Instant::now());
        match (facts.cause, facts.retry) {
            (Cause::Blocked, Retry::After(wait)) if self.settings.blocks != Mode::Off => {
                gate.block(entrant.spec, deadline::after(now, wait.min(self.limits.block_max)));
            }
            (Cause::Queue | Cause::Rate | Cause::Concurrency | Cause::Level, _)
                if self.settings.throttle != Mode::Off =>
            {
                gate.note_refusal(entrant.priority, now);
            }
            _ => {}
        }
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
            Shut::Level(level, left) => {
                let status = calling::shut_out_here(level.class, level.rank);
                (Decision::ShutOut, status.retry(Retry::After(left)))
            }
            Shut::Throttled => (Decision::Throttled, calling::throttled_here()),
        };
        self.announcer.tell(decision, mode, Some(entrant.spec), Some(&peer.name));
        if mode.is_on() { Err(status.endpoint(Arc::clone(&peer.name))) } else { Ok(()) }
    }
}
