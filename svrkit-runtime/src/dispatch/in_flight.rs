//! The calls of one connection whose handlers have not ended.
//!
//! A call stands here from its arrival until its handler's future is gone, cancelled or not: a peer that cancels at
//! once does not get more work out of us than one that waits.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::ControlFlow;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio::task::AbortHandle;
use tokio::time::Instant;

use crate::deadline;
use crate::limits::Limits;
use crate::status::Status;
use crate::status::catalogue::admitting;

/// Calls in flight, by their id.
#[derive(Debug, Default)]
pub(crate) struct InFlight {
    table: Mutex<Table>,
    idle: Notify,
    /// Told of a deadline that comes before the one that is waited for.
    earlier_deadline: Notify,
}

#[derive(Debug, Default)]
struct Table {
    calls: HashMap<u32, State, BuildHasherDefault<CallIdHasher>>,
    /// The earliest deadline, as far as whoever keeps them has to know: it may belong to a call that has ended.
    timer: Option<Instant>,
    /// No call begins any more.
    draining: bool,
}

#[derive(Debug)]
enum State {
    /// Between arrival and the start of its handler.
    Starting,
    Running(AbortHandle, Option<Instant>),
    /// Running for nobody: its caller's leaving does not stop it.
    Detached(AbortHandle),
    Stopped(StoppedBy),
}

/// Who had a handler stopped before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StoppedBy {
    /// The caller, who no longer waits for an answer.
    Caller,
    /// The server, at the end of its drain.
    Drain,
    /// The call's deadline: its caller, who would have said so, may not be there any more.
    Deadline,
}

/// Why a call cannot begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotBegun {
    /// A call of this id waits for its answer: a peer's mistake, or a replay. Its one answer belongs to the first.
    Duplicate,
    /// The caller has given a call of this id up, and its handler has not ended yet.
    Lingering,
    /// As many calls as allowed are in flight.
    Full,
    /// The server is about to stop.
    Draining,
}

impl NotBegun {
    /// What the caller is told.
    pub(crate) fn status(self, limits: &Limits) -> Status {
        match self {
            Self::Draining => admitting::draining(),
            Self::Full => admitting::calls_in_flight_full(limits.calls_in_flight),
            Self::Duplicate | Self::Lingering => admitting::call_lingering(),
        }
    }
}

impl InFlight {
    /// Counts a call that has arrived.
    pub(crate) fn begin(&self, call_id: u32, max: u32) -> Result<(), NotBegun> {
        let table = self.lock();
        if table.draining {
            return Err(NotBegun::Draining);
        }
        Self::count(table, call_id, max)
    }

    /// The same for a call that a draining server takes as well.
    pub(crate) fn begin_while_draining(&self, call_id: u32, max: u32) -> Result<(), NotBegun> {
        Self::count(self.lock(), call_id, max)
    }

    fn count(mut table: MutexGuard<'_, Table>, call_id: u32, max: u32) -> Result<(), NotBegun> {
        let len = table.calls.len();
        match table.calls.entry(call_id) {
            Entry::Occupied(place) => match place.get() {
                State::Stopped(StoppedBy::Caller) => Err(NotBegun::Lingering),
                _ => Err(NotBegun::Duplicate),
            },
            Entry::Vacant(_) if len >= max as usize => Err(NotBegun::Full),
            Entry::Vacant(place) => {
                place.insert(State::Starting);
                Ok(())
            }
        }
    }

    /// From here on no call begins.
    pub(crate) fn drain(&self) {
        self.lock().draining = true;
    }

    /// Remembers how to stop the handler of a call, at its deadline at the latest. One that was cancelled meanwhile is
    /// stopped at once; one that has ended meanwhile is gone.
    pub(crate) fn attach(&self, call_id: u32, handler: AbortHandle, deadline: Option<Instant>) {
        let mut table = self.lock();
        match table.calls.get_mut(&call_id) {
            Some(state @ State::Starting) => *state = State::Running(handler, deadline),
            Some(State::Stopped(_)) => return handler.abort(),
            Some(State::Running(..) | State::Detached(_)) | None => return,
        }
        if let Some(deadline) = deadline
            && table.timer.is_none_or(|timer| deadline < timer)
        {
            table.timer = Some(deadline);
            drop(table);
            self.earlier_deadline.notify_one();
        }
    }

