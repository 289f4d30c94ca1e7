//! How many handlers may be under way at once, learned: so many that the threads are busy, and no more.
//!
//! Calls that have been started wait for a thread, or for what handlers wait for, where nobody sees them and nobody can refuse them; so they are to wait in
//! the queue instead. There is no limit at first. From [`NOTICE`] handlers a thread on it is looked at how they do:
//!
//! - *late* (more than [`LATE`] from when they were let go to their first turn): there are more than the threads can bear. The limit becomes
//!   that share of them which would not be late, for lateness grows with the number of those before.
//! - *too late*: the time of more of them was over than came to their ends, so what they wait for has no room for so many. The limit becomes half of
//!   them: all that wait have the same chance, none, as each has waited for nearly all of its time when its turn comes.
//! - *in time, and over within a second*: they wait for something else, which may have room for so many. The limit is set to those that
//!   there are, and while three quarters of it bring [`KEPT`] of the ends still, it comes down. When calls wait for it later, twice
//!   as many are tried; if not [`GAIN`] times as many calls end, it goes back, and down as before. Where neither helps it rests, twice as long each time.
//! - *in time, and longer than that*: what they wait for is somebody else's word, and there may be as many as like.
//!
//! Tried instead: the gradient of the handlers' time against the shortest seen (Netflix's concurrency-limits). When slow methods follow fast ones it takes
//! the difference for a queue, and closes down to its floor until the shortest time is forgotten.

use std::time::Duration;

use tokio::time::Instant;

/// A handler that starts so much after it was let go has waited for a thread.
const LATE: Duration = Duration::from_millis(5);

/// Twice as many at once are to bring so many times the ends at least.
const GAIN: f64 = 1.1;

/// Fewer at once are to bring that share of the ends still.
const KEPT: f64 = 0.92;

/// A change takes effect in so long, and is judged by the ends of as much again.
const SETTLES: Duration = Duration::from_millis(150);

/// Over so long ends are smoothed otherwise.
const SMOOTHING_S: f64 = 0.2;

/// In vain, it is tried again after so long at first, and at last.
const REST: Duration = Duration::from_secs(1);
const REST_MAX: Duration = Duration::from_secs(64);

/// From so many for each thread on it is looked at how they do.
const NOTICE: u32 = 64;

/// What is left where most are too late.
const HALF: f64 = 0.5;

/// Handlers that take longer wait for somebody else's word.
const LONG_S: f64 = 1.0;

/// How many handlers may be under way.
#[derive(Debug)]
pub(super) struct Limit {
    now: u32,
    floor: u32,
    ceiling: u32,
    notice: u32,
    /// Of late, those that came to their ends in a second, and all that were over.
    per_s: Rate,
    over_per_s: Rate,
    trial: Option<Trial>,
    /// Until then it is not raised.
    rests_until: Option<Instant>,
    rest: Duration,
}

/// A limit that was changed, and is to show what that is good for.
#[derive(Debug)]
struct Trial {
    since: Instant,
    direction: Direction,
    before: u32,
    per_s_before: f64,
    /// What ended since it has taken effect, in what time.
    ended: u64,
    time: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Direction {
    Up,
    Down,
}

/// Events in a second, smoothed; `None`: none was seen.
#[derive(Debug, Default)]
struct Rate(Option<f64>);

/// What happened in a window.
#[derive(Clone, Copy, Debug)]
pub(super) struct Turns {
    /// How late the handlers got their first turns, on average; `None`: none was let go.
    pub(super) lateness: Option<Duration>,
    /// How many are under way.
    pub(super) running: u32,
    /// Whether calls wait.
    pub(super) is_reached: bool,
    /// How many came to their ends, how many their time came before, in what time.
    pub(super) ended: u64,
    pub(super) too_late: u64,
    pub(super) time: Duration,
}

impl Limit {
    /// One for so many threads; at most `ceiling`, which wins.
    pub(super) fn new(threads: u32, ceiling: u32) -> Self {
        let ceiling = ceiling.max(1);
        let floor = threads.clamp(1, ceiling);
        let notice = floor.saturating_mul(NOTICE).min(ceiling);
        let (per_s, over_per_s) = (Rate::default(), Rate::default());
        let (trial, rests_until, rest) = (None, None, REST);
        Self { now: ceiling, floor, ceiling, notice, per_s, over_per_s, trial, rests_until, rest }
    }

    pub(super) fn get(&self) -> u32 {
        self.now
    }

    /// From so many on it is to be looked at how they do.
    pub(super) fn notice(&self) -> u32 {
        self.now.min(self.notice)
    }

