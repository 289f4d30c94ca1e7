//! Whether the server is overloaded, and the level that it takes calls at then.
//!
//! Once a window (20 ms with 20 arrivals, at the latest half a second) the level is set by feed-forward, only while the queue refuses or calls wait for
//! longer than it is meant to hold: of the calls that arrived in the window, or, where it is shut already, of those that usually come (what a window has more of
//! by chance would shut out a class for which there is room), it admits as many as the server can end, corrected by what stands in the queue,
//!
//! ```text
//! (capacity + (capacity × bound / 2 − queued) / 100 ms) × window
//! ```
//!
//! and otherwise opens again, a tenth more each window of what callers would send (`demand.rs`), or at once where all that arrives fits and callers do not seem to keep
//! anything back. Those that know the level send nothing above it, so what fits may be all there is or all they dared: who opened to all in vain waits before it does so again, twice
//! as long each time.
//!
//! Where a queue's length has room for fewer than ten calls there is nothing to steer by, and the queue alone decides. The level only makes
//! refusals cheap: it is the queue that holds the goodput, so that a level which is wrong for a window does no harm.
//!
//! Compared in a model beforehand: DAGOR's steps of −5 % and +1 % a second hold 0.3 to 0.85 of the capacity, and let go of it for half a
//! second after each change; halving and doubling swing between 0.3 and 0.7; the queue alone does as well as this, at twenty times the cost of a
//! refusal.

use std::time::Duration;

use tokio::time::Instant;

use super::capacity::Capacity;
use super::demand::Demand;
use super::level::{Arrivals, Level};
use super::slot::End;
use super::stillness::Stillness;
use crate::priority::Priority;

/// A window ends after so long if so many calls arrived in it, and else later.
const WINDOW: Duration = Duration::from_millis(20);
const WINDOW_ARRIVALS: u64 = 20;
const WINDOW_MAX: Duration = Duration::from_millis(500);

/// A slow service has room for so many calls in its queue, however long that takes.
const JOBS: f64 = 5.0;

/// There is something to steer by where so many calls are done in the time of a queue.
const STEERED_MIN: f64 = 10.0;

/// What stands in the queue is to be gone in so long.
const CORRECTION_S: f64 = 0.1;

/// This share of arrivals may be refused by the queue before it counts as overload.
const REFUSED_SHARE: f64 = 0.01;

/// How fast the level opens: it admits twice as many after some seven tenths of that.
const OPENING_S: f64 = 0.2;

/// Opened in vain, it stays as it is for so long at first, and at last.
const PATIENCE: Duration = Duration::from_millis(100);
const PATIENCE_MAX: Duration = Duration::from_millis(1600);

/// It was opened in vain where it is shut again within so long.
const IN_VAIN: Duration = Duration::from_millis(200);

/// No shorter time is told to a caller.
const MOMENT: Duration = Duration::from_millis(1);

/// What is known of the load, and the level that follows from it.
#[derive(Debug)]
pub(super) struct Overload {
    /// How long the queue of a fast service may be.
    wait_max: Duration,
    level: Level,
    capacity: Capacity,
    demand: Demand,
    /// What follows of the capacity, until that is learned anew.
    bound_time: Duration,
    bound: Option<usize>,
    window: Window,
    stillness: Stillness,
    opening: Opening,
}

/// What happened since the last look.
#[derive(Debug)]
struct Window {
    began: Instant,
    arrivals: Arrivals,
    refused_by_level: u64,
    refused_by_queue: u64,
    ended: u64,
    too_late: u64,
    busy: Duration,
    waited: Duration,
    started: u64,
}

/// When the level was opened, and how long it is shut before that is tried again.
#[derive(Clone, Copy, Debug)]
struct Opening {
    opened: Option<Instant>,
    shut: Option<Instant>,
    patience: Duration,
}

/// What a window was like, for those who are to know.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Closed {
    /// The mean wait of those that were started, as a share of the longest that is meant to be.
    pub(super) wait_share: f64,
    /// The share of arrivals that was refused, by the level or by the queue.
    pub(super) refused_share: f64,
    /// Whether there is something to be learned from it of what the server can do.
    pub(super) teaches: bool,
    /// How many handlers came to their ends, how many their time came before, and how long it was.
    pub(super) ended: u64,
    pub(super) too_late: u64,
    pub(super) time: Duration,
}

