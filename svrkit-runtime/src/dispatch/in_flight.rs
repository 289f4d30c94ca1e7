//! The calls of one connection whose handlers have not ended.
//!
//! A call stands here from its arrival until its handler's future is gone, cancelled or not: a peer that cancels at
//! once does not get more work out of us than one that waits.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::future::poll_fn;
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::ControlFlow;
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use tokio::sync::Notify;
use tokio::time::Instant;

use crate::deadline;
use crate::limits::Limits;
use crate::status::Status;
use crate::status::catalogue::admitting;

/// Calls in flight, by their id.
#[derive(Debug, Default)]
pub(crate) struct InFlight {
    table: Mutex<Table>,
    /// How often a call was stopped. Changed under the lock, read without: while it stands still, so do all calls.
    stops: AtomicU32,
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
    /// With the handler's waker, once it waits for something.
    Running(Lasts, Option<Waker>),
    Stopped(StoppedBy),
}

/// How long a call may last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lasts {
    /// Until its caller leaves, and to the deadline if there is one.
    WhileAwaited(Option<Instant>),
    /// As long as it takes: its caller's leaving does not stop it.
    Detached,
}

/// How often calls had been stopped when this one began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stops(u32);

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
    /// The server is about to stop, or to leave this connection.
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
    pub(crate) fn begin(&self, call_id: u32, max: u32, lasts: Lasts) -> Result<Stops, NotBegun> {
        let table = self.lock();
        if table.draining {
            return Err(NotBegun::Draining);
        }
        self.count(table, call_id, max, lasts)
    }

    /// The same for a call that a draining server takes as well.
    pub(crate) fn begin_while_draining(
        &self,
        call_id: u32,
        max: u32,
        lasts: Lasts,
    ) -> Result<Stops, NotBegun> {
        self.count(self.lock(), call_id, max, lasts)
    }

    fn count(
        &self,
        mut table: MutexGuard<'_, Table>,
        call_id: u32,
        max: u32,
        lasts: Lasts,
    ) -> Result<Stops, NotBegun> {
        let len = table.calls.len();
        match table.calls.entry(call_id) {
            Entry::Occupied(place) => {
                return match place.get() {
                    State::Stopped(StoppedBy::Caller) => Err(NotBegun::Lingering),
                    _ => Err(NotBegun::Duplicate),
                };
            }
            Entry::Vacant(_) if len >= max as usize => return Err(NotBegun::Full),
            Entry::Vacant(place) => place.insert(State::Running(lasts, None)),
        };
        let stops = Stops(self.stops.load(Ordering::Relaxed));
        if let Lasts::WhileAwaited(Some(deadline)) = lasts
            && table.timer.is_none_or(|timer| deadline < timer)
        {
            table.timer = Some(deadline);
            drop(table);
            self.earlier_deadline.notify_one();
        }
        Ok(stops)
    }

    /// From here on no call begins.
    pub(crate) fn drain(&self) {
        self.lock().draining = true;
    }

    /// Polls `handler` until it is ready. `None`: its call was stopped meanwhile, and it is not polled again.
    ///
    /// A handler that is ready at once costs no lock: there is nothing to be stopped.
    pub(crate) async fn until_stopped<F: Future>(
        &self,
        call_id: u32,
        began: Stops,
        mut handler: Pin<&mut F>,
    ) -> Option<F::Output> {
        let mut known: Option<Waker> = None;
        poll_fn(|cx| {
            if self.is_stopped(call_id, began) {
                return Poll::Ready(None);
            }
            if let Poll::Ready(output) = handler.as_mut().poll(cx) {
                return Poll::Ready(Some(output));
            }
            if known.as_ref().is_some_and(|known| known.will_wake(cx.waker())) {
                return Poll::Pending;
            }
            known = Some(cx.waker().clone());
            self.poll_stopped(call_id, cx).map(|()| None)
        })
        .await
    }

    /// Whether a call was stopped that began when there had been so many stops.
    pub(crate) fn is_stopped(&self, call_id: u32, began: Stops) -> bool {
        let is_quiet = self.stops.load(Ordering::Acquire) == began.0;
        !is_quiet && matches!(self.lock().calls.get(&call_id), Some(State::Stopped(_)))
    }

    /// Ready once the call is stopped; until then whoever waits is woken when it is.
    fn poll_stopped(&self, call_id: u32, cx: &Context<'_>) -> Poll<()> {
        match self.lock().calls.get_mut(&call_id) {
            Some(State::Running(_, handler)) => {
                *handler = Some(cx.waker().clone());
                Poll::Pending
            }
            Some(State::Stopped(_)) | None => Poll::Ready(()),
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
        let mut handlers = Vec::new();
        for state in table.calls.values_mut() {
            let State::Running(Lasts::WhileAwaited(Some(deadline)), _) = state else { continue };
            if *deadline <= now {
                handlers.extend(state.stop(StoppedBy::Deadline));
            } else {
                later = Some(later.map_or(*deadline, |later: Instant| later.min(*deadline)));
            }
        }
        table.timer = later;
        self.wake(table, handlers);
    }

    /// Stops the handler of a call. It stays counted until the handler is really gone.
    pub(crate) fn cancel(&self, call_id: u32) {
        let mut table = self.lock();
        let handler = table.calls.get_mut(&call_id).and_then(|state| state.stop(StoppedBy::Caller));
        self.wake(table, handler);
    }

    /// Stops every handler.
    pub(crate) fn stop_all(&self, by: StoppedBy) {
        let mut table = self.lock();
        let handlers: Vec<Waker> = table.calls.values_mut().filter_map(|state| state.stop(by)).collect();
        self.wake(table, handlers);
    }

    /// Has the handlers look at what became of their calls: not under the lock, which they take.
    fn wake(&self, table: MutexGuard<'_, Table>, handlers: impl IntoIterator<Item = Waker>) {
        self.stops.fetch_add(1, Ordering::Release);
        drop(table);
        handlers.into_iter().for_each(Waker::wake);
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
    /// Gives the waker of the handler, if it waits for something.
    fn stop(&mut self, by: StoppedBy) -> Option<Waker> {
        match self {
            // Its caller, at the same deadline as we: nobody waits any more.
            Self::Stopped(word @ StoppedBy::Deadline) if by == StoppedBy::Caller => *word = by,
            // Otherwise who stopped it first keeps the word: a caller that has left stays the one who did.
            Self::Stopped(_) => {}
            Self::Running(Lasts::Detached, _) if by == StoppedBy::Caller => {}
            Self::Running(_, handler) => {
                let handler = handler.take();
                *self = Self::Stopped(by);
                return handler;
            }
        }
        None
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

    use std::future::{pending, ready};
    use std::pin::pin;
    use std::sync::Arc;
    use std::time::Duration;

    use tokio::task::JoinHandle;

    const AWAITED: Lasts = Lasts::WhileAwaited(None);

    /// Runs `handler` for a call that began, and gives back its place when it is gone.
    fn run<F>(calls: &Arc<InFlight>, call_id: u32, began: Stops, handler: F) -> JoinHandle<Option<F::Output>>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        let calls = Arc::clone(calls);
        tokio::spawn(async move { calls.until_stopped(call_id, began, pin!(handler)).await })
    }

    #[test]
    fn a_call_is_counted_until_it_ends() {
        let calls = InFlight::default();
        let begin = |call_id, max| calls.begin(call_id, max, AWAITED).map(|_| ());
        assert_eq!(begin(1, 2), Ok(()));
        assert_eq!(begin(2, 2), Ok(()));
        assert_eq!(begin(2, 2), Err(NotBegun::Duplicate));
        assert_eq!(begin(3, 2), Err(NotBegun::Full));
        calls.cancel(1);
        assert_eq!(begin(3, 2), Err(NotBegun::Full), "cancelled, yet its handler is not gone");
        assert_eq!(begin(1, 9), Err(NotBegun::Lingering));
        assert_eq!(calls.end(1), Some(StoppedBy::Caller));
        assert_eq!(begin(3, 2), Ok(()));
        calls.drain();
        assert_eq!(begin(4, 9), Err(NotBegun::Draining));
        assert_eq!((calls.end(2), calls.len()), (None, 1));
    }

    #[tokio::test]
    async fn a_cancel_stops_the_handler_before_its_first_poll_and_after() {
        let calls = Arc::new(InFlight::default());
        let began = calls.begin(1, 8, AWAITED).unwrap();
        calls.cancel(1);
        assert!(calls.is_stopped(1, began));
        assert_eq!(run(&calls, 1, began, ready(())).await.unwrap(), None, "it never starts");
        assert_eq!(calls.end(1), Some(StoppedBy::Caller));

        let began = calls.begin(1, 8, AWAITED).unwrap();
        let waiting = run(&calls, 1, began, pending::<()>());
        tokio::task::yield_now().await;
        calls.cancel(2);
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished(), "that was another call");
        calls.cancel(1);
        assert_eq!(waiting.await.unwrap(), None);
        assert_eq!(calls.end(1), Some(StoppedBy::Caller));
    }

    #[tokio::test]
    async fn whoever_leaves_does_not_stop_what_is_detached_and_a_drain_does() {
        let calls = Arc::new(InFlight::default());
        let began = calls.begin(1, 8, Lasts::Detached).unwrap();
        let running = run(&calls, 1, began, pending::<()>());
        tokio::task::yield_now().await;
        calls.cancel(1);
        calls.stop_all(StoppedBy::Caller);
        tokio::task::yield_now().await;
        assert!(!running.is_finished());
        calls.stop_all(StoppedBy::Drain);
        assert_eq!(running.await.unwrap(), None);
        assert_eq!(calls.end(1), Some(StoppedBy::Drain));
    }

    #[tokio::test(start_paused = true)]
    async fn each_handler_is_stopped_at_its_deadline() {
        let calls = Arc::new(InFlight::default());
        let keeper = tokio::spawn({
            let calls = Arc::clone(&calls);
            async move { calls.keep_deadlines().await }
        });
        let began = Instant::now();
        let begin = |call_id, seconds: Option<u64>| {
            let deadline = seconds.map(|seconds| began + Duration::from_secs(seconds));
            let stops = calls.begin(call_id, 8, Lasts::WhileAwaited(deadline)).unwrap();
            run(&calls, call_id, stops, pending::<()>())
        };
        // Later, earlier, never; and one that ends before its time.
        let (later, earlier, never, ends) =
            (begin(1, Some(9)), begin(2, Some(3)), begin(3, None), begin(4, Some(1)));
        assert_eq!(calls.end(4), None);
        assert_eq!(earlier.await.unwrap(), None);
        assert_eq!(began.elapsed().as_secs(), 3);
        assert_eq!(calls.end(2), Some(StoppedBy::Deadline));
        assert!(calls.begin(1, 8, AWAITED).is_err(), "it goes on");
        assert_eq!(later.await.unwrap(), None);
        assert_eq!(began.elapsed().as_secs(), 9);
        calls.cancel(1);
        assert_eq!(calls.begin(1, 8, AWAITED), Err(NotBegun::Lingering));
        assert_eq!(calls.end(1), Some(StoppedBy::Caller), "who gave it up at the same deadline");
        assert!(!never.is_finished());
        assert_eq!(ends.await.unwrap(), None, "its call is no more");
        // With nothing in flight that has a deadline there is nothing to wait for; the next call is kept like the first.
        let next = begin(5, Some(20));
        assert_eq!(next.await.unwrap(), None);
        assert_eq!(began.elapsed().as_secs(), 20);
        keeper.abort();
    }

    #[tokio::test]
    async fn idle_is_told_when_the_last_call_ends() {
        let calls = InFlight::default();
        calls.until_idle().await;
        calls.begin(1, 8, AWAITED).unwrap();
        let ((), stopped_by) = tokio::join!(calls.until_idle(), async { calls.end(1) });
        assert_eq!(stopped_by, None);
    }
}
