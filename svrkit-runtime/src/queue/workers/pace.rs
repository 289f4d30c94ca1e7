//! No more jobs than the rate says.

use std::time::Duration;

use tokio::time::Instant;

use crate::rate::Rate;

/// When the next job may begin: the generic cell rate algorithm (ITU-T I.371, annex A) as a virtual schedule.
#[derive(Debug)]
pub(super) struct Pace {
    /// Between two jobs in the long run.
    interval: Duration,
    /// So far may the schedule be behind.
    slack: Duration,
    /// When the next one is scheduled.
    scheduled: Instant,
}

impl Pace {
    pub(super) fn new(rate: Rate, now: Instant) -> Self {
        let interval = rate.per() / rate.calls();
        let slack = interval.saturating_mul(rate.burst() - 1);
        Self { interval, slack, scheduled: now.checked_sub(slack).unwrap_or(now) }
    }

    /// When the next one may begin.
    pub(super) fn next(&self) -> Instant {
        self.scheduled
    }

    /// How many may begin now.
    pub(super) fn ready(&self, now: Instant) -> usize {
        let Some(behind) = now.checked_duration_since(self.scheduled) else { return 0 };
        let more = behind.min(self.slack).as_nanos() / self.interval.as_nanos().max(1);
        usize::try_from(more).unwrap_or(usize::MAX).saturating_add(1)
    }

    /// One begins.
    pub(super) fn begin(&mut self, now: Instant) {
        let earliest = now.checked_sub(self.slack).unwrap_or(now);
        self.scheduled = self.scheduled.max(earliest) + self.interval;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many may begin until then, if each does as soon as it may.
    fn begun(pace: &mut Pace, from: Instant, until: Instant) -> usize {
        std::iter::from_fn(|| {
            let now = pace.next().max(from);
            (now <= until).then(|| {
                assert!(pace.ready(now) > 0);
                pace.begin(now);
            })
        })
        .count()
    }

    #[test]
    fn a_burst_and_then_the_rate() {
        let born = Instant::now() + Duration::from_secs(1000);
        let at = |ms| born + Duration::from_millis(ms);
        let mut pace = Pace::new(Rate::per_second(10).with_burst(3), born);
        assert_eq!((pace.ready(at(0)), pace.ready(at(60_000))), (3, 3));
        assert_eq!(begun(&mut pace, at(0), at(0)), 3);
        assert_eq!(begun(&mut pace, at(0), at(1_000)), 10);
        assert_eq!(begun(&mut pace, at(60_000), at(60_000)), 3, "no more than a burst is saved up");
        assert_eq!((pace.ready(at(60_000)), pace.ready(at(60_100)), pace.ready(at(60_200))), (0, 1, 2));
        assert_eq!(begun(&mut pace, at(60_000), at(60_999)), 9);
    }

    #[test]
    fn one_after_the_other_where_the_burst_is_one() {
        let born = Instant::now() + Duration::from_secs(1000);
        let mut pace = Pace::new(Rate::per_minute(30), born);
        assert_eq!(begun(&mut pace, born, born + Duration::from_secs(60)), 31);
    }
}
