//! What becomes of a call that arrives, as one pure value: the queue, its bound, the level, the limit and the tier together.
//!
//! It is told the time and what happens, holds the calls that wait, and says which of them start and which are refused. Whoever
//! enforces it has the handlers.

use std::time::Duration;

use tokio::time::Instant;

use super::capacity::Capacity;
use super::level::Level;
use super::limit::{Limit, Turns};
use super::overload::Overload;
use super::queue::{Queue, Room, Waiting};
use super::rules::Occupied;
use super::slot::End;
use super::tier::{Tier, Tiers};
use crate::priority::Priority;

/// What a door is held to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// How long the queue of a fast service may be.
    pub(crate) wait_max: Duration,
    /// Calls that wait at most, whatever they take.
    pub(crate) queue_max: usize,
    /// Handlers under way at most.
    pub(crate) running_max: u32,
    /// Threads that handlers run on.
    pub(crate) threads: u32,
}

/// The door of a server. Generic over what waits, so that it can be tried without calls.
#[derive(Debug)]
pub(crate) struct Door<T> {
    bounds: Bounds,
    queue: Queue<T>,
    overload: Overload,
    limit: Limit,
    tiers: Tiers,
    lateness: Lateness,
    /// When it was last looked at how many handlers are under way.
    looked: Instant,
}

/// How late handlers got their first turns since the last window.
#[derive(Debug, Default)]
struct Lateness {
    total: Duration,
    turns: u32,
}

/// What becomes of a call that arrives.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Arrival<T> {
    /// Its handler starts.
    Starts(T),
    /// It waits, or another one did that has to go for it.
    Waits { pushed_out: Option<T> },
    /// It is refused, for the queue is full of calls that are as important.
    Refused(T),
}

/// What becomes of the call whose turn it is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Turn<T> {
    /// Its handler starts.
    Starts(T),
    /// It waited for too long.
    Expired(T),
}

impl<T> Door<T> {
    pub(crate) fn new(bounds: Bounds, now: Instant) -> Self {
        Self {
            bounds,
            queue: Queue::default(),
            overload: Overload::new(bounds.wait_max, now),
            limit: Limit::new(bounds.threads, bounds.running_max),
            tiers: Tiers::new(now),
            lateness: Lateness::default(),
            looked: now,
        }
    }

    /// Begins to look closely, after a time in which nothing waited.
    pub(crate) fn wake(&mut self, now: Instant) {
        self.overload.begin(now);
        self.lateness = Lateness::default();
        self.looked = now;
    }

    /// Whether a call that has arrived is admitted: by the level, to a place that its method has of its own, or in the place of a less important class
    /// that waits, which would be served before it otherwise. Decided before anything of it is read.
    pub(crate) fn admits(&mut self, priority: Priority, has_own: bool) -> bool {
        let queue = &self.queue;
        let goes_before = || queue.least().is_some_and(|least| priority.class < least.class);
        self.overload.arrive(priority, || has_own || goes_before())
    }

    /// Whether a call that is admitted would start or wait, did it [`arrive`](Self::arrive) now; counted, where it would not. So nothing has to be made of
    /// those that a full queue would refuse.
    pub(crate) fn has_place(
        &mut self,
        now: Instant,
        occupied: impl FnOnce() -> Occupied,
        has_own: bool,
        priority: Priority,
    ) -> bool {
        if self.queue.takes(priority, self.bound()) {
            return true;
        }
        // Behind others only who has a place of its own may start.
        if has_own || self.queue.is_empty() {
            let occupied = occupied();
            self.look(now, occupied);
            if occupied.lets_start(has_own, self.limit.get()) {
                return true;
            }
        }
        self.overload.refused_by_queue();
        false
    }

