//! What the table promises where one thing happens after the other.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

use super::slots::{SLOTS_MIN, split};
use super::{CALLS_MAX, Outcome, Pending, Until};
use crate::status::Status;

fn poll(pending: &Pending, call_id: u32) -> Poll<Outcome> {
    pending.poll(call_id, &mut Context::from_waker(Waker::noop()))
}

#[track_caller]
fn body(outcome: Poll<Outcome>) -> Bytes {
    let Poll::Ready(Outcome::Answered(Ok(body))) = outcome else { panic!("{outcome:?}") };
    body
}

fn in_seconds(seconds: u64) -> Instant {
    Instant::now() + Duration::from_secs(seconds)
}

#[tokio::test]
async fn answers_find_their_calls_in_any_order() {
    let pending = Pending::default();
    let start = || pending.start(in_seconds(1), true, None).unwrap();
    let (a, b) = (start(), start());
    assert!(a != 0 && b != 0, "0 is the connection's");
    assert!(poll(&pending, a).is_pending());
    assert!(pending.answer(b, Ok(Bytes::from_static(b"b"))));
    assert!(pending.answer(a, Ok(Bytes::from_static(b"a"))));
    assert!(!pending.answer(a, Ok(Bytes::new())), "a second answer is ignored");
    assert_eq!(body(poll(&pending, a)), "a");
    assert_eq!(body(poll(&pending, b)), "b");
}

#[tokio::test]
async fn a_late_answer_does_not_reach_the_slots_next_call() {
    let pending = Pending::default();
    let first = pending.start(in_seconds(1), true, None).unwrap();
    assert!(pending.abandon(first), "the peer still works on it");
    let again = (0..SLOTS_MIN).map(|_| {
        let call = pending.start(in_seconds(1), true, None).unwrap();
        assert_ne!(call, first);
        call
    });
    let again: Vec<u32> = again.collect();
    assert!(again.iter().any(|call| split(*call).0 == split(first).0), "the slot is used again");
    assert!(!pending.answer(first, Ok(Bytes::new())));
    assert!(again.iter().all(|call| poll(&pending, *call).is_pending()));
    assert!(pending.answer(again[0], Ok(Bytes::new())));
    assert!(!pending.abandon(again[0]), "answered: nothing to cancel");
    for never in [0, 0xffff_ffff] {
        assert!(!pending.answer(never, Ok(Bytes::new())), "an id that never was");
    }
}

#[tokio::test]
async fn slots_are_used_in_turn() {
    let pending = Pending::default();
    let ids = (0..10 * SLOTS_MIN).map(|_| {
        let call = pending.start(in_seconds(1), false, None).unwrap();
        assert!(!pending.abandon(call), "not sent: nothing to cancel");
        call
    });
    let ids: HashSet<u32> = ids.collect();
    assert_eq!(ids.len(), 10 * SLOTS_MIN);
    let numbers: HashSet<u32> = ids.iter().map(|call| split(*call).0).collect();
    assert_eq!(numbers.len(), SLOTS_MIN);
}

#[tokio::test]
async fn there_are_as_many_slots_as_numbers() {
    let pending = Pending::default();
    let deadline = in_seconds(1);
    let first = pending.start(deadline, true, None).unwrap();
    (1..CALLS_MAX).for_each(|_| assert!(pending.start(deadline, true, None).is_some()));
    assert!(pending.start(deadline, true, None).is_none());
    pending.abandon(first);
    assert!(pending.start(deadline, true, None).is_some());
}

#[tokio::test]
async fn deadlines_come_in_their_order_and_move_the_timer() {
    let pending = Pending::default();
    let now = Instant::now();
    let at = |seconds| now + Duration::from_secs(seconds);
    let late = pending.start(at(9), true, None).unwrap();
    assert_eq!(pending.timer(), Some(at(9)));
    let early = pending.start(at(3), false, None).unwrap();
    assert_eq!(pending.timer(), Some(at(3)));
    assert_eq!((pending.overdue(at(2)), pending.timer()), (vec![], Some(at(3))));
    assert_eq!((pending.overdue(at(3)), pending.timer()), (vec![early], Some(at(9))));
    assert_eq!((pending.expire(early), pending.expire(early)), (Some(false), None));
    assert!(matches!(poll(&pending, early), Poll::Ready(Outcome::Late { sent: false })));
    assert_eq!((pending.overdue(at(9)), pending.timer()), (vec![late], None));
    assert_eq!(pending.expire(late), Some(true));
}

#[tokio::test]
async fn a_caller_is_woken_once_before_its_deadline_where_it_wants_that() {
    let pending = Pending::default();
    let now = Instant::now();
    let at = |seconds| now + Duration::from_secs(seconds);
    let start = |nudge| {
        let woken = Arc::new(Woken::default());
        let until = Until { deadline: at(9), nudge: Some(at(nudge)) };
        (pending.start(until, true, Some(Waker::from(Arc::clone(&woken)))).unwrap(), woken)
    };
    let ((first, woken), (_, later)) = (start(2), start(5));
    assert_eq!(pending.timer(), Some(at(2)));
    assert_eq!((pending.overdue(at(2)), pending.timer()), (vec![], Some(at(5))));
    assert_eq!((woken.times(), later.times()), (1, 0));
    assert!(poll(&pending, first).is_pending(), "it waits still");
    assert_eq!((pending.overdue(at(4)), woken.times()), (vec![], 1), "once");
    pending.abandon(first);
    assert_eq!((pending.overdue(at(6)), pending.timer(), later.times()), (vec![], Some(at(9)), 1));
    assert_eq!(pending.overdue(at(9)).len(), 1);
}

#[derive(Default)]
struct Woken(AtomicUsize);

impl Woken {
    fn times(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[tokio::test]
async fn closing_ends_what_waits_and_what_comes() {
    let pending = Pending::default();
    let sent = pending.start(in_seconds(1), true, None).unwrap();
    let unsent = pending.start(in_seconds(1), false, None).unwrap();
    assert!(!pending.is_idle());
    pending.close(|waiting| Status::unavailable(format!("{waiting} waited")));
    pending.close(|_| Status::internal("a later reason"));
    let Poll::Ready(Outcome::Answered(Err(status))) = poll(&pending, sent) else { panic!("it has ended") };
    assert_eq!(status.message(), "1 waited");
    assert!(matches!(poll(&pending, unsent), Poll::Ready(Outcome::Unsent)), "another connection may take it");
    assert!(pending.start(in_seconds(1), true, None).is_none());
    assert!(pending.is_idle() && pending.is_closed());
}
