//! How long a job that has failed waits before it is tried again.

use std::time::Duration;

use crate::random;

/// Twice as long each time, up to a bound, and of that a part by chance: what failed together is not tried together again. As "full jitter" in Brooker:
/// Exponential Backoff and Jitter, 2015.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Backoff {
    pub(super) first: Duration,
    pub(super) max: Duration,
}

impl Backoff {
    /// How long at most after so many attempts.
    fn bound(self, attempts: u32) -> Duration {
        let doublings = attempts.saturating_sub(1);
        let factor = 1_u32.checked_shl(doublings).unwrap_or(u32::MAX);
        self.first.checked_mul(factor).unwrap_or(self.max).min(self.max)
    }

    pub(super) fn after(self, attempts: u32) -> Duration {
        random::part_of(self.bound(attempts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_doubles_up_to_its_bound() {
        let backoff = Backoff { first: Duration::from_secs(1), max: Duration::from_secs(60) };
        for (attempts, seconds) in
            [(0, 1), (1, 1), (2, 2), (3, 4), (6, 32), (7, 60), (32, 60), (33, 60), (u32::MAX, 60)]
        {
            assert_eq!(backoff.bound(attempts), Duration::from_secs(seconds), "{attempts} attempts");
            assert!(backoff.after(attempts) <= backoff.bound(attempts));
        }
    }
}