    /// A call that the level admits, while so many handlers are under way; whether its method has a place of its own left.
    pub(crate) fn arrive(
        &mut self,
        now: Instant,
        occupied: Occupied,
        has_own: bool,
        newcomer: Waiting<T>,
    ) -> Arrival<T> {
        self.look(now, occupied);
        // Those that wait have none left, or would have been let go.
        if occupied.lets_start(has_own, self.limit.get()) && (has_own || self.queue.is_empty()) {
            self.overload.started(now.saturating_duration_since(newcomer.arrived));
            return Arrival::Starts(newcomer.call);
        }
        let room = self.queue.push(newcomer, self.bound());
        if !matches!(room, Room::ForAll) {
            self.overload.refused_by_queue();
        }
        match room {
            Room::ForAll => Arrival::Waits { pushed_out: None },
            Room::PushedOut(out) => Arrival::Waits { pushed_out: Some(out) },
            Room::Refused(newcomer) => Arrival::Refused(newcomer),
        }
    }

    /// The call whose turn it is while so many handlers are under way, if there is room for one more. `has_own`: whether a call's method has a
    /// place of its own left.
    pub(crate) fn next(
        &mut self,
        now: Instant,
        occupied: Occupied,
        has_own: impl Fn(&T) -> bool,
    ) -> Option<Turn<T>> {
        self.look(now, occupied);
        let waiting = if occupied.has_room(self.limit.get()) {
            self.queue.pop()?
        } else if occupied.kept > 0 {
            self.queue.pop_first(has_own)?
        } else {
            return None;
        };
        if waiting.expires.is_some_and(|expires| expires <= now) {
            self.overload.refused_by_queue();
            return Some(Turn::Expired(waiting.call));
        }
        self.overload.started(now.saturating_duration_since(waiting.arrived));
        Some(Turn::Starts(waiting.call))
    }

    /// A handler that was let go has its first turn, so late.
    pub(crate) fn first_turn(&mut self, lateness: Duration) {
        self.lateness.total += lateness;
        self.lateness.turns += 1;
    }

    /// A handler has ended.
    pub(crate) fn ended(&mut self, end: End) {
        self.overload.ended(end);
    }

    /// Whether a window is to end.
    pub(crate) fn is_due(&self, now: Instant) -> bool {
        self.overload.is_due(now)
    }

    /// Looks after the windows, and gives back those that waited too long.
    pub(crate) fn tick(&mut self, now: Instant, occupied: Occupied) -> Vec<T> {
        self.look(now, occupied);
        let expired = self.queue.expired(now);
        expired.iter().for_each(|_| self.overload.refused_by_queue());
        if let Some(closed) = self.overload.close(now, self.queue.len()) {
            self.tiers.learn(now, closed.wait_share, closed.refused_share);
            let Lateness { total, turns } = std::mem::take(&mut self.lateness);
            if closed.teaches {
                self.limit.learn(
                    now,
                    Turns {
                        lateness: total.checked_div(turns),
                        running: occupied.running,
                        is_reached: !self.queue.is_empty(),
                        ended: closed.ended,
                        too_late: closed.too_late,
                        time: closed.time,
                    },
                );
            }
        }
        expired.into_iter().map(|waiting| waiting.call).collect()
    }

    /// Whether there is nothing to look after: all that comes can start at once.
    pub(crate) fn is_calm(&self, running: u32) -> bool {
        self.queue.is_empty()
            && self.level() == Level::OPEN
            && self.tier() == Tier::Calm
            && running < self.limit.notice()
    }

    pub(crate) fn level(&self) -> Level {
        self.overload.level()
    }

    /// How long it is at the least until the level may admit more.
    pub(crate) fn opens_in(&self, now: Instant) -> Duration {
        self.overload.opens_in(now)
    }

    /// How long it takes until a call that would come now had its turn, as far as that is known.
    pub(crate) fn turn_in(&self) -> Option<Duration> {
        self.overload.turn_in(self.queue.len())
    }

    pub(crate) fn tier(&self) -> Tier {
        self.tiers.tier()
    }

    pub(crate) fn limit(&self) -> u32 {
        self.limit.get()
    }

    /// From so many handlers under way on it is not calm.
    pub(crate) fn notice(&self) -> u32 {
        self.limit.notice()
    }

    pub(crate) fn capacity(&self) -> Capacity {
        self.overload.capacity()
    }

    pub(crate) fn queued(&self) -> usize {
        self.queue.len()
    }

    /// How many calls may wait now.
    pub(crate) fn bound(&self) -> usize {
        self.overload.bound().map_or(self.bounds.queue_max, |learned| learned.min(self.bounds.queue_max))
    }

