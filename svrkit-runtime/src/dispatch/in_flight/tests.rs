//! What the table promises where one thing happens after the other.

use std::future::{pending, ready};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::{Full, InFlight, Lasts, NotBegun, Room, StoppedBy, Stops};

const AWAITED: Lasts = Lasts::WhileAwaited(None);

fn room(calls: u32) -> Room {
    Room { calls, bytes: 10_000 }
}

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
    let begin = |call_id, max| calls.begin(call_id, 0, room(max), AWAITED).map(|_| ());
    assert_eq!(begin(1, 2), Ok(()));
    assert_eq!(begin(2, 2), Ok(()));
    assert_eq!(begin(2, 2), Err(NotBegun::Duplicate));
    assert_eq!(begin(3, 2), Err(NotBegun::Full(Full::Calls)));
    calls.cancel(1);
    assert_eq!(begin(3, 2), Err(NotBegun::Full(Full::Calls)), "cancelled, yet its handler is not gone");
    assert_eq!(begin(1, 9), Err(NotBegun::Lingering));
    assert_eq!(calls.end(1), Some(StoppedBy::Caller));
    assert_eq!(begin(3, 2), Ok(()));
    calls.drain();
    assert_eq!(begin(4, 9), Err(NotBegun::Draining));
    assert!(calls.begin_while_draining(4, 0, room(9), AWAITED).is_ok(), "a server's health is told");
    assert_eq!((calls.end(2), calls.len()), (None, 2));
    calls.close();
    assert_eq!(calls.begin_while_draining(5, 0, room(9), AWAITED).map(|_| ()), Err(NotBegun::Draining));
}

#[test]
fn the_bytes_of_a_request_are_counted_until_its_call_ends() {
    let calls = InFlight::default();
    let begin = |call_id, len| calls.begin(call_id, len, room(8), AWAITED).map(|_| ());
    assert_eq!(begin(1, 5000), Ok(()));
    assert_eq!(begin(2, 5000), Ok(()));
    assert_eq!(begin(3, 5000), Err(NotBegun::Full(Full::Bytes)));
    assert_eq!(begin(1, 5000), Err(NotBegun::Duplicate));
    assert_eq!(begin(4, 1000), Ok(()), "what is short is not counted");
    calls.cancel(1);
    assert_eq!(begin(3, 5000), Err(NotBegun::Full(Full::Bytes)), "cancelled, yet its handler is not gone");
    assert_eq!(calls.end(1), Some(StoppedBy::Caller));
    assert_eq!(begin(3, 5001), Err(NotBegun::Full(Full::Bytes)));
    assert_eq!(begin(3, 5000), Ok(()));
    for call_id in [2, 3, 4] {
        assert_eq!(calls.end(call_id), None);
    }
    assert_eq!(begin(1, 10_000), Ok(()));
}

#[tokio::test]
async fn a_cancel_stops_the_handler_before_its_first_poll_and_after() {
    let calls = Arc::new(InFlight::default());
    let began = calls.begin(1, 0, room(8), AWAITED).unwrap();
    calls.cancel(1);
    assert!(calls.is_stopped(1, began));
    assert_eq!(run(&calls, 1, began, ready(())).await.unwrap(), None, "it never starts");
    assert_eq!(calls.end(1), Some(StoppedBy::Caller));

    let began = calls.begin(1, 0, room(8), AWAITED).unwrap();
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
    let began = calls.begin(1, 0, room(8), Lasts::Detached).unwrap();
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
        let stops = calls.begin(call_id, 0, room(8), Lasts::WhileAwaited(deadline)).unwrap();
        run(&calls, call_id, stops, pending::<()>())
    };
    // Later, earlier, never; and one that ends before its time.
    let (later, earlier, never, ends) =
        (begin(1, Some(9)), begin(2, Some(3)), begin(3, None), begin(4, Some(1)));
    assert_eq!(calls.end(4), None);
    assert_eq!(earlier.await.unwrap(), None);
    assert_eq!(began.elapsed().as_secs(), 3);
    assert_eq!(calls.end(2), Some(StoppedBy::Deadline));
    assert!(calls.begin(1, 0, room(8), AWAITED).is_err(), "it goes on");
    assert_eq!(later.await.unwrap(), None);
    assert_eq!(began.elapsed().as_secs(), 9);
    calls.cancel(1);
    assert_eq!(calls.begin(1, 0, room(8), AWAITED), Err(NotBegun::Lingering));
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
    calls.begin(1, 0, room(8), AWAITED).unwrap();
    let ((), stopped_by) = tokio::join!(calls.until_idle(), async { calls.end(1) });
    assert_eq!(stopped_by, None);
}
