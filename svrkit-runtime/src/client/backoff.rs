//! How long is waited after failures: before an endpoint is connected to again, or a request is sent again.

use std::time::Duration;

use crate::random;

/// The longest waits: after the first failure, and after any number of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Backoff {
    pub(super) min: Duration,
    pub(super) max: Duration,
}

impl Backoff {
    /// The longest wait after the `failures`th failure in a row: `min`, twice that after the next, and so on up to `max`.
    pub(super) fn ceiling(self, failures: u32) -> Duration {
        let doublings = failures.saturating_sub(1).min(31);
        self.min.saturating_mul(1 << doublings).min(self.max)
    }

    /// The wait after the `failures`th failure in a row: any part of the longest one. Full jitter (Brooker: Exponential Backoff
    /// And Jitter, AWS 2015): clients that have lost one server at one moment come back spread over the whole of it.
    pub(super) fn wait(self, failures: u32) -> Duration {
        random::part_of(self.ceiling(failures))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BACKOFF: Backoff = Backoff { min: Duration::from_millis(100), max: Duration::from_secs(60) };

    #[test]
    fn the_longest_wait_doubles_up_to_its_limit() {
        let waits = [1, 2, 3, 10, 11, 32, 33, u32::MAX].map(|failures| BACKOFF.ceiling(failures).as_millis());
        assert_eq!(waits, [100, 200, 400, 51_200, 60_000, 60_000, 60_000, 60_000]);
        let endless = Backoff { min: Duration::MAX, max: Duration::MAX };
        assert_eq!(endless.ceiling(9), Duration::MAX);
    }

    #[test]
    fn waits_are_spread_over_all_of_the_longest() {
        let waits: Vec<u128> = (0..1000).map(|_| BACKOFF.wait(20).as_millis()).collect();
        assert!(waits.iter().all(|wait| *wait <= 60_000));
        for quarter in 0..4 {
            let range = quarter * 15_000..(quarter + 1) * 15_000;
            assert!(waits.iter().any(|wait| range.contains(wait)), "none in {range:?}");
        }
    }
}
