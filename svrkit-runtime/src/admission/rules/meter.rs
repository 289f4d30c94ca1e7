//! When a call comes too soon after others: the generic cell rate algorithm, in its form of virtual scheduling (ITU-T I.371, annex A).
//!
//! What is kept is one number, the time at which the next call would come if all had come evenly: each call that is taken moves it by the interval of the rate. Calls may be ahead of
//! it by what the burst has room for. It is a bucket of tokens without anything that fills it, and says for how long to wait.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::rate::Rate;

const SECOND_NS: u64 = 1_000_000_000;

/// A rate as it is metered, in nanoseconds: rates above a million a second are a thousandth too low at most for each of these millions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pacing {
    interval: u64,
    /// So far calls may be ahead.
    ahead: u64,
}

/// A meter for all calls that it is shared by, of a rate that may change. Without one it costs a load.
#[derive(Debug, Default)]
pub(super) struct Meter {
    /// 0: there is no rate.
    interval: AtomicU64,
    ahead: AtomicU64,
    next: AtomicU64,
}

impl Pacing {
    pub(super) fn of(rate: Rate) -> Self {
        let per = rate.per().as_secs() * SECOND_NS;
        let interval = per.div_ceil(u64::from(rate.calls()).max(1));
        Self { interval, ahead: interval.saturating_mul(u64::from(rate.burst()) - 1) }
    }

    /// What becomes of a call that comes at `now`, where `next` is what was kept: what is kept then, or for how long to wait.
    pub(super) fn take(self, next: u64, now: u64) -> Result<u64, Duration> {
        let ahead = next.saturating_sub(now);
        match ahead.checked_sub(self.ahead) {
            None | Some(0) => Ok(next.max(now).saturating_add(self.interval)),
            Some(too_soon) => Err(Duration::from_nanos(too_soon)),
        }
    }
}

impl Meter {
    /// Changes the rate. What has come counts on: by how much calls are ahead.
    pub(super) fn set(&self, rate: Option<Rate>) {
        let pacing = rate.map_or(Pacing { interval: 0, ahead: 0 }, Pacing::of);
        self.ahead.store(pacing.ahead, Ordering::Relaxed);
        self.interval.store(pacing.interval, Ordering::Relaxed);
    }

    pub(super) fn pacing(&self) -> Option<Pacing> {
        let interval = self.interval.load(Ordering::Relaxed);
        (interval > 0).then(|| Pacing { interval, ahead: self.ahead.load(Ordering::Relaxed) })
    }

    /// Takes a call that comes at `now`, in nanoseconds since the server's birth, or says for how long to wait.
    pub(super) fn take(&self, now: u64) -> Result<(), Duration> {
        let Some(pacing) = self.pacing() else { return Ok(()) };
        let mut next = self.next.load(Ordering::Relaxed);
        loop {
            let then = pacing.take(next, now)?;
            match self.next.compare_exchange_weak(next, then, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return Ok(()),
                Err(other) => next = other,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: u64 = 1_000_000;

    /// How many of the calls that come so often for a second are taken.
    fn taken(meter: &Meter, from: u64, every_us: u64) -> usize {
        (0..1_000_000 / every_us).filter(|call| meter.take(from + call * every_us * 1_000).is_ok()).count()
    }

    fn meter(text: &str) -> Meter {
        let meter = Meter::default();
        meter.set(Some(text.parse().unwrap()));
        meter
    }

    #[test]
    fn at_first_a_burst_is_taken_and_then_as_many_as_the_rate_says() {
        for (text, first, later) in [
            ("100/s", 200, 100),
            ("100/s burst 1", 100, 100),
            ("100/s burst 10", 110, 100),
            ("60/min", 2, 1),
            ("60/min burst 5", 6, 1),
        ] {
            let meter = meter(text);
            // The last of the second falls into the next one.
            let seen = taken(&meter, 0, 100);
            assert!((first - 1..=first).contains(&seen), "{text}: {seen} in the first second");
            let seen = taken(&meter, 1_000 * MS, 100);
            assert!((later..=later + 1).contains(&seen), "{text}: {seen} in the next");
        }
    }

    #[test]
    fn who_is_refused_is_told_when_there_is_room_and_has_it_then_and_not_before() {
        let meter = meter("10/s burst 2");
        assert_eq!([meter.take(0), meter.take(0)], [Ok(()), Ok(())]);
        assert_eq!(meter.take(0), Err(Duration::from_millis(100)));
        assert_eq!(meter.take(40 * MS), Err(Duration::from_millis(60)), "a refusal costs nothing");
        assert_eq!(meter.take(100 * MS - 1), Err(Duration::from_nanos(1)));
        assert_eq!(meter.take(100 * MS), Ok(()));
        assert!(meter.take(100 * MS).is_err());
    }

    #[test]
    fn a_pause_gives_back_a_burst_and_no_more() {
        let meter = meter("10/s burst 3");
        let burst = |at| (0..10).filter(|_| meter.take(at).is_ok()).count();
        assert_eq!(burst(0), 3);
        assert_eq!(burst(200 * MS), 2);
        assert_eq!(burst(3_600_000 * MS), 3);
    }

    #[test]
    fn a_rate_that_is_changed_holds_at_once_and_one_that_is_lifted_no_more() {
        let meter = meter("1/min");
        assert!(meter.take(0).is_ok());
        assert!(meter.take(1_000 * MS).is_err());
        meter.set(None);
        assert_eq!(taken(&meter, 0, 100), 10_000);
        meter.set(Some(Rate::per_second(100)));
        assert!(taken(&meter, 60_000 * MS, 100) <= 200);
    }

    #[test]
    fn the_highest_rate_and_the_largest_burst_are_metered() {
        let all = meter("1000000000/s burst 1000000000");
        assert_eq!(taken(&all, 0, 1), 1_000_000);
        let slow = meter("1/min burst 1000000000");
        assert_eq!(taken(&slow, 0, 1), 1_000_000);
        assert_eq!(slow.take(u64::MAX), Ok(()));
    }
}