    /// Stops each handler at its deadline, for as long as it is polled.
    pub(crate) async fn keep_deadlines(&self) {
        let next = || ControlFlow::Continue(self.lock().timer);
        deadline::keep(&self.earlier_deadline, next, |now| self.stop_overdue(now)).await;
    }

    fn stop_overdue(&self, now: Instant) {
        let mut table = self.lock();
        let mut later = None;
        for state in table.calls.values_mut() {
            match state {
                State::Running(_, Some(deadline)) if *deadline <= now => state.stop(StoppedBy::Deadline),
                State::Running(_, Some(deadline)) => {
                    later = Some(later.map_or(*deadline, |later: Instant| later.min(*deadline)));
                }
                _ => {}
            }
        }
        table.timer = later;
    }

    /// The same for a handler that its caller does not wait for: it goes on when the caller leaves, until a drain's end.
    pub(crate) fn attach_detached(&self, call_id: u32, handler: AbortHandle) {
        match self.lock().calls.get_mut(&call_id) {
            Some(state @ (State::Starting | State::Stopped(StoppedBy::Caller))) => {
                *state = State::Detached(handler);
            }
            Some(State::Stopped(StoppedBy::Drain | StoppedBy::Deadline)) => handler.abort(),
            Some(State::Running(..) | State::Detached(_)) | None => {}
        }
    }

    /// Stops the handler of a call. It stays counted until the handler is really gone.
    pub(crate) fn cancel(&self, call_id: u32) {
        if let Some(state) = self.lock().calls.get_mut(&call_id) {
            state.stop(StoppedBy::Caller);
        }
    }

    /// Stops every handler.
    pub(crate) fn stop_all(&self, by: StoppedBy) {
        self.lock().calls.values_mut().for_each(|state| state.stop(by));
    }

