//! What one method may have of a server's handlers: so many at most, and so many that no other can take.
//!
//! *At most* (`running-max`): a call beyond is refused, not made to wait: it would wait for what its method's handlers wait for, and have others' room in the queue
//! meanwhile. Calls that wait in the queue count, so that a method with a bulkhead cannot fill that either.
//!
//! *Kept* (`reserve`): while fewer of a method's handlers are under way than it has places of its own, the next one starts whatever the limit is, and is not asked
//! for its level; to all other calls the places that are not taken count as taken. So
//!
//! ```text
//! running + Σ (reserve − own, where that is positive) ≤ limit
//! ```
//!
//! holds whenever a call starts that has no place of its own, and overload of others takes nothing from who is below its reserve. At most half of the limit is kept, for
//! it is learned, and may be less than what is to be kept: others are not to starve for places that nobody has. What a method has of its own beyond that comes on top.

use std::sync::atomic::{AtomicU32, Ordering};

/// What one method has of the server's handlers.
#[derive(Debug, Default)]
pub(crate) struct Bulkhead {
    /// 0: as many as the server has.
    max: AtomicU32,
    /// Its calls that were let in while there was a maximum, and have not ended.
    taken: AtomicU32,
    reserve: AtomicU32,
    /// Its handlers under way that have a task.
    running: AtomicU32,
}

impl Bulkhead {
    pub(super) fn set(&self, max: Option<u32>, reserve: u32) {
        self.max.store(max.unwrap_or(0), Ordering::Relaxed);
        self.reserve.store(reserve, Ordering::Relaxed);
    }

    pub(super) fn max(&self) -> Option<u32> {
        Some(self.max.load(Ordering::Relaxed)).filter(|max| *max > 0)
    }

    pub(super) fn taken(&self) -> u32 {
        self.taken.load(Ordering::Relaxed)
    }

    /// Lets a call in, beside whether there is room for it.
    pub(super) fn take(&self, max: u32) -> bool {
        self.taken.fetch_add(1, Ordering::Relaxed) < max
    }

    pub(super) fn give_back(&self) {
        self.taken.fetch_sub(1, Ordering::Relaxed);
    }

    pub(crate) fn reserve(&self) -> u32 {
        self.reserve.load(Ordering::Relaxed)
    }

    pub(crate) fn running(&self) -> u32 {
        self.running.load(Ordering::Relaxed)
    }

    pub(crate) fn began(&self) {
        self.running.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn ended(&self) {
        self.running.fetch_sub(1, Ordering::Relaxed);
    }

    /// Places of its own that nobody has.
    pub(crate) fn kept(&self) -> u32 {
        kept(self.reserve(), self.running())
    }
}

/// Places of so many that nobody has.
fn kept(reserve: u32, running: u32) -> u32 {
    reserve.saturating_sub(running)
}

/// How many of so many places are kept under a limit.
pub(crate) fn kept_of(kept: u32, limit: u32) -> u32 {
    kept.min(limit / 2)
}

/// Handlers under way, as a call sees them that wants one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Occupied {
    pub(crate) running: u32,
    /// Places that are kept for methods.
    pub(crate) kept: u32,
}

impl Occupied {
    /// Whether a call may start, of a method that has a place of its own left or not.
    pub(crate) fn lets_start(self, has_own: bool, limit: u32) -> bool {
        has_own || self.has_room(limit)
    }

    /// Whether a call may start that has no place of its own.
    pub(crate) fn has_room(self, limit: u32) -> bool {
        self.running.saturating_add(kept_of(self.kept, limit)) < limit
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_method_has_so_many_at_most_and_what_ends_makes_room() {
        let bulkhead = Bulkhead::default();
        bulkhead.set(Some(2), 0);
        assert!(bulkhead.take(2) && bulkhead.take(2) && !bulkhead.take(2));
        bulkhead.give_back();
        assert!(!bulkhead.take(2), "the refused one had not gone yet");
        (0..2).for_each(|_| bulkhead.give_back());
        assert!(bulkhead.take(2));
    }

    /// Methods with reserves under a limit, handlers of which begin and end as told: what is let go as the door does it.
    #[derive(Debug, Default)]
    struct Server {
        methods: Vec<Bulkhead>,
        limit: u32,
    }

    impl Server {
        fn occupied(&self) -> Occupied {
            let kept = self.methods.iter().map(Bulkhead::kept).sum();
            Occupied { running: self.methods.iter().map(Bulkhead::running).sum(), kept }
        }

        fn start(&self, method: usize) -> bool {
            let method = &self.methods[method];
            let starts = self.occupied().lets_start(method.kept() > 0, self.limit);
            if starts {
                method.began();
            }
            starts
        }
    }

    #[test]
    fn nobody_starves_for_places_that_nobody_has() {
        for (running, kept, limit, starts) in [
            (0, 16, 2, true),
            (1, 16, 2, false),
            (0, 16, 1, true),
            (4, 5, 10, true),
            (5, 5, 10, false),
            (9, 0, 10, true),
            (10, 0, 10, false),
        ] {
            let occupied = Occupied { running, kept };
            assert_eq!(occupied.lets_start(false, limit), starts, "{occupied:?} of {limit}");
            assert!(occupied.lets_start(true, limit));
        }
    }

    proptest! {
        #[test]
        fn no_overload_of_others_takes_a_method_below_its_reserve(
            reserves in prop::collection::vec(0u32..6, 2..5),
            spare in 0u32..8,
            steps in prop::collection::vec((any::<bool>(), 0usize..5), 0..200),
            cut in 0usize..200,
        ) {
            let methods = reserves.iter().map(|reserve| {
                let method = Bulkhead::default();
                method.set(None, *reserve);
                method
            });
            let mut server = Server { methods: methods.collect(), limit: 2 * reserves.iter().sum::<u32>() + spare };
            for (step, (begins, which)) in steps.into_iter().enumerate() {
                if step == cut {
                    // What is learned may be less than what is kept.
                    server.limit = 1;
                }
                let which = which % server.methods.len();
                let (before, kept) = (server.occupied(), server.methods[which].kept());
                if begins {
                    let starts = server.start(which);
                    prop_assert!(starts || kept == 0, "a place of its own is always had");
                    if starts && kept == 0 {
                        let kept = before.kept.min(server.limit / 2);
                        prop_assert!(before.running + kept < server.limit, "others' places were left");
                    }
                } else if server.methods[which].running() > 0 {
                    server.methods[which].ended();
                }
                if step < cut {
                    let Occupied { running, kept } = server.occupied();
                    prop_assert!(running + kept <= server.limit);
                }
            }
        }
    }
}
