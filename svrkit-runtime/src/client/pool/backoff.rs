//! How long an endpoint that could not be connected to is left alone.

use std::time::Duration;

use crate::limits::Limits;
use crate::random;

/// The longest wait after the `failures`th failure in a row: `client.backoff.min`, twice that after the next, and so on up
/// to `client.backoff.max`.
fn ceiling(failures: u32, limits: &Limits) -> Duration {
    let doublings = failures.saturating_sub(1).min(31);
    limits.client_backoff_min.saturating_mul(1 << doublings).min(limits.client_backoff_max)
}

/// The wait after the `failures`th failure in a row: any part of the longest one. Full jitter (Brooker: Exponential Backoff
/// And Jitter, AWS 2015): clients that have lost one server at one moment come back spread over the whole of it.
pub(super) fn wait(failures: u32, limits: &Limits) -> Duration {
    random::part_of(ceiling(failures, limits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_wait_doubles_up_to_its_limit() {
        let limits = Limits::default();
        let waits =
            [1, 2, 3, 10, 11, 32, 33, u32::MAX].map(|failures| ceiling(failures, &limits).as_millis());
        assert_eq!(waits, [100, 200, 400, 51_200, 60_000, 60_000, 60_000, 60_000]);
        let limits =
            Limits { client_backoff_min: Duration::MAX, client_backoff_max: Duration::MAX, ..limits };
        assert_eq!(ceiling(9, &limits), Duration::MAX);
    }

    #[test]
    fn waits_are_spread_over_all_of_the_longest() {
        let limits = Limits::default();
        let waits: Vec<u128> = (0..1000).map(|_| wait(20, &limits).as_millis()).collect();
        assert!(waits.iter().all(|wait| *wait <= 60_000));
        for quarter in 0..4 {
            let range = quarter * 15_000..(quarter + 1) * 15_000;
            assert!(waits.iter().any(|wait| range.contains(wait)), "none in {range:?}");
        }
    }
}
