//! What the table promises whatever thread runs first. A handler that nobody wakes is a deadlock to loom, a waker that is left over a
//! leak; either fails the test.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use loom::future::{AtomicWaker, block_on};
use loom::sync::Arc;
use loom::sync::atomic::{AtomicBool, Ordering};
use loom::thread;
use tokio::time::Instant;

// `table.rs` once more, with loom's locks and atomics.
use super::room::Room;
use super::{call_id_hasher, room};
use loom::sync::atomic::AtomicU32;
use loom::sync::{Mutex, MutexGuard};
#[allow(clippy::duplicate_mod, reason = "it is another one, with other locks")]
#[allow(dead_code, reason = "what a runtime's clock or the dispatcher alone needs")]
#[path = "table.rs"]
mod table;

use crate::interleaving::{Notify, in_every_order};
use table::{InFlight, Lasts, NotBegun, StoppedBy, Stops};

const AWAITED: Lasts = Lasts::WhileAwaited(None);

fn room(calls: u32) -> Room {
    Room { calls, bytes: 0 }
}

/// A call that was counted, with its place still to be given back.
struct Begun {
    calls: Arc<InFlight>,
    call_id: u32,
    stops: Stops,
}

impl Begun {
    fn new(calls: &Arc<InFlight>, call_id: u32, lasts: Lasts) -> Self {
        let stops = calls.begin(call_id, 0, room(8), lasts).unwrap();
        Self { calls: Arc::clone(calls), call_id, stops }
    }

    /// Runs its handler as the dispatcher does: once where it was read, where there is nobody to wake, and from its first wait on as a
    /// task. `None`: it was stopped.
    fn run<F: Future>(&self, handler: F) -> Option<F::Output> {
        let handler = pin!(handler);
        let mut work = pin!(self.calls.until_stopped(self.call_id, self.stops, handler));
        match work.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(outcome) => outcome,
            Poll::Pending => block_on(work),
        }
    }

    fn end(self) -> Option<StoppedBy> {
        self.calls.end(self.call_id)
    }
}

/// Something a handler waits for.
#[derive(Default)]
struct Event {
    has_come: AtomicBool,
    waiting: AtomicWaker,
}

impl Event {
    fn comes(&self) {
        self.has_come.store(true, Ordering::Release);
        self.waiting.wake();
    }

