//! What was counted in the last ten seconds, second by second. Pure: the caller says what time it is.

use std::time::Duration;

use tokio::time::Instant;

/// How many seconds are kept.
const SECONDS: u64 = 10;

/// Counts of the last ten seconds, the present one included.
#[derive(Clone, Debug)]
pub(super) struct Window {
    began: Instant,
    /// When something was counted last, since it began.
    at: Duration,
    seconds: [Second; SECONDS as usize],
}

#[derive(Clone, Copy, Debug, Default)]
struct Second {
    all: f64,
    faults: u32,
}

/// What was counted in the window.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Totals {
    /// Whatever there was, faults included.
    pub(super) all: f64,
    pub(super) faults: f64,
    /// Seconds with a fault.
    pub(super) faulty_seconds: usize,
}

impl Window {
    pub(super) fn new(now: Instant) -> Self {
        Self { began: now, at: Duration::ZERO, seconds: Default::default() }
    }

    /// Counts what came until `now` since the last time: `all` spread evenly over that time, for nobody has noted when, and `faults` of them now.
    pub(super) fn note(&mut self, now: Instant, all: u64, faults: u32) {
        // A clock that steps back counts as one that stands.
        let now = now.saturating_duration_since(self.began).max(self.at);
        let (first, last) = (self.at.as_secs(), now.as_secs());
        for second in (first + 1..=last).rev().take(SECONDS as usize) {
            self.seconds[slot(second)] = Second::default();
        }
        let passed = (now - self.at).as_secs_f64();
        for second in first.max(last.saturating_sub(SECONDS - 1))..=last {
            let begin = self.at.max(Duration::from_secs(second));
            let end = now.min(Duration::from_secs(second + 1));
            let part = if passed == 0.0 { 1.0 } else { end.saturating_sub(begin).as_secs_f64() / passed };
            self.seconds[slot(second)].all += all as f64 * part;
        }
        let second = &mut self.seconds[slot(last)];
        second.faults = second.faults.saturating_add(faults);
        self.at = now;
    }

    pub(super) fn totals(&self) -> Totals {
        self.seconds.iter().fold(Totals::default(), |totals, second| Totals {
            all: totals.all + second.all,
            faults: totals.faults + f64::from(second.faults),
            faulty_seconds: totals.faulty_seconds + usize::from(second.faults > 0),
        })
    }
}

impl Totals {
    /// Those of both.
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            all: self.all + other.all,
            faults: self.faults + other.faults,
            faulty_seconds: self.faulty_seconds.max(other.faulty_seconds),
        }
    }

    /// The share of faults; none where nothing is known.
    pub(super) fn fault_share(self) -> f64 {
        if self.all > 0.0 { (self.faults / self.all).min(1.0) } else { 0.0 }
    }
}

fn slot(second: u64) -> usize {
    (second % SECONDS) as usize
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Notes as (ms, all, faults), and what the window holds after them: all, faults, seconds with a fault.
    #[track_caller]
    fn check(notes: &[(u64, u64, u32)], expected: (f64, f64, usize)) {
        let began = Instant::now();
        let mut window = Window::new(began);
        for (ms, all, faults) in notes {
            window.note(began + Duration::from_millis(*ms), *all, *faults);
        }
        let totals = window.totals();
        let found = ((totals.all * 1000.0).round() / 1000.0, totals.faults, totals.faulty_seconds);
        assert_eq!(found, expected, "{notes:?}");
    }

    #[test]
    fn it_holds_ten_seconds() {
        check(&[(0, 5, 1)], (5.0, 1.0, 1));
        check(&[(0, 5, 1), (500, 5, 1), (1500, 3, 1)], (13.0, 3.0, 2));
        check(&[(0, 5, 1), (9999, 0, 0)], (5.0, 1.0, 1));
        check(&[(0, 5, 1), (10_000, 0, 0)], (0.0, 0.0, 0));
        check(&[(0, 5, 1), (10_000_000, 0, 2)], (0.0, 2.0, 1));
    }

    #[test]
    fn what_was_not_noted_came_evenly() {
        // A thousand within a hundred seconds: ninety-five of them in the last nine and a half.
        check(&[(500, 0, 0), (100_500, 1000, 1)], (95.0, 1.0, 1));
    }

    proptest! {
        #[test]
        fn nothing_is_counted_twice(notes in prop::collection::vec((0..30_000_u64, 0..100_u64, 0..5_u32), 0..50)) {
            let began = Instant::now();
            let mut window = Window::new(began);
            let (mut now, mut all, mut faults) = (began, 0, 0);
            for (ms, more, more_faults) in notes {
                now += Duration::from_millis(ms);
                (all, faults) = (all + more, faults + more_faults);
                window.note(now, more, more_faults);
                let totals = window.totals();
                prop_assert!(totals.all <= all as f64 + 1e-6 && totals.faults <= f64::from(faults));
                prop_assert!(totals.faulty_seconds <= 10);
            }
        }
    }
}