    /// Learns from a window that ends now.
    pub(super) fn learn(&mut self, now: Instant, turns: Turns) {
        let per_s = self.per_s.learn(turns.ended, turns.time);
        let over_per_s = self.over_per_s.learn(turns.ended + turns.too_late, turns.time);
        if let Some(lateness) = turns.lateness.filter(|lateness| *lateness > LATE) {
            self.cut(now, turns.running, LATE.as_secs_f64() / lateness.as_secs_f64());
        } else if over_per_s * LONG_S < f64::from(turns.running) {
            // By Little's law a handler takes as long as so many of them need to end.
            self.trial = None;
            if turns.is_reached {
                self.now = self.now.saturating_mul(2).min(self.ceiling);
            }
        } else if turns.too_late > turns.ended {
            self.cut(now, turns.running, HALF);
        } else if let Some(trial) = &mut self.trial {
            trial.learn(now, &turns);
            if let Some(trial) = self.trial.take_if(|trial| trial.time >= SETTLES) {
                self.judge(now, &trial, turns.is_reached);
            }
        } else if self.rests_until.is_none_or(|until| until <= now) {
            if turns.is_reached {
                self.attempt(now, per_s, Direction::Up);
            } else if self.now == self.ceiling && turns.running > self.notice {
                self.now = turns.running;
                self.attempt(now, per_s, Direction::Down);
            }
        }
    }

    /// Lets a share of those under way be under way.
    fn cut(&mut self, now: Instant, running: u32, share: f64) {
        // Those that are late now were let go under a higher limit, until it has taken effect.
        if running <= self.now {
            self.now = ((f64::from(running) * share) as u32).clamp(self.floor, self.now);
        }
        (self.trial, self.rests_until) = (None, Some(now + REST));
    }

    fn judge(&mut self, now: Instant, trial: &Trial, is_reached: bool) {
        let per_s = trial.ended as f64 / trial.time.as_secs_f64();
        // What it began with may have been seen while the load still grew.
        let most = per_s.max(trial.per_s_before);
        match trial.direction {
            _ if !is_reached => {
                // The load has gone, and shows nothing.
                self.now = self.now.max(trial.before);
            }
            Direction::Up if per_s >= GAIN * trial.per_s_before => {
                self.rest = REST;
                self.attempt(now, per_s, Direction::Up);
            }
            Direction::Up => {
                self.now = trial.before;
                self.attempt(now, most, Direction::Down);
            }
            // Beside the same as before: by small steps it would go down without an end.
            Direction::Down if per_s >= KEPT * trial.per_s_before => {
                self.attempt(now, most, Direction::Down);
            }
            Direction::Down => {
                self.now = trial.before;
                self.take_a_rest(now);
            }
        }
    }

    fn attempt(&mut self, now: Instant, per_s: f64, direction: Direction) {
        let before = self.now;
        self.now = match direction {
            Direction::Up => self.now.saturating_mul(2).min(self.ceiling),
            Direction::Down => (self.now - self.now / 4).max(self.floor),
        };
        if self.now == before {
            return self.take_a_rest(now);
        }
        self.trial = Some(Trial {
            since: now,
            direction,
            before,
            per_s_before: per_s,
            ended: 0,
            time: Duration::ZERO,
        });
    }

