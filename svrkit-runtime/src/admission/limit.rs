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
//!   as many are tried; if not [`GAIN`] times as many calls end, it goes back, and, where handlers take longer than when fewer were too few, down as
//!   before. Where neither helps it rests, twice as long each time. Who is not waited for while it is tried shows nothing: callers that keep back what
//!   a level shuts out leave the queue empty as soon as there is room for more of them, and any number of doublings would seem to be well.
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

/// So many ends are judged at least, or those of so long: by chance a few are more or fewer.
const JUDGED_MIN: u64 = 400;
const JUDGED_TIME_MAX: Duration = Duration::from_millis(600);

/// Over so long ends are smoothed otherwise, and those of a limit that stays as it is while calls wait.
const SMOOTHING_S: f64 = 0.2;
const STEADY_S: f64 = 0.5;

/// Handlers that take so many times as long as when fewer were too few may have come to wait for each other: fewer are tried again.
const SLOWER: f64 = 1.25;

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
    /// Those that came to their ends while calls waited and nothing was tried.
    steady_per_s: Rate,
    trial: Option<Trial>,
    /// How long handlers took when fewer of them were too few, in seconds.
    needed_s: Option<f64>,
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

/// Events in a second, smoothed over a time; `None`: none was seen.
#[derive(Debug)]
struct Rate {
    over_s: f64,
    smooth: Option<f64>,
}

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
        Self {
            now: ceiling,
            floor,
            ceiling,
            notice,
            per_s: Rate::over(SMOOTHING_S),
            over_per_s: Rate::over(SMOOTHING_S),
            steady_per_s: Rate::over(STEADY_S),
            trial: None,
            needed_s: None,
            rests_until: None,
            rest: REST,
        }
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
        let steady_per_s = match turns.is_reached && self.trial.is_none() {
            true => self.steady_per_s.learn(turns.ended, turns.time),
            false => per_s,
        };
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
            if let Some(trial) = self.trial.take_if(|trial| trial.is_over()) {
                self.judge(now, &trial, turns.is_reached);
            }
        } else if self.rests_until.is_none_or(|until| until <= now) {
            if turns.is_reached {
                self.attempt(now, steady_per_s, Direction::Up);
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
                self.now = trial.before;
            }
            Direction::Up if per_s >= GAIN * trial.per_s_before => {
                self.rest = REST;
                self.attempt(now, per_s, Direction::Up);
            }
            Direction::Up => {
                self.now = trial.before;
                let time_s = f64::from(trial.before) / trial.per_s_before.max(1e-9);
                match self.needed_s {
                    Some(needed_s) if time_s < SLOWER * needed_s => self.take_a_rest(now),
                    _ => self.attempt(now, most, Direction::Down),
                }
            }
            // Beside the same as before: by small steps it would go down without an end.
            Direction::Down if per_s >= KEPT * trial.per_s_before => {
                self.attempt(now, most, Direction::Down);
            }
            Direction::Down => {
                self.now = trial.before;
                self.needed_s = Some(f64::from(trial.before) / trial.per_s_before.max(1e-9));
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
        self.steady_per_s.forget();
        self.rests_until = Some(now + self.rest);
        self.rest = (self.rest * 2).min(REST_MAX);
    }
}

impl Rate {
    fn over(over_s: f64) -> Self {
        Self { over_s, smooth: None }
    }

    /// Learns of so many in a time, and says how many a second there are of late.
    fn learn(&mut self, count: u64, time: Duration) -> f64 {
        let time = time.as_secs_f64().max(1e-9);
        let rate = count as f64 / time;
        let weight = 1.0 - (-time / self.over_s).exp();
        let smooth = self.smooth.map_or(rate, |known| known + weight * (rate - known));
        self.smooth = (smooth > 0.0).then_some(smooth);
        smooth
    }

    fn forget(&mut self) {
        self.smooth = None;
    }
}

impl Trial {
    fn learn(&mut self, now: Instant, turns: &Turns) {
        if now.saturating_duration_since(self.since) >= SETTLES + turns.time {
            self.ended += turns.ended;
            self.time += turns.time;
        }
    }

    fn is_over(&self) -> bool {
        self.time >= SETTLES && self.ended >= JUDGED_MIN || self.time >= JUDGED_TIME_MAX
    }
}

#[cfg(test)]
mod tests;