    async fn wait(&self) {
        std::future::poll_fn(|cx| {
            self.waiting.register_by_ref(cx.waker());
            if self.has_come.load(Ordering::Acquire) { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }
}

#[test]
fn a_stop_reaches_its_handler_wherever_it_stands() {
    for stop in [
        |calls: &InFlight, _| calls.cancel(1),
        |calls: &InFlight, _| calls.stop_all(StoppedBy::Drain),
        |calls: &InFlight, now| calls.stop_overdue(now),
    ] {
        in_every_order(move || {
            let (calls, now) = (Arc::new(InFlight::default()), Instant::now());
            let call = Begun::new(&calls, 1, Lasts::WhileAwaited(Some(now)));
            let stopping = thread::spawn({
                let calls = Arc::clone(&calls);
                move || stop(&calls, now)
            });
            // Comes back only if it is stopped.
            assert_eq!(call.run(std::future::pending::<()>()), None);
            assert!(call.end().is_some());
            assert_eq!(calls.len(), 0);
            stopping.join().unwrap();
        });
    }
}

#[test]
fn nothing_is_polled_once_it_is_known_to_be_stopped() {
    in_every_order(|| {
        let calls = Arc::new(InFlight::default());
        let call = Begun::new(&calls, 1, AWAITED);
        let stopping = thread::spawn({
            let calls = Arc::clone(&calls);
            move || calls.cancel(1)
        });
        stopping.join().unwrap();
        assert!(calls.is_stopped(1, call.stops));
        let outcome = call.run(async { panic!("it starts after the stop was made") });
        assert_eq!((outcome, call.end()), (None::<()>, Some(StoppedBy::Caller)));
    });
}

#[test]
fn who_stops_at_the_same_time_stops_once() {
    in_every_order(|| {
        let (calls, now) = (Arc::new(InFlight::default()), Instant::now());
        let call = Begun::new(&calls, 1, Lasts::WhileAwaited(Some(now)));
        let timer = thread::spawn({
            let calls = Arc::clone(&calls);
            move || calls.stop_overdue(now)
        });
        let reader = thread::spawn({
            let calls = Arc::clone(&calls);
            move || calls.cancel(1)
        });
        assert_eq!(call.run(std::future::pending::<()>()), None);
        let first = call.end().unwrap();
        assert!(matches!(first, StoppedBy::Caller | StoppedBy::Deadline));
        timer.join().unwrap();
        reader.join().unwrap();
        assert_eq!((calls.len(), calls.end(1)), (0, None), "who comes too late leaves nothing");
    });
}

#[test]
fn an_event_and_a_stop_at_once_end_the_handler_by_either() {
    in_every_order(|| {
        let (calls, event) = (Arc::new(InFlight::default()), Arc::new(Event::default()));
        let call = Begun::new(&calls, 1, AWAITED);
        let stopping = thread::spawn({
            let calls = Arc::clone(&calls);
            move || calls.cancel(1)
        });
        let coming = thread::spawn({
            let event = Arc::clone(&event);
            move || event.comes()
        });
        let outcome = call.run(event.wait());
        stopping.join().unwrap();
        coming.join().unwrap();
        let word = call.end();
        // One that was ready in time may be cancelled all the same before it gives its place back.
        assert!(outcome.is_some() || word.is_some(), "stopped by nobody");
        assert_eq!(word, Some(StoppedBy::Caller));
        assert_eq!(calls.len(), 0);
    });
}

#[test]
fn the_stop_of_one_call_does_not_stop_another() {
    in_every_order(|| {
        let (calls, event) = (Arc::new(InFlight::default()), Arc::new(Event::default()));
        let (one, other) = (Begun::new(&calls, 1, AWAITED), Begun::new(&calls, 2, AWAITED));
        let detached = Begun::new(&calls, 3, Lasts::Detached);
        let stopping = thread::spawn({
            let (calls, event) = (Arc::clone(&calls), Arc::clone(&event));
            move || {
                calls.cancel(1);
                calls.cancel(3);
                event.comes();
            }
        });
        assert_eq!(other.run(event.wait()), Some(()));
        assert_eq!(detached.run(event.wait()), Some(()));
        stopping.join().unwrap();
        assert_eq!((other.end(), detached.end(), one.end()), (None, None, Some(StoppedBy::Caller)));
    });
}

/// A caller gives a call up and uses its id again, while the handler ends by itself, and deadlines are kept by a third.
#[test]
fn an_id_that_comes_back_does_not_get_the_old_calls_stop() {
    in_every_order(|| {
        let (calls, now) = (Arc::new(InFlight::default()), Instant::now());
        let old = Begun::new(&calls, 1, Lasts::WhileAwaited(Some(now)));
        let handling = thread::spawn(move || {
            old.run(async {});
            old.end()
        });
        let timer = thread::spawn({
            let calls = Arc::clone(&calls);
            move || calls.stop_overdue(now)
        });
        calls.cancel(1);
        let later = Lasts::WhileAwaited(Some(now + Duration::from_secs(1)));
        match calls.begin(1, 0, room(8), later) {
            Ok(stops) => {
                let new = Begun { calls: Arc::clone(&calls), call_id: 1, stops };
                assert_eq!(new.run(async {}), Some(()));
                assert_eq!(new.end(), None, "the stop was the old one's");
                handling.join().unwrap();
            }
            Err(refused) => {
                assert_eq!(refused, NotBegun::Lingering, "its caller has left it");
                assert_eq!(handling.join().unwrap(), Some(StoppedBy::Caller));
            }
        }
        timer.join().unwrap();
        assert_eq!(calls.len(), 0);
    });
}

#[test]
fn idle_is_when_the_last_call_has_ended_and_no_sooner() {
    in_every_order(|| {
        let calls = Arc::new(InFlight::default());
        let ended: [Arc<AtomicBool>; 2] = Default::default();
        let handling = [1, 2].map(|call_id| {
            let call = Begun::new(&calls, call_id, AWAITED);
            let ended = Arc::clone(&ended[call_id as usize - 1]);
            thread::spawn(move || {
                ended.store(true, Ordering::Relaxed);
                assert_eq!(call.end(), None);
            })
        });
        calls.drain();
        block_on(calls.until_idle());
        assert!(ended.iter().all(|ended| ended.load(Ordering::Relaxed)), "a call is still in flight");
        assert_eq!(calls.begin(3, 0, room(8), AWAITED), Err(NotBegun::Draining));
        handling.into_iter().for_each(|handling| handling.join().unwrap());
    });
}

/// What comes while a server begins to drain is counted and waited for, or refused.
#[test]
fn a_call_that_arrives_with_the_drain_is_waited_for_or_refused() {
    in_every_order(|| {
        let calls = Arc::new(InFlight::default());
        let ended = Arc::new(AtomicBool::new(false));
        let arriving = thread::spawn({
            let (calls, ended) = (Arc::clone(&calls), Arc::clone(&ended));
            move || {
                let begun = calls.begin(1, 0, room(8), AWAITED).is_ok();
                if begun {
                    ended.store(true, Ordering::Relaxed);
                    calls.end(1);
                }
                begun
            }
        });
        calls.drain();
        block_on(calls.until_idle());
        let had_ended = ended.load(Ordering::Relaxed);
        assert_eq!(arriving.join().unwrap(), had_ended, "it began and was not waited for");
    });
}

#[test]
fn two_that_arrive_at_once_get_one_place() {
    in_every_order(|| {
        let calls = Arc::new(InFlight::default());
        let arriving = [1, 2].map(|call_id| {
            let calls = Arc::clone(&calls);
            thread::spawn(move || calls.begin(call_id, 0, room(1), AWAITED))
        });
        let begun = arriving.map(|arriving| arriving.join().unwrap().is_ok());
        assert_eq!(begun.iter().filter(|begun| **begun).count(), 1);
        assert_eq!(calls.len(), 1);
    });
}
