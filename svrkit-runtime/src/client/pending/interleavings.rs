//! What the table promises whatever thread runs first: one outcome a call, no slot that stays taken. A caller that nobody wakes is a
//! deadlock to loom, a waker that is left over a leak; either fails the test.

use std::ops::ControlFlow;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use loom::future::block_on;
use loom::sync::Arc;
use loom::sync::atomic::{AtomicBool, Ordering};
use loom::thread;
use tokio::time::Instant;

// `table.rs` once more, with loom's locks.
use super::{outcome, slots};
use loom::sync::{Mutex, MutexGuard};
#[allow(clippy::duplicate_mod, reason = "it is another one, with other locks")]
#[allow(dead_code, reason = "what a runtime's clock or a connection alone needs")]
#[path = "table.rs"]
mod table;

use crate::deadline;
use crate::interleaving::{Notify, in_every_order};
use crate::status::Status;
use outcome::Outcome;
use slots::SLOTS_MIN;
use table::Pending;

fn now() -> Instant {
    Instant::now()
}

fn lost(_: usize) -> Status {
    Status::unavailable("the link is lost")
}

fn begun(sent: bool) -> (Arc<Pending>, u32) {
    let pending = Arc::new(Pending::default());
    let call_id = pending.start(now(), sent, None).unwrap();
    (pending, call_id)
}

/// Runs `work` with the table on a thread of its own.
fn meanwhile<T: 'static>(
    pending: &Arc<Pending>,
    work: impl FnOnce(&Pending) -> T + 'static,
) -> thread::JoinHandle<T> {
    let pending = Arc::clone(pending);
    thread::spawn(move || work(&pending))
}

/// Waits for the outcome as a request does: once where it was sent, where the first waker is another, and then as a task.
fn outcome_of(pending: &Pending, call_id: u32) -> Outcome {
    match pending.poll(call_id, &mut Context::from_waker(Waker::noop())) {
        Poll::Ready(outcome) => outcome,
        Poll::Pending => block_on(std::future::poll_fn(|cx| pending.poll(call_id, cx))),
    }
}

#[track_caller]
fn assert_nothing_is_left(pending: &Pending) {
    assert_eq!(pending.taken(), 0, "a slot has stayed");
    assert!(pending.is_idle());
}

#[test]
fn an_answer_reaches_its_caller_wherever_it_stands() {
    in_every_order(|| {
        let (pending, call_id) = begun(true);
        let reader = meanwhile(&pending, move |pending| pending.answer(call_id, Ok(Bytes::new())));
        assert!(matches!(outcome_of(&pending, call_id), Outcome::Answered(Ok(_))));
        assert!(reader.join().unwrap());
        assert_nothing_is_left(&pending);
    });
}

/// Ends a call, or all of a table. True: it was this that ended the call.
type End = fn(&Pending, u32) -> bool;

const ANSWER: End = |pending, call_id| pending.answer(call_id, Ok(Bytes::new()));
const EXPIRE: End = |pending, call_id| pending.expire(call_id).is_some();
const LOSE: End = |pending, _| {
    let mut ended = 0;
    pending.close(|waiting| {
        ended = waiting;
        lost(waiting)
    });
    ended == 1
};
const GIVE_UP: End = |pending, call_id| pending.abandon(call_id);

#[test]
fn a_call_ends_once_by_its_answer_its_deadline_or_its_lost_link() {
    for (one, other) in [(ANSWER, EXPIRE), (ANSWER, LOSE), (EXPIRE, LOSE)] {
        in_every_order(move || {
            let (pending, call_id) = begun(true);
            let ending = meanwhile(&pending, move |pending| one(pending, call_id));
            let other = meanwhile(&pending, move |pending| other(pending, call_id));
            let outcome = outcome_of(&pending, call_id);
            assert!(matches!(outcome, Outcome::Answered(_) | Outcome::Late { sent: true }), "{outcome:?}");
            assert!(ending.join().unwrap() ^ other.join().unwrap(), "{outcome:?}");
            assert_nothing_is_left(&pending);
        });
    }
}

#[test]
fn a_call_that_is_given_up_is_cancelled_unless_it_has_ended() {
    for (one, other) in [(ANSWER, EXPIRE), (ANSWER, LOSE), (EXPIRE, LOSE)] {
        in_every_order(move || {
            let (pending, call_id) = begun(true);
            let ending = meanwhile(&pending, move |pending| one(pending, call_id));
            let other = meanwhile(&pending, move |pending| other(pending, call_id));
            let ends = [GIVE_UP(&pending, call_id), ending.join().unwrap(), other.join().unwrap()];
            assert_eq!(ends.iter().filter(|it| **it).count(), 1, "given up, one, other: {ends:?}");
            assert_nothing_is_left(&pending);
        });
    }
}

