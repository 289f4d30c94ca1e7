//! How often each caller has called of late, in a table of fixed size.
//!
//! A caller has a place in one of many small sets, found by a number that nobody can choose. Where its set is full, whoever is ahead by least falls out: one that is not ahead at all is
//! as good as one that was never here, so that nothing is lost by it. Where all of a set are ahead, the one that falls out has its burst once more.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::meter::Pacing;

/// Places in a set.
const WAYS: usize = 8;

/// The callers that are known.
#[derive(Debug)]
pub(super) struct Callers {
    /// A power of two of them.
    sets: Box<[Mutex<Set>]>,
    forgotten: AtomicU64,
}

#[derive(Debug, Default)]
struct Set([Place; WAYS]);

/// What is kept of a caller, as of a [`Meter`](super::meter::Meter). That of nobody is like that of one who never called.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    caller: u64,
    next: u64,
}

impl Callers {
    /// A table with room for so many, or a few more.
    pub(super) fn new(callers: usize) -> Self {
        let sets = callers.div_ceil(WAYS).max(1).next_power_of_two();
        Self { sets: (0..sets).map(|_| Mutex::default()).collect(), forgotten: AtomicU64::new(0) }
    }

    /// Takes a call of a caller, or says for how long it is to wait.
    pub(super) fn take(&self, caller: u64, pacing: Pacing, now: u64) -> Result<(), Duration> {
        let at = caller as usize & (self.sets.len() - 1);
        let Some(set) = self.sets.get(at) else { return Ok(()) };
        let mut set = set.lock().unwrap_or_else(PoisonError::into_inner);
        let (place, is_forgotten) = set.place(caller, now);
        if is_forgotten {
            self.forgotten.fetch_add(1, Ordering::Relaxed);
        }
        place.next = pacing.take(place.next, now)?;
        Ok(())
    }

    /// How many callers fell out that were ahead of their rate.
    pub(super) fn forgotten(&self) -> u64 {
        self.forgotten.load(Ordering::Relaxed)
    }
}

impl Set {
    /// The place of a caller, and whether somebody had to go for it who was ahead.
    fn place(&mut self, caller: u64, now: u64) -> (&mut Place, bool) {
        let Self(places) = self;
        let known = places.iter().position(|place| place.caller == caller);
        let at = known.unwrap_or_else(|| {
            let by_next = places.iter().enumerate().min_by_key(|(_, place)| place.next);
            by_next.map_or(0, |(at, _)| at)
        });
        let place = &mut places[at];
        let is_forgotten = known.is_none() && place.next > now;
        if known.is_none() {
            *place = Place { caller, next: 0 };
        }
        (place, is_forgotten)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rate::Rate;

    const SECOND: u64 = 1_000_000_000;

    fn pacing() -> Pacing {
        Pacing::of(Rate::per_second(10).with_burst(5))
    }

    #[test]
    fn each_caller_has_a_rate_of_its_own() {
        let callers = Callers::new(64);
        let burst = |caller, now| (0..10).filter(|_| callers.take(caller, pacing(), now).is_ok()).count();
        // Numbers as hashes are, not in a row.
        for caller in 1..=8 {
            assert_eq!(burst(caller * 8, 0), 5, "caller {caller}");
        }
        assert_eq!(burst(8, SECOND / 5), 2);
        assert_eq!(callers.forgotten(), 0);
    }

    #[test]
    fn who_falls_out_is_the_idlest_and_loses_nothing_as_long_as_one_is_not_ahead() {
        let callers = Callers::new(8);
        let take = |caller, now| callers.take(caller, pacing(), now).is_ok();
        for caller in 1..=8 {
            (0..5).for_each(|_| assert!(take(caller, caller)));
        }
        assert!(!take(3, SECOND / 100), "all are ahead");
        // A newcomer in place of the one that came first, who has its burst again.
        assert!(take(9, SECOND / 100));
        assert_eq!(callers.forgotten(), 1);
        assert!((0..5).all(|_| take(1, SECOND / 100)));
        // A second later nobody is ahead, and thousands of others cost none of them anything.
        assert!((100..10_000).all(|caller| take(caller, 2 * SECOND + caller * SECOND)));
        assert_eq!(callers.forgotten(), 2);
    }

    #[test]
    fn its_memory_is_what_was_asked_for_however_many_call() {
        for (asked, places) in [(0, 8), (1, 8), (8, 8), (9, 16), (100, 128), (16_384, 16_384)] {
            let callers = Callers::new(asked);
            assert_eq!(callers.sets.len() * WAYS, places);
            (0..100_000).for_each(|caller| _ = callers.take(caller * 7919, pacing(), caller));
            assert_eq!(callers.sets.len() * WAYS, places);
        }
    }
}