    /// Gives a call's place back, and says who had its handler stopped, if somebody had.
    pub(crate) fn end(&self, call_id: u32) -> Option<StoppedBy> {
        let mut table = self.lock();
        let state = table.calls.remove(&call_id);
        let idle = table.calls.is_empty();
        drop(table);
        if idle {
            self.idle.notify_waiters();
        }
        match state {
            Some(State::Stopped(by)) => Some(by),
            _ => None,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.lock().calls.len()
    }

    /// Waits until no call is in flight.
    pub(crate) async fn until_idle(&self) {
        loop {
            let idle = self.idle.notified();
            if self.len() == 0 {
                return;
            }
            idle.await;
        }
    }

    /// Each change under the lock is one operation of the map: a panic cannot leave it half done.
    fn lock(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn stop(&mut self, by: StoppedBy) {
        match self {
            // Its caller, at the same deadline as we: nobody waits any more.
            Self::Stopped(word @ StoppedBy::Deadline) if by == StoppedBy::Caller => *word = by,
            // Otherwise who stopped it first keeps the word: a caller that has left stays the one who did.
            Self::Stopped(_) => {}
            Self::Detached(_) if by == StoppedBy::Caller => {}
            Self::Starting | Self::Running(..) | Self::Detached(_) => {
                if let Self::Running(handler, _) | Self::Detached(handler) =
                    std::mem::replace(self, Self::Stopped(by))
                {
                    handler.abort();
                }
            }
        }
    }
}

/// Spreads call ids, which count up in their low bits. The table is bounded by `calls.in_flight`, so ids chosen to
/// collide cost a peer's own connection a scan of that many entries at the most.
#[derive(Debug, Default)]
struct CallIdHasher(u64);

impl Hasher for CallIdHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u32(u32::from(*byte));
        }
    }

    fn write_u32(&mut self, call_id: u32) {
        // Fibonacci hashing (Knuth, TAOCP 3, 6.4): the high bits are what hashbrown takes its tags from.
        self.0 = (self.0 ^ u64::from(call_id)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_counted_until_it_ends() {
        let calls = InFlight::default();
        assert_eq!(calls.begin(1, 2), Ok(()));
        assert_eq!(calls.begin(2, 2), Ok(()));
        assert_eq!(calls.begin(2, 2), Err(NotBegun::Duplicate));
        assert_eq!(calls.begin(3, 2), Err(NotBegun::Full));
        calls.cancel(1);
        assert_eq!(calls.begin(3, 2), Err(NotBegun::Full), "cancelled, yet its handler is not gone");
        assert_eq!(calls.begin(1, 9), Err(NotBegun::Lingering));
        assert_eq!(calls.end(1), Some(StoppedBy::Caller));
        assert_eq!(calls.begin(3, 2), Ok(()));
        calls.drain();
        assert_eq!(calls.begin(4, 9), Err(NotBegun::Draining));
        assert_eq!((calls.end(2), calls.len()), (None, 1));
    }

    #[tokio::test]
    async fn a_cancel_stops_the_handler_even_when_it_came_before_the_start() {
        let calls = InFlight::default();
        calls.begin(1, 8).unwrap();
        calls.cancel(1);
        let handler = tokio::spawn(std::future::pending::<()>());
        calls.attach(1, handler.abort_handle(), None);
        assert!(handler.await.unwrap_err().is_cancelled());
        assert_eq!(calls.end(1), Some(StoppedBy::Caller));
    }

    #[tokio::test(start_paused = true)]
    async fn each_handler_is_stopped_at_its_deadline() {
        let calls = std::sync::Arc::new(InFlight::default());
        let keeper = tokio::spawn({
            let calls = std::sync::Arc::clone(&calls);
            async move { calls.keep_deadlines().await }
        });
        let began = Instant::now();
        let begin = |call_id, seconds: Option<u64>| {
            calls.begin(call_id, 8).unwrap();
            let handler = tokio::spawn(std::future::pending::<()>());
            let deadline = seconds.map(|seconds| began + std::time::Duration::from_secs(seconds));
            calls.attach(call_id, handler.abort_handle(), deadline);
            handler
        };
        // Later, earlier, never; and one that ends before its time.
        let (later, earlier, never, ends) =
            (begin(1, Some(9)), begin(2, Some(3)), begin(3, None), begin(4, Some(1)));
        assert_eq!(calls.end(4), None);
        assert!(earlier.await.unwrap_err().is_cancelled());
        assert_eq!(began.elapsed().as_secs(), 3);
        assert_eq!(calls.end(2), Some(StoppedBy::Deadline));
        assert!(calls.begin(1, 8).is_err(), "it goes on");
        assert!(later.await.unwrap_err().is_cancelled());
        assert_eq!(began.elapsed().as_secs(), 9);
        calls.cancel(1);
        assert_eq!(calls.begin(1, 8), Err(NotBegun::Lingering));
        assert_eq!(calls.end(1), Some(StoppedBy::Caller), "who gave it up at the same deadline");
        assert!(!never.is_finished() && !ends.is_finished());
        // With nothing in flight that has a deadline there is nothing to wait for; the next call is kept like the first.
        let next = begin(5, Some(20));
        assert!(next.await.unwrap_err().is_cancelled());
        assert_eq!(began.elapsed().as_secs(), 20);
        keeper.abort();
    }

    #[tokio::test]
    async fn idle_is_told_when_the_last_call_ends() {
        let calls = InFlight::default();
        calls.until_idle().await;
        calls.begin(1, 8).unwrap();
        let ((), stopped_by) = tokio::join!(calls.until_idle(), async { calls.end(1) });
        assert_eq!(stopped_by, None);
    }
}
