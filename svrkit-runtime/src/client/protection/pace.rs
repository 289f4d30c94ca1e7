//! How fast a server wishes to be called, for a time. Pure.
//!
//! A bucket of tokens of the client's own, for each endpoint and method that was told so: it fills by the rate that the server named, holds what its
//! burst is, and begins with one call.

use std::time::Duration;

use tokio::time::Instant;

use crate::rate::Rate;

/// The pace of calls to one method of an endpoint.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    /// Calls in a second.
    rate: f64,
    burst: f64,
    tokens: f64,
    at: Instant,
    until: Instant,
}

impl Pace {
    pub(super) fn new(rate: Rate, now: Instant, until: Instant) -> Self {
        let per_second = f64::from(rate.calls()) / rate.per().as_secs_f64();
        Self { rate: per_second, burst: f64::from(rate.burst()), tokens: 1.0, at: now, until }
    }

    /// The same where there was one before: what was left of that is all that there is, so that nobody gains by being told again.
    pub(super) fn after(mut self, before: Option<Self>) -> Self {
        if let Some(mut before) = before.filter(|before| !before.is_over(self.at)) {
            before.fill(self.at);
            self.tokens = before.tokens.min(self.burst);
        }
        self
    }

    /// Calls in a second.
    pub(super) fn per_second(self) -> f64 {
        self.rate
    }

    /// For how long it holds.
    pub(super) fn left(self, now: Instant) -> Duration {
        self.until.saturating_duration_since(now)
    }

    /// Whether the time of it is over.
    pub(super) fn is_over(self, now: Instant) -> bool {
        self.until <= now
    }

    /// For how long no call may go; `None`: one may now.
    pub(super) fn wait(mut self, now: Instant) -> Option<Duration> {
        self.fill(now);
        if self.is_over(now) || self.tokens >= 1.0 {
            return None;
        }
        let next = Duration::from_secs_f64((1.0 - self.tokens) / self.rate);
        Some(next.min(self.until.saturating_duration_since(now)))
    }

    /// Takes a call out. `Err`: none may go for so long.
    pub(super) fn take(&mut self, now: Instant) -> Result<(), Duration> {
        if let Some(wait) = self.wait(now) {
            return Err(wait);
        }
        self.fill(now);
        self.tokens -= 1.0;
        Ok(())
    }

    fn fill(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.at);
        self.at = self.at.max(now);
        self.tokens = (self.tokens + self.rate * passed.as_secs_f64()).min(self.burst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    /// How many of a call each millisecond may go, until so many milliseconds after `now`.
    fn taken(pace: &mut Pace, now: Instant, ms: u32) -> u32 {
        (0..ms).map(|ms| u32::from(pace.take(now + MS * ms).is_ok())).sum()
    }

    #[test]
    fn it_is_the_servers_rate_for_the_time_that_it_named() {
        let now = Instant::now();
        let mut pace = Pace::new(Rate::per_second(20), now, now + MS * 2000);
        let in_time = taken(&mut pace, now, 2000);
        assert!((39..=41).contains(&in_time), "{in_time}");
        assert!(pace.is_over(now + MS * 2000));
        assert_eq!(taken(&mut pace, now + MS * 2000, 100), 100, "then it is over");
    }

    #[test]
    fn who_may_not_call_is_told_when_the_next_one_may_go() {
        let now = Instant::now();
        let mut pace = Pace::new(Rate::per_minute(60), now, now + MS * 10_000);
        assert_eq!(pace.take(now), Ok(()));
        let wait = pace.take(now + MS * 400).unwrap_err();
        assert!((590..=600).contains(&wait.as_millis()), "{wait:?}");
        // At the latest when it is over.
        let mut slow = Pace::new(Rate::per_minute(1), now, now + MS * 10_000);
        assert_eq!(slow.take(now), Ok(()));
        assert_eq!(slow.take(now), Err(MS * 10_000));
    }

    #[test]
    fn being_told_again_gains_nothing_and_a_burst_is_the_most() {
        let now = Instant::now();
        let rate = Rate::per_second(10).with_burst(3);
        let mut pace = Pace::new(rate, now, now + MS * 1000);
        assert_eq!(pace.take(now), Ok(()));
        let mut again = Pace::new(rate, now, now + MS * 60_000).after(Some(pace));
        assert!(again.take(now).is_err());
        let later = now + MS * 5000;
        assert_eq!((0..9).filter(|_| again.take(later).is_ok()).count(), 3);
        let mut anew = Pace::new(rate, later, later + MS * 1000).after(Some(pace));
        assert_eq!(anew.take(later), Ok(()), "the old one was over");
        // A clock that steps back counts as one that stands.
        assert!(anew.take(now).is_err());
    }
}
