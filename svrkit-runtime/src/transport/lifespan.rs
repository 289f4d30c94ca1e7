//! How long a connection stays in use, the same for both ends.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use crate::deadline::{after, instant_after};
use crate::limits::Limits;
use crate::random;

/// When a connection was last heard of: a store for each read, no look at the clock.
#[derive(Debug)]
pub(crate) struct Activity {
    born: Instant,
    /// Nanoseconds since its birth.
    last: AtomicU64,
}

impl Activity {
    pub(crate) fn new() -> Self {
        Self { born: Instant::now(), last: AtomicU64::new(0) }
    }

    /// When it began.
    pub(crate) fn born(&self) -> Instant {
        self.born
    }

    pub(crate) fn note(&self, at: Instant) {
        let since = at.saturating_duration_since(self.born).as_nanos();
        let since = u64::try_from(since).unwrap_or(u64::MAX);
        // Callers of oneway calls note it as well, and may come late.
        if since > self.last.load(Ordering::Relaxed) {
            self.last.store(since, Ordering::Relaxed);
        }
    }

    pub(crate) fn last(&self) -> Instant {
        let since = Duration::from_nanos(self.last.load(Ordering::Relaxed));
        self.born.checked_add(since).unwrap_or(self.born)
    }
}

/// When a connection has been used long enough (`connection.age`) or not used for too long (`connection.idle`). Pure: it is
/// told the time.
#[derive(Debug)]
pub(crate) struct Lifespan {
    idle: Duration,
    /// When it has reached its age.
    end: Instant,
    /// When to look again.
    next: Instant,
}

/// What is to be done with a connection.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Nothing before [`Lifespan::next`].
    Stay,
    /// It has not been used for `connection.idle`.
    Idle,
    /// It has reached `connection.age`.
    Aged,
}

impl Lifespan {
    /// Of a connection that begins now. Its age is a tenth more or less than the limit, so that connections that were opened
    /// together do not end together.
    pub(crate) fn begin(limits: &Limits) -> Self {
        let end = instant_after(random::around(limits.connection_age));
        Self { idle: limits.connection_idle, end, next: end.min(instant_after(limits.connection_idle)) }
    }

    pub(crate) fn next(&self) -> Instant {
        self.next
    }

    /// Judges at `now` a connection that was last heard of at `active`; `busy`: a call is in flight.
    pub(crate) fn look(&mut self, now: Instant, busy: bool, active: Instant) -> Verdict {
        if now >= self.end {
            return Verdict::Aged;
        }
        let since = if busy { now } else { active };
        // What no clock can hold is after its end.
        let idle_end = since.checked_add(self.idle).unwrap_or(self.end);
        if now >= idle_end {
            return Verdict::Idle;
        }
        self.next = idle_end.min(self.end);
        Verdict::Stay
    }

    /// Lets it live for `wait` from `now` on.
    pub(crate) fn prolong(&mut self, now: Instant, wait: Duration) {
        self.end = after(now, wait);
        self.next = self.end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(idle: u64, age: u64) -> Limits {
        Limits {
            connection_idle: Duration::from_secs(idle),
            connection_age: Duration::from_secs(age),
            ..Limits::default()
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_is_idle_at_the_limit_and_not_before() {
        let born = Instant::now();
        let at = |seconds| born + Duration::from_secs(seconds);
        let mut lifespan = Lifespan::begin(&limits(600, 100_000));
        assert_eq!(lifespan.next(), at(600));
        // Heard of at 50: it is looked at again when that was long enough ago.
        assert_eq!((lifespan.look(at(600), false, at(50)), lifespan.next()), (Verdict::Stay, at(650)));
        // In use: for as long as it is.
        assert_eq!((lifespan.look(at(650), true, at(50)), lifespan.next()), (Verdict::Stay, at(1250)));
        let almost = at(1250) - Duration::from_millis(1);
        assert_eq!(lifespan.look(almost, false, at(650)), Verdict::Stay);
        assert_eq!(lifespan.look(at(1250), false, at(650)), Verdict::Idle);
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_ends_at_its_age_a_tenth_more_or_less_busy_or_not() {
        let born = Instant::now();
        let mut ends = std::collections::BTreeSet::new();
        for _ in 0..100 {
            let mut lifespan = Lifespan::begin(&limits(10_000, 1000));
            let end = lifespan.next();
            assert!(end >= born + Duration::from_secs(900) && end <= born + Duration::from_secs(1100));
            assert_eq!(lifespan.look(end - Duration::from_millis(1), true, end), Verdict::Stay);
            assert_eq!(lifespan.next(), end);
            assert_eq!(lifespan.look(end, true, end), Verdict::Aged);
            lifespan.prolong(end, Duration::from_secs(60));
            assert_eq!(lifespan.next(), end + Duration::from_secs(60));
            assert_eq!(lifespan.look(end, true, end), Verdict::Stay);
            ends.insert(end);
        }
        assert!(ends.len() > 1, "they do not all end together");
    }

    #[tokio::test(start_paused = true)]
    async fn a_limit_beyond_any_clock_is_never_reached() {
        let limits =
            Limits { connection_idle: Duration::MAX, connection_age: Duration::MAX, ..Limits::default() };
        let mut lifespan = Lifespan::begin(&limits);
        let now = Instant::now();
        let later = now + Duration::from_secs(1 << 30);
        assert_eq!(lifespan.look(later, false, now), Verdict::Stay);
        lifespan.prolong(now, Duration::MAX);
        assert_eq!(lifespan.look(later, false, now), Verdict::Stay);
    }

    #[tokio::test(start_paused = true)]
    async fn activity_is_what_was_noted_last() {
        let activity = Activity::new();
        assert_eq!(activity.last(), Instant::now());
        tokio::time::advance(Duration::from_secs(7)).await;
        activity.note(Instant::now());
        assert_eq!(activity.last(), Instant::now());
    }
}