impl Overload {
    pub(super) fn new(wait_max: Duration, now: Instant) -> Self {
        Self {
            wait_max,
            level: Level::OPEN,
            capacity: Capacity::default(),
            demand: Demand::default(),
            bound_time: wait_max,
            bound: None,
            window: Window::new(now),
            stillness: Stillness::default(),
            opening: Opening { opened: None, shut: None, patience: PATIENCE },
        }
    }

    pub(super) fn level(&self) -> Level {
        self.level
    }

    pub(super) fn capacity(&self) -> Capacity {
        self.capacity
    }

    /// Counts a call that has arrived, whatever becomes of it, and says whether the level admits it, or something else does.
    pub(super) fn arrive(&mut self, priority: Priority, or_else: impl FnOnce() -> bool) -> bool {
        self.window.arrivals.count(priority);
        let is_admitted = self.level.admits(priority) || or_else();
        self.window.refused_by_level += u64::from(!is_admitted);
        is_admitted
    }

    /// Counts a call that the queue had no room for.
    pub(super) fn refused_by_queue(&mut self) {
        self.window.refused_by_queue += 1;
    }

    /// Counts a call whose handler starts, so long after it arrived.
    pub(super) fn started(&mut self, waited: Duration) {
        self.window.started += 1;
        self.window.waited += waited;
    }

    /// Counts a call whose handler has ended. What was not done is nothing that the server can do.
    pub(super) fn ended(&mut self, end: End) {
        self.window.ended += u64::from(end == End::Done);
        self.window.too_late += u64::from(end == End::TooLate);
    }

    /// Somebody looks, so long after the last look.
    pub(super) fn looked(&mut self, after: Duration) {
        self.stillness.looked(after);
    }

    /// Counts a time in which as many handlers were under way as may be.
    pub(super) fn was_busy(&mut self, time: Duration) {
        self.window.busy += time;
    }

    /// How long the queue may make calls wait.
    pub(super) fn bound_time(&self) -> Duration {
        self.bound_time
    }

    /// How many calls the queue may hold; `None`: nothing is known yet.
    pub(super) fn bound(&self) -> Option<usize> {
        self.bound
    }

    fn set_bound(&mut self) {
        let Some(per_s) = self.capacity.per_s() else { return };
        let jobs = Duration::try_from_secs_f64(JOBS / per_s).unwrap_or(Duration::MAX);
        self.bound_time = self.wait_max.max(jobs);
        // Rounding makes five of a little less than five.
        self.bound = Some((per_s * self.bound_time.as_secs_f64()).round().max(JOBS) as usize);
    }

    /// How long it is at the least until the level may admit more: to the end of the window, and for as long as it stays shut in any case.
    pub(super) fn opens_in(&self, now: Instant) -> Duration {
        let left = WINDOW.saturating_sub(now.saturating_duration_since(self.window.began));
        left.max(self.opening.shut_for(now)).max(MOMENT)
    }

    /// How long it takes until a call that stands behind so many others has its turn; `None`: nothing is known yet.
    pub(super) fn turn_in(&self, queued: usize) -> Option<Duration> {
        let nanos = queued.max(1) as f64 * 1e9 / self.capacity.per_s()?;
        Some(Duration::from_nanos(nanos as u64).max(MOMENT))
    }

    /// Forgets the window: what was before the queue began to fill says nothing of arrivals.
    pub(super) fn begin(&mut self, now: Instant) {
        self.window.clear(now);
    }

    /// Whether it is time to end the window.
    pub(super) fn is_due(&self, now: Instant) -> bool {
        let time = now.saturating_duration_since(self.window.began);
        time >= WINDOW && (self.window.arrivals.total() >= WINDOW_ARRIVALS || time >= WINDOW_MAX)
    }