/// A call is given up, and its slot used again, while its answer is on its way.
#[test]
fn an_old_answer_does_not_reach_the_next_call_of_the_slot() {
    in_every_order(|| {
        let pending = Arc::new(Pending::default());
        let calls: Vec<u32> = (0..SLOTS_MIN).map(|_| pending.start(now(), true, None).unwrap()).collect();
        calls[1..].iter().for_each(|call_id| assert!(pending.abandon(*call_id)));
        let old = calls[0];
        let reader = meanwhile(&pending, move |pending| pending.answer(old, Ok(Bytes::from_static(b"old"))));
        let was_waiting = pending.abandon(old);
        // All slots but this one are used before it, and given back.
        let between = (1..SLOTS_MIN).map(|_| pending.start(now(), true, None).unwrap()).collect::<Vec<_>>();
        let new = pending.start(now(), true, None).unwrap();
        assert_eq!((slots::split(new).0, new == old), (slots::split(old).0, false));
        assert_eq!(reader.join().unwrap(), !was_waiting);
        assert!(pending.answer(new, Ok(Bytes::from_static(b"new"))));
        let outcome = outcome_of(&pending, new);
        assert!(matches!(&outcome, Outcome::Answered(Ok(body)) if body == "new"), "{outcome:?}");
        between.into_iter().for_each(|call_id| assert!(pending.abandon(call_id)));
        assert_nothing_is_left(&pending);
    });
}

#[test]
fn what_was_marked_as_sent_ends_as_sent() {
    for end in [
        |pending: &Pending, call_id| {
            pending.expire(call_id);
        },
        |pending: &Pending, _| pending.close(lost),
    ] {
        in_every_order(move || {
            let (pending, call_id) = begun(false);
            let ending = meanwhile(&pending, move |pending| end(pending, call_id));
            let is_marked = pending.mark_sent(call_id);
            match outcome_of(&pending, call_id) {
                Outcome::Late { sent } => assert_eq!(sent, is_marked),
                Outcome::Answered(Err(_)) => assert!(is_marked),
                Outcome::Unsent => assert!(!is_marked),
                Outcome::Answered(Ok(_)) | Outcome::Degraded(_) => panic!("nobody has answered"),
            }
            ending.join().unwrap();
            assert_nothing_is_left(&pending);
        });
    }
}

#[test]
fn a_call_that_starts_while_its_link_is_lost_ends_with_it_or_goes_elsewhere() {
    in_every_order(|| {
        let pending = Arc::new(Pending::default());
        let closer = meanwhile(&pending, |pending| pending.close(lost));
        if let Some(call_id) = pending.start(now(), false, None) {
            assert!(matches!(outcome_of(&pending, call_id), Outcome::Unsent));
        }
        closer.join().unwrap();
        assert_nothing_is_left(&pending);
        assert!(pending.is_closed());
    });
}

/// The pool leaves an idle link while a call has just chosen it.
#[test]
fn a_link_that_a_call_has_chosen_is_not_closed_as_idle() {
    in_every_order(|| {
        let pending = Arc::new(Pending::default());
        let is_left = Arc::new(AtomicBool::new(false));
        let leaving = meanwhile(&pending, {
            let is_left = Arc::clone(&is_left);
            move |pending| {
                is_left.store(true, Ordering::Release);
                pending.close_if_idle()
            }
        });
        let Some(call_id) = pending.start(now(), true, None) else {
            assert!(leaving.join().unwrap(), "it is left, and the call goes elsewhere");
            return;
        };
        assert!(!pending.is_closed(), "the call has chosen it");
        // Its answer comes, and whoever reads it closes what is left.
        let reader = meanwhile(&pending, {
            let is_left = Arc::clone(&is_left);
            move |pending| {
                assert!(pending.answer(call_id, Ok(Bytes::new())), "it was waited for");
                is_left.load(Ordering::Acquire) && pending.close_if_idle()
            }
        });
        assert!(matches!(outcome_of(&pending, call_id), Outcome::Answered(Ok(_))));
        let closed = [leaving.join().unwrap(), reader.join().unwrap()];
        assert_eq!(closed.iter().filter(|it| **it).count(), 1, "left for ever, or closed twice: {closed:?}");
        assert_nothing_is_left(&pending);
    });
}

#[test]
fn the_timer_hears_of_an_earlier_deadline_and_of_the_end() {
    for event in [
        |pending: &Pending| {
            pending.start(now() + Duration::from_secs(1), true, None);
        },
        |pending: &Pending| pending.close(lost),
        |pending: &Pending| assert!(pending.close_if_idle()),
    ] {
        in_every_order(move || {
            let pending = Arc::new(Pending::default());
            let coming = meanwhile(&pending, event);
            // Never comes back if it is not told.
            block_on(deadline::keep(
                &pending.earlier_deadline,
                || match pending.timer().is_some() || pending.is_closed() {
                    true => ControlFlow::Break(()),
                    false => ControlFlow::Continue(None),
                },
                |_| unreachable!("there is no deadline to be over"),
            ));
            coming.join().unwrap();
        });
    }
}
