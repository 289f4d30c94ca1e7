//! The calls of one connection whose handlers have not ended.
//!
//! A call stands here from its arrival until its handler's future is gone, cancelled or not: a peer that cancels at
//! once does not get more work out of us than one that waits.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio::task::AbortHandle;

/// Calls in flight, by their id.
#[derive(Debug, Default)]
pub(crate) struct InFlight {
    calls: Mutex<HashMap<u32, State, BuildHasherDefault<CallIdHasher>>>,
    idle: Notify,
}

#[derive(Debug)]
enum State {
    /// Between arrival and the start of its handler.
    Starting,
    Running(AbortHandle),
    Stopped(StoppedBy),
}

/// Who had a handler stopped before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StoppedBy {
    /// The caller, who no longer waits for an answer.
    Caller,
    /// The server, at the end of its drain.
    Drain,
}

/// Why a call cannot begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotBegun {
    /// The id is in flight already: a peer's mistake, or a replay.
    Duplicate,
    /// As many calls as allowed are in flight.
    Full,
}

impl InFlight {
    /// Counts a call that has arrived.
    pub(crate) fn begin(&self, call_id: u32, max: u32) -> Result<(), NotBegun> {
        let mut calls = self.lock();
        let len = calls.len();
        match calls.entry(call_id) {
            Entry::Occupied(_) => Err(NotBegun::Duplicate),
            Entry::Vacant(_) if len >= max as usize => Err(NotBegun::Full),
            Entry::Vacant(place) => {
                place.insert(State::Starting);
                Ok(())
            }
        }
    }

    /// Remembers how to stop the handler of a call. One that was cancelled meanwhile is stopped at once; one that has
    /// ended meanwhile is gone.
    pub(crate) fn attach(&self, call_id: u32, handler: AbortHandle) {
        match self.lock().get_mut(&call_id) {
            Some(state @ State::Starting) => *state = State::Running(handler),
            Some(State::Stopped(_)) => handler.abort(),
            Some(State::Running(_)) | None => {}
        }
    }

    /// Stops the handler of a call. It stays counted until the handler is really gone.
    pub(crate) fn cancel(&self, call_id: u32) {
        if let Some(state) = self.lock().get_mut(&call_id) {
            state.stop(StoppedBy::Caller);
        }
    }

    /// Stops every handler.
    pub(crate) fn stop_all(&self, by: StoppedBy) {
        self.lock().values_mut().for_each(|state| state.stop(by));
    }

    /// Who had this call's handler stopped, if somebody had.
    pub(crate) fn stopped_by(&self, call_id: u32) -> Option<StoppedBy> {
        match self.lock().get(&call_id) {
            Some(State::Stopped(by)) => Some(*by),
            _ => None,
        }
    }

    /// Gives a call's place back.
    pub(crate) fn end(&self, call_id: u32) {
        let mut calls = self.lock();
        calls.remove(&call_id);
        let idle = calls.is_empty();
        drop(calls);
        if idle {
            self.idle.notify_waiters();
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.lock().len()
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

    /// Each change under the lock is one map operation: a panic cannot leave it half done.
    fn lock(&self) -> MutexGuard<'_, HashMap<u32, State, BuildHasherDefault<CallIdHasher>>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn stop(&mut self, by: StoppedBy) {
        // Who stopped it first keeps the word: a caller that has left stays the one who did.
        if !matches!(self, Self::Stopped(_))
            && let Self::Running(handler) = std::mem::replace(self, Self::Stopped(by))
        {
            handler.abort();
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
        calls.end(1);
        assert_eq!(calls.begin(3, 2), Ok(()));
    }

    #[tokio::test]
    async fn a_cancel_stops_the_handler_even_when_it_came_before_the_start() {
        let calls = InFlight::default();
        calls.begin(1, 8).unwrap();
        calls.cancel(1);
        let handler = tokio::spawn(std::future::pending::<()>());
        calls.attach(1, handler.abort_handle());
        assert!(handler.await.unwrap_err().is_cancelled());
        assert_eq!(calls.stopped_by(1), Some(StoppedBy::Caller));
    }

    #[tokio::test]
    async fn idle_is_told_when_the_last_call_ends() {
        let calls = InFlight::default();
        calls.until_idle().await;
        calls.begin(1, 8).unwrap();
        let (idle, ()) = tokio::join!(calls.until_idle(), async { calls.end(1) });
        idle
    }
}