    /// Ends the window if it is time to, with so many calls in the queue.
    pub(super) fn close(&mut self, now: Instant, queued: usize) -> Option<Closed> {
        if !self.is_due(now) {
            return None;
        }
        let time = now.saturating_duration_since(self.window.began);
        let teaches = self.stillness.teaches(now);
        if teaches {
            self.capacity.learn(time, self.window.busy, self.window.ended);
            self.set_bound();
        }
        let closed = Closed { teaches, ..self.window.summary(time, self.bound_time()) };
        if teaches {
            self.set_level(now, queued, closed);
        }
        self.window.clear(now);
        Some(closed)
    }

    fn set_level(&mut self, now: Instant, queued: usize, closed: Closed) {
        let (per_s, bound_s) = (self.capacity.per_s().unwrap_or(0.0), self.bound_time().as_secs_f64());
        if per_s * self.wait_max.as_secs_f64() < STEERED_MIN {
            self.level = Level::OPEN;
            return;
        }
        let time_s = closed.time.as_secs_f64();
        let arrivals = &self.window.arrivals;
        self.demand.learn(arrivals, self.level, closed.time);
        let refused = self.window.refused_by_queue as f64;
        if closed.wait_share > 1.0 || refused > REFUSED_SHARE * arrivals.total() as f64 {
            let rate = per_s + (per_s * bound_s / 2.0 - queued as f64) / CORRECTION_S;
            let rate = rate.max(0.1 * per_s);
            self.level = match self.level == Level::OPEN {
                true => self.demand.level_for_now(arrivals, self.level, closed.time, rate),
                false => self.demand.level_for(rate),
            };
            self.opening.shut(now, self.level);
        } else if self.level != Level::OPEN {
            let more = 1.0 + time_s / OPENING_S;
            let admitted = self.demand.admitted_by(self.level).max(per_s);
            let fits = arrivals.total() as f64 <= per_s * time_s * more;
            let level = match fits && !self.demand.is_kept_back(arrivals, self.level, closed.time) {
                true if self.opening.may_open(now) => Level::OPEN,
                _ => self.level.max(self.demand.level_for(admitted * more)),
            };
            if level != Level::OPEN || self.opening.may_open(now) {
                self.level = level;
            }
        }
    }
}

impl Opening {
    fn shut(&mut self, now: Instant, level: Level) {
        if level == Level::OPEN {
            return;
        }
        if let Some(opened) = self.opened.take() {
            let is_in_vain = now - opened < IN_VAIN;
            self.patience = if is_in_vain { (self.patience * 2).min(PATIENCE_MAX) } else { PATIENCE };
            self.shut = is_in_vain.then_some(now);
        }
    }

    /// How long it stays as it is in any case.
    fn shut_for(&self, now: Instant) -> Duration {
        let since = |shut: Instant| self.patience.saturating_sub(now.saturating_duration_since(shut));
        self.shut.map_or(Duration::ZERO, since)
    }

    /// Opens, if it has waited for long enough.
    fn may_open(&mut self, now: Instant) -> bool {
        if !self.shut_for(now).is_zero() {
            return false;
        }
        (self.opened, self.shut) = (Some(now), None);
        true
    }
}

impl Window {
    fn new(now: Instant) -> Self {
        Self {
            began: now,
            arrivals: Arrivals::default(),
            refused_by_level: 0,
            refused_by_queue: 0,
            ended: 0,
            too_late: 0,
            busy: Duration::ZERO,
            waited: Duration::ZERO,
            started: 0,
        }
    }

    fn clear(&mut self, now: Instant) {
        self.arrivals.clear();
        let arrivals = std::mem::take(&mut self.arrivals);
        *self = Self { arrivals, ..Self::new(now) };
    }

    fn summary(&self, time: Duration, bound_time: Duration) -> Closed {
        let (started, arrived) = (self.started.max(1) as f64, self.arrivals.total().max(1) as f64);
        let mean_wait = self.waited.as_secs_f64() / started;
        let refused = (self.refused_by_level + self.refused_by_queue) as f64;
        Closed {
            wait_share: mean_wait / bound_time.as_secs_f64().max(1e-9),
            refused_share: refused / arrived,
            teaches: true,
            ended: self.ended,
            too_late: self.too_late,
            time,
        }
    }
}

#[cfg(test)]
mod tests;
