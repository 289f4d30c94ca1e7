//! Who is in flight, who is to be stopped, and whom to wake for it.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::future::poll_fn;
use std::hash::BuildHasherDefault;
use std::ops::ControlFlow;
use std::pin::Pin;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, Waker};

use tokio::time::Instant;

use super::call_id_hasher::CallIdHasher;
use super::room::{Full, Room};
use super::{AtomicU32, Mutex, MutexGuard, Notify};
use crate::deadline;

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
    calls: HashMap<u32, InTable, BuildHasherDefault<CallIdHasher>>,
    /// Bytes that their requests are counted as.
    bytes: usize,
    /// The earliest deadline, as far as whoever keeps them has to know: it may belong to a call that has ended.
    timer: Option<Instant>,
    /// No call begins any more, but for those that a draining server takes.
    draining: bool,
    /// None at all.
    closed: bool,
    /// Somebody waits, or has waited, until there is none.
    tells_idle: bool,
}

#[derive(Debug)]
struct InTable {
    state: State,
    /// What its request is counted as.
    bytes: usize,
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
    /// Nothing happened on the call's stream for too long.
    Idle,
}

/// Why a call cannot begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotBegun {
    /// A call of this id waits for its answer: a peer's mistake, or a replay. Its one answer belongs to the first.
    Duplicate,
    /// The caller has given a call of this id up, and its handler has not ended yet.
    Lingering,
    /// There is no room for it beside those in flight.
    Full(Full),
    /// The server is about to stop, or to leave this connection.
    Draining,
}

impl InFlight {
    /// Counts a call that has arrived, with a request of `len` bytes, where there is room for it.
    pub(crate) fn begin(
        &self,
        call_id: u32,
        len: usize,
        room: Room,
        lasts: Lasts,
    ) -> Result<Stops, NotBegun> {
        let table = self.lock();
        if table.draining {
            return Err(NotBegun::Draining);
        }
        self.count(table, call_id, len, room, lasts)
    }

    /// The same for a call that a draining server takes as well.
    pub(crate) fn begin_while_draining(
        &self,
        call_id: u32,
        len: usize,
        room: Room,
        lasts: Lasts,
    ) -> Result<Stops, NotBegun> {
        let table = self.lock();
        if table.closed {
            return Err(NotBegun::Draining);
        }
        self.count(table, call_id, len, room, lasts)
    }

    fn count(
        &self,
        mut table: MutexGuard<'_, Table>,
        call_id: u32,
        len: usize,
        room: Room,
        lasts: Lasts,
    ) -> Result<Stops, NotBegun> {
        let (calls, held) = (table.calls.len(), table.bytes);
        let bytes = match table.calls.entry(call_id) {
            Entry::Occupied(place) => {
                return match place.get().state {
                    State::Stopped(StoppedBy::Caller) => Err(NotBegun::Lingering),
                    _ => Err(NotBegun::Duplicate),
                };
            }
            Entry::Vacant(place) => {
                let bytes = room.takes(len, calls, held).map_err(NotBegun::Full)?;
                place.insert(InTable { state: State::Running(lasts, None), bytes });
                bytes
            }
        };
        table.bytes += bytes;
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

    /// From here on no call begins, but for those that a draining server takes.
    pub(crate) fn drain(&self) {
        self.lock().draining = true;
    }

    /// From here on no call begins at all.
    pub(crate) fn close(&self) {
        let mut table = self.lock();
        (table.draining, table.closed) = (true, true);
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
        !is_quiet && matches!(self.lock().state(call_id), Some(State::Stopped(_)))
    }

    /// Ready once the call is stopped; until then whoever waits is woken when it is.
    fn poll_stopped(&self, call_id: u32, cx: &Context<'_>) -> Poll<()> {
        match self.lock().state(call_id) {
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

    /// Stops whose deadline is over at `now`.
    pub(super) fn stop_overdue(&self, now: Instant) {
        let mut table = self.lock();
        let mut later = None;
        let mut handlers = Vec::new();
        for call in table.calls.values_mut() {
            let State::Running(Lasts::WhileAwaited(Some(deadline)), _) = &call.state else { continue };
            if *deadline <= now {
                handlers.extend(call.state.stop(StoppedBy::Deadline));
            } else {
                later = Some(later.map_or(*deadline, |later: Instant| later.min(*deadline)));
            }
        }
        table.timer = later;
        self.wake(table, handlers);
    }

    /// Stops the handler of a call whose caller has given it up. It stays counted until the handler is really gone.
    pub(crate) fn cancel(&self, call_id: u32) {
        self.stop(call_id, StoppedBy::Caller);
    }

    /// The same at somebody else's word.
    pub(crate) fn stop(&self, call_id: u32, by: StoppedBy) {
        let mut table = self.lock();
        let handler = table.state(call_id).and_then(|state| state.stop(by));
        self.wake(table, handler);
    }

    /// Gives a call a deadline that has none.
    pub(crate) fn set_deadline(&self, call_id: u32, deadline: Instant) {
        let mut table = self.lock();
        let Some(State::Running(lasts @ Lasts::WhileAwaited(None), _)) = table.state(call_id) else { return };
        *lasts = Lasts::WhileAwaited(Some(deadline));
        if table.timer.is_none_or(|timer| deadline < timer) {
            table.timer = Some(deadline);
            drop(table);
            self.earlier_deadline.notify_one();
        }
    }

    /// Lets a call last beyond its deadline.
    pub(crate) fn lift_deadline(&self, call_id: u32) {
        if let Some(State::Running(lasts @ Lasts::WhileAwaited(_), _)) = self.lock().state(call_id) {
            *lasts = Lasts::WhileAwaited(None);
        }
    }

    /// Stops every handler.
    pub(crate) fn stop_all(&self, by: StoppedBy) {
        let mut table = self.lock();
        let handlers: Vec<Waker> = table.calls.values_mut().filter_map(|call| call.state.stop(by)).collect();
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
        let call = table.calls.remove(&call_id);
        table.bytes -= call.as_ref().map_or(0, |call| call.bytes);
        let is_told = table.tells_idle && table.calls.is_empty();
        drop(table);
        if is_told {
            self.idle.notify_waiters();
        }
        match call?.state {
            State::Stopped(by) => Some(by),
            State::Running(..) => None,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.lock().calls.len()
    }

    /// Whether no call is in flight. Where some are, the end of the last one is told.
    fn is_idle_or_tells(&self) -> bool {
        let mut table = self.lock();
        table.tells_idle = true;
        table.calls.is_empty()
    }

    /// Waits until no call is in flight.
    pub(crate) async fn until_idle(&self) {
        loop {
            let idle = self.idle.notified();
            if self.is_idle_or_tells() {
                return;
            }
            idle.await;
        }
    }

    /// Each change under the lock is one operation of the map and a sum: a panic cannot leave it half done.
    fn lock(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    fn state(&mut self, call_id: u32) -> Option<&mut State> {
        self.calls.get_mut(&call_id).map(|call| &mut call.state)
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