    fn take_a_rest(&mut self, now: Instant) {
        self.rests_until = Some(now + self.rest);
        self.rest = (self.rest * 2).min(REST_MAX);
    }
}

impl Rate {
    /// Learns of so many in a time, and says how many a second there are of late.
    fn learn(&mut self, count: u64, time: Duration) -> f64 {
        let time = time.as_secs_f64().max(1e-9);
        let rate = count as f64 / time;
        let weight = 1.0 - (-time / SMOOTHING_S).exp();
        let smooth = self.0.map_or(rate, |known| known + weight * (rate - known));
        self.0 = (smooth > 0.0).then_some(smooth);
        smooth
    }
}

impl Trial {
    fn learn(&mut self, now: Instant, turns: &Turns) {
        if now.saturating_duration_since(self.since) >= SETTLES + turns.time {
            self.ended += turns.ended;
            self.time += turns.time;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: Duration = Duration::from_millis(20);

    struct Windows {
        limit: Limit,
        now: Instant,
    }

    impl Windows {
        fn new(threads: u32, ceiling: u32) -> Self {
            Self { limit: Limit::new(threads, ceiling), now: Instant::now() }
        }

        /// So many windows of handlers that are so late, as many under way as may be, and so many ends in a second of these.
        fn pass(&mut self, windows: u32, late_ms: u64, is_reached: bool, per_s: impl Fn(u32) -> f64) -> u32 {
            for _ in 0..windows {
                let running = self.limit.get().min(1000);
                self.window(running, late_ms, is_reached, per_s(running));
            }
            self.limit.get()
        }

        fn window(&mut self, running: u32, late_ms: u64, is_reached: bool, per_s: f64) -> u32 {
            self.now += WINDOW;
            let ended = (per_s * WINDOW.as_secs_f64()).round() as u64;
            let lateness = Some(Duration::from_millis(late_ms));
            let turns = Turns { lateness, running, is_reached, ended, too_late: 0, time: WINDOW };
            self.limit.learn(self.now, turns);
            self.limit.get()
        }

        /// A window of handlers that were over in time and too late, so many in a second.
        fn over(&mut self, running: u32, per_s: f64, too_late_per_s: f64) -> u32 {
            self.now += WINDOW;
            let count = |per_s: f64| (per_s * WINDOW.as_secs_f64()).round() as u64;
            let (ended, too_late) = (count(per_s), count(too_late_per_s));
            let turns = Turns { lateness: None, running, is_reached: false, ended, too_late, time: WINDOW };
            self.limit.learn(self.now, turns);
            self.limit.get()
        }
    }

    #[test]
    fn handlers_that_are_late_lower_it_in_proportion_and_never_below_the_threads() {
        let mut windows = Windows::new(2, 10_000);
        assert_eq!(windows.window(200, 50, false, 1000.0), 20);
        assert_eq!(windows.window(20, 5, false, 1000.0), 20, "no more than so late, they are in time");
        assert_eq!(windows.window(20, 6000, true, 1000.0), 2);
    }

    #[test]
    fn a_cut_is_waited_for_before_the_next() {
        let mut windows = Windows::new(2, 10_000);
        windows.window(200, 50, false, 1000.0);
        assert_eq!(windows.window(150, 50, true, 1000.0), 20, "these were let go before it");
    }

    #[test]
    fn where_most_come_too_late_half_as_many_are_let_go_until_they_do_not() {
        let mut windows = Windows::new(1, 10_000);
        assert_eq!(windows.over(1500, 0.0, 3000.0), 750);
        assert_eq!(windows.over(1400, 0.0, 3000.0), 750, "these were let go before it");
        assert_eq!(windows.over(750, 0.0, 3000.0), 375);
        assert_eq!(windows.over(375, 1500.0, 50.0), 375, "some always do");
        let mut windows = Windows::new(1, 10_000);
        assert_eq!(windows.over(1500, 0.0, 50.0), 10_000, "each has thirty seconds for its word");
    }

    #[test]
    fn there_is_none_for_handlers_that_are_in_time_and_few_or_take_long() {
        let mut windows = Windows::new(2, 1000);
        assert_eq!(windows.limit.notice(), 128);
        assert_eq!(windows.window(999, 0, false, 0.0), 1000, "none has ended yet");
        assert_eq!(windows.window(999, 0, false, 50.0), 1000, "each takes twenty seconds");
        let mut windows = Windows::new(2, 1000);
        assert_eq!(windows.window(128, 0, false, 3000.0), 1000, "they are few");
    }

    #[test]
    fn where_handlers_have_begun_to_take_long_more_are_let_go_at_once() {
        let mut windows = Windows::new(2, 1000);
        windows.window(200, 50, false, 1000.0);
        // What ended before is forgotten within a second.
        let limits: Vec<u32> = (0..60).map(|_| windows.window(20, 0, true, 0.0)).collect();
        assert_eq!(limits.last(), Some(&1000), "{limits:?}");
    }

    /// Handlers that wait for one of 64 places, 20 ms each.
    fn places(running: u32) -> f64 {
        50.0 * f64::from(running.min(64))
    }

    #[test]
    fn it_comes_down_to_what_handlers_find_room_for_and_rests_there() {
        let mut windows = Windows::new(2, 10_000);
        assert_eq!(windows.window(200, 0, false, places(200)), 150, "fewer than the 200 are tried");
        let steps: Vec<u32> = (0..5).map(|_| windows.pass(17, 0, true, places)).collect();
        assert_eq!(steps, [113, 85, 64, 48, 64], "64 were enough, 48 were not");
        assert_eq!(windows.pass(30, 0, true, places), 64);
        assert_eq!(windows.pass(20, 0, true, places), 128, "a second later more are tried");
        // Some windows have passed since.
        assert_eq!(windows.pass(30, 0, true, places), 64, "128 bring no more, and 48 less");
        assert_eq!(windows.pass(70, 0, true, places), 64);
        assert_eq!(windows.pass(65, 0, true, places), 64, "after two seconds they were tried again");
        assert_eq!(windows.limit.rest, REST * 8);
    }

    #[test]
    fn where_more_handlers_bring_more_it_goes_up_while_calls_wait() {
        let mut windows = Windows::new(2, 1000);
        let all = |running| 50.0 * f64::from(running);
        windows.window(200, 50, false, all(200));
        assert_eq!(windows.pass(55, 0, false, all), 20, "nobody waits for more");
        assert_eq!(windows.pass(1, 0, true, all), 40);
        assert_eq!(windows.pass(17, 0, true, all), 80);
        assert_eq!(windows.pass(90, 0, true, all), 1000, "it ends at the ceiling");
    }

    #[test]
    fn a_load_that_goes_away_judges_nothing() {
        let mut windows = Windows::new(2, 10_000);
        windows.window(200, 0, false, places(200));
        assert_eq!(windows.pass(17, 0, false, places), 200);
    }

    #[test]
    fn a_ceiling_below_the_threads_wins() {
        assert_eq!(Limit::new(8, 3).get(), 3);
        assert_eq!(Limit::new(0, 0).get(), 1);
    }
}
