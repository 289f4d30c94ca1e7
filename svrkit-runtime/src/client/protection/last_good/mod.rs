//! Last good answers: kept of methods whose schema says for how long they are good, and given again where a server wishes so.
//!
//! A server says so by the status of a call ([`Status::last_good`]), and by refusals for load. That call is answered by what is kept, and for a time those
//! that come after it are not sent. Who keeps nothing has nothing to do with any of it: of other methods a call costs a look at a static fact, and one of these that is answered is
//! copied. What is kept is in memory alone, `sensitive` fields included, and is never written or logged.

mod answers;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

pub(in crate::client) use self::answers::Question;
use self::answers::{Answers, Bounds};
use super::learned_level::{self, LIFETIME};
use super::{Entrant, Protection};
use crate::client::pool::Peer;
use crate::deadline;
use crate::limits::Limits;
use crate::mode::Mode;
use crate::monitor::Decision;
use crate::random;
use crate::spec::Spec;
use crate::status::{Retry, Status, TakeLastGood};

/// What is kept of one client.
#[derive(Debug, Default)]
pub(super) struct LastGood(Mutex<Answers>);

/// A wish that holds for calls to come.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spared {
    pub(super) spec: &'static Spec,
    /// How old an answer may be.
    pub(super) age_max: Duration,
    pub(super) until: Instant,
}

/// An answer that was given before.
#[derive(Clone, Debug)]
pub(in crate::client) struct Recalled {
    pub(in crate::client) body: Bytes,
    pub(in crate::client) age: Duration,
}

impl LastGood {
    /// No change under the lock panics: a poisoned one is whole.
    fn lock(&self) -> MutexGuard<'_, Answers> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Spared {
    /// For how long it still holds.
    pub(super) fn left(self, now: Instant) -> Duration {
        self.until.saturating_duration_since(now)
    }
}

impl Protection {
    /// Whether a good answer to a call of `spec` by `peer` is worth keeping: its wish to take it again would be obeyed.
    #[cold]
    pub(in crate::client) fn keeps(&self, spec: &'static Spec, peer: &Peer) -> bool {
        self.age_max(spec).is_some() && self.believes(peer)
    }

    /// `question` was answered by `body`.
    pub(in crate::client) fn keep(&self, question: Question, body: &[u8]) {
        self.last_good.lock().keep(question, body, Instant::now(), bounds(&self.limits));
    }

    /// How many answers are kept, and what they take of memory.
    pub(in crate::client) fn kept_answers(&self) -> (usize, usize) {
        let answers = self.last_good.lock();
        (answers.len(), answers.bytes())
    }

    /// What answers a call that is not to be sent to `peer`, as long as it wishes so; `None`: it is.
    #[cold]
    pub(in crate::client) fn recall(
        &self,
        peer: &Peer,
        entrant: Entrant,
        question: impl FnOnce() -> Question,
    ) -> Option<Recalled> {
        let spared = peer.gate.spared(entrant.spec, Instant::now())?;
        // Else nobody would hear whether it still wishes that.
        if learned_level::is_probe(random::next()) {
            return None;
        }
        self.find(peer, entrant.spec, spared.age_max, question)
    }

    /// What takes the place of `status`, by which a call to `peer` has ended, or would have.
    #[cold]
    pub(in crate::client) fn recall_instead(
        &self,
        status: &Status,
        peer: &Peer,
        spec: &'static Spec,
        question: impl FnOnce() -> Question,
    ) -> Option<Recalled> {
        let wish = status.last_good_wish()?;
        let age_max = self.age_max(spec).filter(|_| self.believes(peer))?;
        self.find(peer, spec, within(age_max, wish), question)
    }

    /// The server at `peer` wishes by `status` that calls of `spec` that come after this one are spared it.
    pub(super) fn note_spared(&self, status: &Status, peer: &Peer, spec: &'static Spec, now: Instant) {
        let Some((wish, age_max)) = status.last_good_wish().zip(self.age_max(spec)) else { return };
        let lasts = lasts(wish, status.facts().retry).min(self.limits.wish_max);
        if !lasts.is_zero() {
            let until = deadline::after(now, lasts);
            peer.gate.spare(Spared { spec, age_max: within(age_max, wish), until });
        }
    }

    /// How old an answer to a call of `spec` may be at most, whoever wishes; `None`: none is kept.
    pub(super) fn age_max(&self, spec: &'static Spec) -> Option<Duration> {
        let age_max = spec.last_good?.min(self.limits.last_good_age);
        (self.settings.last_good != Mode::Off && !age_max.is_zero()).then_some(age_max)
    }

    fn find(
        &self,
        peer: &Peer,
        spec: &'static Spec,
        age_max: Duration,
        question: impl FnOnce() -> Question,
    ) -> Option<Recalled> {
        let mode = self.settings.last_good;
        let found = self.last_good.lock().find(&question(), age_max, Instant::now());
        let decision = if found.is_some() { Decision::LastGood } else { Decision::LastGoodMissing };
        self.announcer.tell(decision, mode, Some(spec), Some(&peer.name));
        found.filter(|_| mode.is_on()).map(|(body, age)| Recalled { body, age })
    }
}

fn bounds(limits: &Limits) -> Bounds {
    Bounds { answers: limits.last_good_answers, bytes: limits.last_good_bytes, age: limits.last_good_age }
}

fn within(age_max: Duration, wish: TakeLastGood) -> Duration {
    wish.age_max.map_or(age_max, |wished| wished.min(age_max))
}

/// For how long a wish holds that came with this advice.
fn lasts(wish: TakeLastGood, retry: Retry) -> Duration {
    match (wish.lasts, retry) {
        (Some(lasts), _) => lasts,
        (None, Retry::After(wait) | Retry::ElsewhereOrAfter(wait)) if !wait.is_zero() => wait,
        // As long as a level that was announced.
        (None, _) => LIFETIME,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn a_wish_holds_for_as_long_as_it_says_or_until_another_attempt_may_help() {
        let plain = TakeLastGood::default();
        let said = TakeLastGood { lasts: Some(7 * MS), ..plain };
        for (wish, retry, expected) in [
            (said, Retry::After(30 * MS), 7 * MS),
            (TakeLastGood { lasts: Some(Duration::ZERO), ..plain }, Retry::After(30 * MS), Duration::ZERO),
            (plain, Retry::After(30 * MS), 30 * MS),
            (plain, Retry::ElsewhereOrAfter(40 * MS), 40 * MS),
            (plain, Retry::After(Duration::ZERO), LIFETIME),
            (plain, Retry::Elsewhere, LIFETIME),
            (plain, Retry::Unknown, LIFETIME),
        ] {
            assert_eq!(lasts(wish, retry), expected, "{wish:?}, {retry:?}");
        }
    }

    #[test]
    fn nobody_takes_an_older_answer_than_both_sides_say() {
        let wish = |ms| TakeLastGood { age_max: Some(ms * MS), lasts: None };
        assert_eq!(within(10 * MS, wish(7)), 7 * MS);
        assert_eq!(within(10 * MS, wish(70)), 10 * MS);
        assert_eq!(within(10 * MS, TakeLastGood::default()), 10 * MS);
    }
}
