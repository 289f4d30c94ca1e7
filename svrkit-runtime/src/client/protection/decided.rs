//! What a client has decided, kept to be looked at. Pure.
//!
//! One and the same decision, of a method at an endpoint, is kept once, with how often it was and when last: however many calls are refused,
//! what else was decided stays to be seen. Of more than [`KEPT_MAX`] the one that was longest ago is forgotten; metrics have the sums.

use std::sync::Arc;

use tokio::time::Instant;

use crate::monitor::{ClientDecision, Decision};
use crate::spec::Spec;

/// Decisions that are kept of one client.
const KEPT_MAX: usize = 64;

/// What one client has decided.
#[derive(Debug, Default)]
pub(super) struct Decided(Vec<Kept>);

/// A decision, and how often it was made.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    pub(crate) decision: Decision,
    /// Whether nothing came of it.
    pub(crate) is_watched: bool,
    /// The method that it is about, where it is about one.
    pub(crate) spec: Option<&'static Spec>,
    /// The endpoint, where it is about one.
    pub(crate) endpoint: Option<Arc<str>>,
    pub(crate) times: u64,
    /// When the last time was.
    pub(crate) last: Instant,
}

impl Decided {
    pub(super) fn note(&mut self, told: &ClientDecision<'_>, now: Instant) {
        if let Some(kept) = self.0.iter_mut().find(|kept| kept.is_of(told)) {
            kept.times = kept.times.saturating_add(1);
            kept.last = now;
            return;
        }
        if self.0.len() >= KEPT_MAX {
            let oldest = self.0.iter().enumerate().min_by_key(|(_, kept)| kept.last).map(|(at, _)| at);
            oldest.map(|at| self.0.swap_remove(at));
        }
        self.0.push(Kept {
            decision: told.decision,
            is_watched: told.is_watched,
            spec: told.spec,
            endpoint: told.endpoint.map(Arc::from),
            times: 1,
            last: now,
        });
    }

    /// All of them, in no order.
    pub(super) fn kept(&self) -> &[Kept] {
        &self.0
    }
}

impl Kept {
    fn is_of(&self, told: &ClientDecision<'_>) -> bool {
        self.decision == told.decision
            && self.is_watched == told.is_watched
            && self.spec.map(Spec::number) == told.spec.map(Spec::number)
            && self.endpoint.as_deref() == told.endpoint
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    static READ: Spec = Spec::new("test.Test", 4000, "Read", 1);
    static WRITE: Spec = Spec::new("test.Test", 4000, "Write", 2);

    fn told<'a>(spec: &'static Spec, endpoint: &'a str) -> ClientDecision<'a> {
        ClientDecision {
            decision: Decision::Retried,
            is_watched: false,
            target: "shop",
            endpoint: Some(endpoint),
            spec: Some(spec),
        }
    }

    #[test]
    fn the_same_is_kept_once_with_how_often_and_when_last() {
        let now = Instant::now();
        let mut decided = Decided::default();
        let later = now + Duration::from_secs(7);
        let (read, write) = (told(&READ, "a:1"), told(&WRITE, "a:1"));
        let others = [
            write,
            told(&READ, "b:1"),
            ClientDecision { endpoint: None, ..read },
            ClientDecision { spec: None, ..read },
            ClientDecision { is_watched: true, ..read },
            ClientDecision { decision: Decision::Hedged, ..read },
        ];
        decided.note(&read, now);
        others.iter().for_each(|other| decided.note(other, now));
        (0..1000).for_each(|_| decided.note(&read, later));
        let times: Vec<_> = decided.kept().iter().map(|kept| kept.times).collect();
        assert_eq!(times, [1001, 1, 1, 1, 1, 1, 1]);
        assert_eq!((decided.kept()[0].last, decided.kept()[1].last), (later, now));
    }

    #[test]
    fn of_too_many_the_one_that_was_longest_ago_is_forgotten() {
        let now = Instant::now();
        let mut decided = Decided::default();
        let at = |ms: usize| now + Duration::from_millis(ms as u64);
        let names: Vec<_> = (0..=KEPT_MAX).map(|port| format!("a:{port}")).collect();
        for (ms, name) in names[..KEPT_MAX].iter().enumerate() {
            decided.note(&told(&READ, name), at(ms));
        }
        decided.note(&told(&READ, &names[0]), at(KEPT_MAX));
        decided.note(&told(&READ, &names[KEPT_MAX]), at(KEPT_MAX));
        let has = |name: &str| decided.kept().iter().any(|kept| kept.endpoint.as_deref() == Some(name));
        assert_eq!(decided.kept().len(), KEPT_MAX);
        assert!(has(&names[0]) && !has(&names[1]) && has(&names[KEPT_MAX]));
    }
}
