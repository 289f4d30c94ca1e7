//! The admission level: the least important calls that are taken, and how it follows from what arrived.
//!
//! Levels are compound, as in DAGOR (Zhou et al., "Overload Control for Scaling WeChat Microservices", SoCC 2018): the business class first, then
//! the rank of the user within it. They are counted in [`BUCKETS`] steps: 32 of classes, in each 128 of ranks.

use crate::priority::Priority;

/// Steps of the scale.
pub(super) const BUCKETS: u16 = 1 << 12;

/// Which calls are admitted: all that are at least so important.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Level {
    /// How many buckets are admitted, from the most important on; one at least, or nobody could ever be.
    admitted: u16,
}

impl Level {
    /// All are admitted.
    pub(crate) const OPEN: Self = Self { admitted: BUCKETS };

    /// The level that admits so many buckets, as far as there is one.
    pub(super) fn of_buckets(admitted: u16) -> Self {
        Self { admitted: admitted.clamp(1, BUCKETS) }
    }

    /// The one that admits no more than so many of calls that come so often, by bucket; the most important ones in any case.
    pub(super) fn of_most(calls: impl Iterator<Item = f64>, most: f64) -> Self {
        let mut admitted = 0.0;
        let fits = calls.take_while(|calls| {
            admitted += calls;
            admitted <= most
        });
        Self::of_buckets(fits.count() as u16)
    }

    /// How many buckets it admits.
    pub(super) fn buckets(self) -> u16 {
        self.admitted
    }

    pub(crate) fn admits(self, priority: Priority) -> bool {
        bucket(priority) < self.admitted
    }

    /// What callers are told: the least important that it admits.
    pub(crate) fn announced(self) -> Priority {
        let last = self.admitted - 1;
        let (class, rank) = ((last >> 7) << 3 | 0b111, (last & 0x7f) << 1 | 1);
        // Five bits and three, seven bits and one.
        Priority { class: class as u8, rank: rank as u8 }
    }
}

fn bucket(priority: Priority) -> u16 {
    u16::from(priority.class >> 3) << 7 | u16::from(priority.rank >> 1)
}

/// How many calls arrived of each level, refused ones too: who is refused now shows what would come if more were admitted.
#[derive(Debug)]
pub(super) struct Arrivals {
    buckets: Box<[u32]>,
    total: u64,
}

impl Default for Arrivals {
    fn default() -> Self {
        Self { buckets: vec![0; BUCKETS.into()].into(), total: 0 }
    }
}

impl Arrivals {
    pub(super) fn count(&mut self, priority: Priority) {
        let counted = &mut self.buckets[usize::from(bucket(priority))];
        *counted = counted.saturating_add(1);
        self.total += 1;
    }

    pub(super) fn total(&self) -> u64 {
        self.total
    }

    pub(super) fn clear(&mut self) {
        if self.total > 0 {
            self.buckets.fill(0);
            self.total = 0;
        }
    }

    /// How many of each bucket.
    pub(super) fn counts(&self) -> &[u32] {
        &self.buckets
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn priority(class: u8, rank: u8) -> Priority {
        Priority { class, rank }
    }

    fn arrivals(counts: &[(u8, u8, u32)]) -> Arrivals {
        let mut arrivals = Arrivals::default();
        for &(class, rank, count) in counts {
            (0..count).for_each(|_| arrivals.count(priority(class, rank)));
        }
        arrivals
    }

    fn level_for(came: &Arrivals, most: f64) -> Level {
        Level::of_most(came.counts().iter().map(|&count| f64::from(count)), most)
    }

    #[test]
    fn what_is_announced_is_the_last_that_is_admitted() {
        for admitted in 1..=BUCKETS {
            let level = Level::of_buckets(admitted);
            let last = level.announced();
            assert!(level.admits(last), "the level that the walk lands on is open");
            let next = u16::from(last.class) << 8 | u16::from(last.rank);
            if let Some(next) = next.checked_add(1) {
                assert!(!level.admits(priority((next >> 8) as u8, next as u8)), "{admitted}");
            }
        }
        assert_eq!(Level::OPEN.announced(), priority(255, 255));
        assert_ne!(
            Level::of_buckets(0).announced(),
            priority(0, 0),
            "which would say that none is announced"
        );
    }

    #[test]
    fn the_walk_starts_with_the_most_important_and_stops_before_what_does_not_fit() {
        let came = arrivals(&[(0, 0, 10), (64, 0, 20), (64, 200, 20), (192, 5, 50)]);
        for (goal, admitted, refused) in [
            (100.0, priority(255, 255), None),
            (99.0, priority(192, 3), Some(priority(192, 5))),
            (50.0, priority(64, 200), Some(priority(192, 5))),
            (49.0, priority(64, 199), Some(priority(64, 200))),
            (30.0, priority(64, 1), Some(priority(64, 200))),
            (10.0, priority(0, 255), Some(priority(64, 0))),
            (0.0, priority(0, 0), Some(priority(64, 0))),
        ] {
            let level = level_for(&came, goal);
            assert!(level.admits(admitted), "{goal}: {admitted:?}");
            assert!(refused.is_none_or(|refused| !level.admits(refused)), "{goal}: {refused:?}");
        }
    }

    #[test]
    fn the_most_important_are_admitted_whatever_the_goal() {
        assert!(level_for(&arrivals(&[(0, 1, 1000)]), 1.0).admits(Priority::CORE));
    }
}
