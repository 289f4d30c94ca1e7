//! Whether handlers are started where their requests were read, or each on a task of its own.
//!
//! A handler that is ready at once needs no task, and a task costs more than all else that a small call needs. One that
//! computes for long keeps its connection from being read, and idle threads from helping: so it is watched how long calls take
//! where they were read. Time is handed in.

use std::time::Duration;

use tokio::time::Instant;

/// What a batch of calls may take and count as fast: so much, and so much more for each call.
const BATCH: Duration = Duration::from_micros(100);
const CALL: Duration = Duration::from_micros(10);

/// A slow batch counts as much as so many fast ones: slow calls among fast ones are found as well, and a moment in which the
/// system ran something else makes no difference.
const SLOW: u32 = 16;

/// With as much, calls get tasks of their own for a while.
const TOO_SLOW: u32 = 3 * SLOW;

/// Until it is tried again: so long at first, and twice as long whenever it was in vain.
const REST: Duration = Duration::from_secs(1);

/// At most so long.
const REST_MAX: Duration = Duration::from_secs(64);

/// Within a batch it is looked at the clock after the first calls and then after so many.
const LOOK_EVERY: u32 = 16;

/// How fast the calls of one connection are.
#[derive(Debug)]
pub(super) struct Pace {
    /// How slow its batches were, the last ones most.
    slowness: u32,
    /// Until then calls get tasks of their own.
    rests_until: Option<Instant>,
    /// How long it rests the next time.
    rest: Duration,
    /// Calls of this batch that were started at once.
    started: u32,
    /// When this batch began.
    began: Option<Instant>,
}

impl Default for Pace {
    fn default() -> Self {
        Self { slowness: 0, rests_until: None, rest: REST, started: 0, began: None }
    }
}

impl Pace {
    /// A batch begins: what was read, or what was left of it when there was no room for more answers.
    pub(super) fn begin_batch(&mut self, now: Instant) {
        (self.began, self.started) = (Some(now), 0);
    }

    /// Whether the next call of the batch may be started at once.
    pub(super) fn allows(&mut self, now: impl FnOnce() -> Instant) -> bool {
        let Some(began) = self.began else { return false };
        if self.rests_until.is_some_and(|until| began < until) {
            return false;
        }
        let is_time_to_look = self.started.is_power_of_two() || self.started.is_multiple_of(LOOK_EVERY);
        if self.started > 0 && is_time_to_look && now() - began > self.allowance() {
            return false;
        }
        self.started += 1;
        true
    }

    /// A batch is over.
    pub(super) fn end_batch(&mut self, now: Instant) {
        let Some(began) = self.began.take().filter(|_| self.started > 0) else { return };
        if now - began <= self.allowance() {
            self.slowness = self.slowness.saturating_sub(1);
            if self.slowness == 0 {
                self.rest = REST;
            }
            return;
        }
        self.slowness += SLOW;
        if self.slowness >= TOO_SLOW {
            self.rests_until = Some(now + self.rest);
            self.rest = (self.rest * 2).min(REST_MAX);
            // Once more as slow, and it rests again.
            self.slowness = TOO_SLOW - SLOW;
        }
    }

    fn allowance(&self) -> Duration {
        BATCH + CALL * self.started
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads batches of `calls` that take `each`, and says how many calls of the last one were started at once.
    struct Reader {
        pace: Pace,
        now: Instant,
    }

    impl Reader {
        fn new() -> Self {
            Self { pace: Pace::default(), now: Instant::now() }
        }

        fn read(&mut self, calls: u32, each: Duration) -> u32 {
            self.now += Duration::from_micros(10);
            self.pace.begin_batch(self.now);
            let mut at_once = 0;
            for _ in 0..calls {
                if self.pace.allows(|| self.now) {
                    at_once += 1;
                    self.now += each;
                }
            }
            self.pace.end_batch(self.now);
            at_once
        }
    }

    const FAST: Duration = Duration::from_micros(1);
    const LONG: Duration = Duration::from_millis(1);

    #[test]
    fn fast_calls_are_started_at_once_however_many_come() {
        let mut reader = Reader::new();
        for calls in [1, 7, 64, 500, 1] {
            assert_eq!(reader.read(calls, FAST), calls);
        }
    }

    #[test]
    fn the_first_long_call_of_a_batch_is_the_last_that_is_started_at_once() {
        assert_eq!(Reader::new().read(500, LONG), 1);
    }

    #[test]
    fn where_calls_are_long_they_get_tasks_of_their_own_and_a_second_later_one_is_tried() {
        let mut reader = Reader::new();
        let at_once: Vec<u32> = (0..5).map(|_| reader.read(1, LONG)).collect();
        assert_eq!(at_once, [1, 1, 1, 0, 0]);
        reader.now += REST;
        assert_eq!((reader.read(1, LONG), reader.read(1, LONG)), (1, 0));
        for rest in [2, 4, 8, 16, 32, 64, 64] {
            reader.now += Duration::from_secs(rest) / 2;
            assert_eq!(reader.read(1, LONG), 0, "it rests longer each time: {rest} s");
            reader.now += Duration::from_secs(rest) / 2;
            assert_eq!(reader.read(1, LONG), 1);
        }
        reader.now += REST_MAX;
        for _ in 0..100 {
            assert_eq!(reader.read(8, FAST), 8, "they have become fast");
        }
    }

    #[test]
    fn a_moment_in_which_something_else_ran_makes_no_difference() {
        let mut reader = Reader::new();
        for round in 0..1000 {
            let each = if round % 20 == 0 { LONG } else { FAST };
            assert_eq!(reader.read(1, each), 1);
        }
        // But one batch of ten does.
        let at_once: u32 =
            (0..1000).map(|round| reader.read(1, if round % 10 == 0 { LONG } else { FAST })).sum();
        assert!(at_once < 500, "{at_once}");
    }
}