    fn look(&mut self, now: Instant, occupied: Occupied) {
        // Who judges a call by when it was read may be a little behind.
        let now = now.max(self.looked);
        self.overload.looked(now - self.looked);
        // Where a handler has just ended there is room, and there was none before: those that wait say so.
        if !occupied.has_room(self.limit.get()) || !self.queue.is_empty() {
            self.overload.was_busy(now.saturating_duration_since(self.looked));
        }
        self.looked = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Bounds =
        Bounds { wait_max: Duration::from_millis(20), queue_max: 100, running_max: 1, threads: 1 };

    fn occupied(running: u32) -> Occupied {
        Occupied { running, kept: 0 }
    }

    fn waiting(class: u8, now: Instant) -> Waiting<u8> {
        Waiting { call: class, priority: Priority::of_class(class), arrived: now, expires: None }
    }

    #[test]
    fn what_it_can_do_is_learned_where_it_is_looked_at_only_when_handlers_end() {
        let mut now = Instant::now();
        let mut door = Door::new(BOUNDS, now);
        door.wake(now);
        door.arrive(now, occupied(1), false, waiting(1, now));
        for _ in 0..100 {
            // A handler computes for a millisecond, and only then is anything else done on its thread: two calls have come, one has its turn.
            now += Duration::from_millis(1);
            door.ended(End::Done);
            assert!(door.next(now, occupied(0), |_| false).is_some());
            for _ in 0..2 {
                door.admits(Priority::of_class(1), false);
                door.arrive(now, occupied(1), false, waiting(1, now));
            }
            door.tick(now, occupied(1));
        }
        let per_s = door.capacity().per_s().unwrap();
        assert!((900.0..1100.0).contains(&per_s), "{per_s}");
        assert_eq!(door.bound(), 20, "and bounds the queue to 20 ms");
    }

    /// A door that was overloaded by so important calls for a while, with one handler under way all the time.
    fn overloaded(class: u8) -> (Door<u8>, Instant) {
        let mut now = Instant::now();
        let mut door = Door::new(BOUNDS, now);
        door.wake(now);
        for _ in 0..200 {
            now += Duration::from_millis(1);
            for _ in 0..2 {
                if door.admits(Priority::of_class(class), false) {
                    door.arrive(now, occupied(1), false, waiting(class, now));
                }
            }
            door.ended(End::Done);
            door.next(now, occupied(0), |_| false);
            door.tick(now, occupied(1));
        }
        (door, now)
    }

    #[test]
    fn the_level_refuses_nobody_while_a_less_important_class_waits() {
        let (mut door, now) = overloaded(0);
        while door.next(now, occupied(0), |_| false).is_some() {}
        assert!(!door.admits(Priority::of_class(64), false), "{:?}", door.level());
        door.arrive(now, occupied(1), false, waiting(128, now));
        assert!(door.admits(Priority::of_class(64), false), "it goes before the one that waits");
        assert!(!door.admits(Priority::of_class(128), false), "it would not");
        assert!(door.admits(Priority::of_class(128), true), "a place of its own is for any");
    }

    #[test]
    fn whom_a_full_queue_would_refuse_has_no_place() {
        for (queue_max, waiting_classes) in [(0, vec![]), (1, vec![128]), (3, vec![128, 64, 128])] {
            let now = Instant::now();
            let mut door = Door::new(Bounds { queue_max, ..BOUNDS }, now);
            door.wake(now);
            for class in waiting_classes {
                assert!(door.has_place(now, || occupied(1), false, Priority::of_class(class)));
                door.arrive(now, occupied(1), false, waiting(class, now));
            }
            for (running, has_own) in [(0, false), (1, false), (0, true), (1, true)] {
                for class in [0, 128, 192] {
                    let priority = Priority::of_class(class);
                    let has_place = door.has_place(now, || occupied(running), has_own, priority);
                    let arrival = door.arrive(now, occupied(running), has_own, waiting(class, now));
                    let is_refused = matches!(arrival, Arrival::Refused(_));
                    assert_ne!(has_place, is_refused, "{queue_max}: {running}, {has_own}, {class}");
                }
            }
        }
    }
}
