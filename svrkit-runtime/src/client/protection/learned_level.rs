//! What a server said of whom it admits, and until when that counts. Pure.
//!
//! Answers and refusals carry the admission level of the server. What it would refuse is refused here, before it is sent; one of [`PROBES`] goes
//! all the same. A level that was not heard for [`LIFETIME`] counts no more: whoever sends nothing hears nothing.

use std::time::Duration;

use tokio::time::Instant;

use crate::priority::Priority;

/// For how long a level counts.
pub(super) const LIFETIME: Duration = Duration::from_secs(1);

/// One of so many calls that would be refused is sent, to hear whether it still would.
const PROBES: u64 = 64;

/// The level that admits all.
const ALL: Priority = Priority { class: u8::MAX, rank: u8::MAX };

/// The level of one who says none: nobody admits fewer than the most important.
const NONE: Priority = Priority { class: 0, rank: 0 };

/// A level that was announced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LearnedLevel {
    pub(super) level: Priority,
    heard: Instant,
}

impl LearnedLevel {
    /// What an answer says; `None`: nothing of it, or that all are admitted.
    pub(super) fn of(level: Priority, heard: Instant) -> Option<Self> {
        (level != ALL && level != NONE).then_some(Self { level, heard })
    }

    /// For how long it still counts; `None`: it does not.
    pub(super) fn left(self, now: Instant) -> Option<Duration> {
        let left = LIFETIME.saturating_sub(now.saturating_duration_since(self.heard));
        (!left.is_zero()).then_some(left)
    }

    /// Whether a call of this priority would be refused.
    pub(super) fn shuts_out(self, priority: Priority, now: Instant) -> bool {
        self.level < priority && self.left(now).is_some()
    }
}

/// Whether a call that would be refused is sent all the same.
pub(super) fn is_probe(random: u64) -> bool {
    random.is_multiple_of(PROBES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_less_important_than_the_level_is_shut_out_for_a_second() {
        let now = Instant::now();
        let level = LearnedLevel::of(Priority { class: 128, rank: 9 }, now).unwrap();
        for (class, rank, expected) in
            [(0, 0, false), (128, 9, false), (128, 10, true), (127, 255, false), (129, 0, true)]
        {
            assert_eq!(level.shuts_out(Priority { class, rank }, now), expected, "{class}, {rank}");
        }
        let after = |ms| level.shuts_out(Priority::LOSSY, now + Duration::from_millis(ms));
        assert_eq!((after(999), after(1000), after(100_000)), (true, false, false));
        assert_eq!(level.left(now + Duration::from_millis(400)), Some(Duration::from_millis(600)));
    }

    #[test]
    fn all_and_nothing_are_no_levels() {
        let now = Instant::now();
        assert_eq!((LearnedLevel::of(ALL, now), LearnedLevel::of(NONE, now)), (None, None));
        // Who admits the most important alone says so by the rank.
        let level = LearnedLevel::of(Priority { class: 0, rank: 1 }, now).unwrap();
        assert!(level.shuts_out(Priority { class: 0, rank: 2 }, now));
    }

    #[test]
    fn a_small_share_probes() {
        let probes = (0..64_000_u64).filter(|random| is_probe(crate::random::mix(*random))).count();
        assert!((800..1200).contains(&probes), "{probes} of 64,000");
    }
}
