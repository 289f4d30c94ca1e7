//! The calls of one connection that wait for their answers.
//!
//! A slab of slots. A call id is a slot's index with the slot's generation above it, so an answer that comes after its
//! call was given up meets another generation and is ignored. Time is handed in; the table reads no clock.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::status::Status;

/// Bits of a call id that are the slot's index.
const INDEX_BITS: u32 = 16;

/// Most slots a table has: more calls in flight than this on one connection are refused.
pub(super) const CALLS_MAX: u32 = 1 << INDEX_BITS;

/// How a call ended.
#[derive(Debug)]
pub(super) enum Outcome {
    /// By its encoded answer, or by a status that says why there is none.
    Answered(Result<Bytes, Status>),
    /// By its deadline.
    Late,
}

/// Calls that wait for their answers.
#[derive(Debug, Default)]
pub(super) struct Pending {
    table: Mutex<Table>,
    /// Told when a deadline has come that is earlier than the one the timer waits for.
    pub(super) earlier_deadline: Notify,
}

#[derive(Debug, Default)]
struct Table {
    slots: Vec<Slot>,
    free: Vec<u32>,
    /// What the timer waits for.
    timer: Option<Instant>,
    /// No call can wait here any more.
    closed: bool,
}

#[derive(Debug)]
struct Slot {
    generation: u16,
    state: State,
}

#[derive(Debug)]
enum State {
    Free,
    Waiting { deadline: Instant, caller: Option<Waker> },
    Ended(Outcome),
}

/// Why a call cannot wait here.
#[derive(Debug)]
pub(super) enum NotStarted {
    /// As many as the peer takes are in flight.
    Full,
    /// The connection is gone.
    Closed,
}

impl Pending {
    /// Takes a slot for a call that ends at `deadline` at the latest, if fewer than `max` are taken.
    pub(super) fn start(&self, deadline: Instant, max: u32) -> Result<u32, NotStarted> {
        let mut table = self.lock();
        if table.closed {
            return Err(NotStarted::Closed);
        }
        let taken = table.slots.len() - table.free.len();
        if taken >= max.min(CALLS_MAX) as usize {
            return Err(NotStarted::Full);
        }
        let index = table.free.pop().unwrap_or_else(|| {
            table.slots.push(Slot { generation: 0, state: State::Free });
            table.slots.len() as u32 - 1
        });
        let slot = &mut table.slots[index as usize];
        slot.state = State::Waiting { deadline, caller: None };
        let call_id = call_id(index, slot.generation);
        if table.timer.is_none_or(|timer| deadline < timer) {
            table.timer = Some(deadline);
            drop(table);
            self.earlier_deadline.notify_one();
        }
        Ok(call_id)
    }

    /// The outcome of a call, once there is one; its slot is free then.
    pub(super) fn poll(&self, call_id: u32, cx: &mut Context<'_>) -> Poll<Outcome> {
        let mut table = self.lock();
        let slot = table.slot(call_id).expect("a call's slot is its own until its outcome was taken");
        match &mut slot.state {
            State::Waiting { caller, .. } => {
                if !caller.as_ref().is_some_and(|caller| caller.will_wake(cx.waker())) {
                    *caller = Some(cx.waker().clone());
                }
                Poll::Pending
            }
            State::Ended(_) => match table.release(call_id) {
                State::Ended(outcome) => Poll::Ready(outcome),
                State::Free | State::Waiting { .. } => {
                    unreachable!("the state was looked at under this lock")
                }
            },
            State::Free => unreachable!("a free slot has another generation"),
        }
    }

    /// Gives a call up. True: the peer still works on it.
    pub(super) fn abandon(&self, call_id: u32) -> bool {
        let mut table = self.lock();
        table.slot(call_id).is_some() && matches!(table.release(call_id), State::Waiting { .. })
    }

    /// Answers a call that waits. False: nobody waits for it.
    pub(super) fn answer(&self, call_id: u32, answer: Result<Bytes, Status>) -> bool {
        self.end(call_id, Outcome::Answered(answer))
    }

    /// Ends a call that waits. False: nobody waits for it.
    pub(super) fn end(&self, call_id: u32, outcome: Outcome) -> bool {
        let mut table = self.lock();
        let Some(slot) = table.slot(call_id) else {
            return false;
        };
        let State::Waiting { caller, .. } = &mut slot.state else {
            return false;
        };
        let caller = caller.take();
        slot.state = State::Ended(outcome);
        drop(table);
        if let Some(caller) = caller {
            caller.wake();
        }
        true
    }

    /// Ends every call that waits, and every later one at once. The first reason stays.
    pub(super) fn close(&self, why: impl FnOnce(usize) -> Status) {
        let mut table = self.lock();
        if table.closed {
            return;
        }
        let waiting = table.waiting().count();
        let status = why(waiting);
        let callers: Vec<Waker> = table
            .slots
            .iter_mut()
            .filter_map(|slot| match &mut slot.state {
                State::Waiting { caller, .. } => {
                    let caller = caller.take();
                    slot.state = State::Ended(Outcome::Answered(Err(status.clone())));
                    caller
                }
                State::Free | State::Ended(_) => None,
            })
            .collect();
        table.closed = true;
        drop(table);
        callers.into_iter().for_each(Waker::wake);
        // The timer has nothing more to wait for.
        self.earlier_deadline.notify_one();
    }

    /// Calls whose deadline is over at `now`, to be ended by [`Self::end`]. Sets the timer to the next deadline.
    pub(super) fn overdue(&self, now: Instant) -> Vec<u32> {
        let mut table = self.lock();
        let (overdue, later): (Vec<_>, Vec<_>) = table.waiting().partition(|(_, deadline)| *deadline <= now);
        table.timer = later.into_iter().map(|(_, deadline)| deadline).min();
        overdue.into_iter().map(|(call_id, _)| call_id).collect()
    }

    /// Whether no call waits.
    pub(super) fn is_idle(&self) -> bool {
        self.lock().waiting().next().is_none()
    }

    /// What the timer has to wait for.
    pub(super) fn timer(&self) -> Option<Instant> {
        self.lock().timer
    }

    pub(super) fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// Each change under the lock is a few plain assignments: a panic cannot leave it half done.
    fn lock(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    /// The slot of a call that has not been given up; `None` for an id that is not, or no longer, in use.
    fn slot(&mut self, call_id: u32) -> Option<&mut Slot> {
        let (index, generation) = split(call_id);
        let slot = self.slots.get_mut(index as usize)?;
        (slot.generation == generation && !matches!(slot.state, State::Free)).then_some(slot)
    }

    fn release(&mut self, call_id: u32) -> State {
        let (index, _) = split(call_id);
        let slot = &mut self.slots[index as usize];
        slot.generation = slot.generation.wrapping_add(1);
        self.free.push(index);
        std::mem::replace(&mut slot.state, State::Free)
    }

    fn waiting(&self) -> impl Iterator<Item = (u32, Instant)> {
        self.slots.iter().zip(0u32..).filter_map(|(slot, index)| match slot.state {
            State::Waiting { deadline, .. } => Some((call_id(index, slot.generation), deadline)),
            State::Free | State::Ended(_) => None,
        })
    }
}

fn call_id(index: u32, generation: u16) -> u32 {
    u32::from(generation) << INDEX_BITS | index
}

fn split(call_id: u32) -> (u32, u16) {
    (call_id & (CALLS_MAX - 1), (call_id >> INDEX_BITS) as u16)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn poll(pending: &Pending, call_id: u32) -> Poll<Outcome> {
        pending.poll(call_id, &mut Context::from_waker(Waker::noop()))
    }

    fn in_seconds(seconds: u64) -> Instant {
        Instant::now() + Duration::from_secs(seconds)
    }

    #[tokio::test]
    async fn answers_find_their_calls_in_any_order() {
        let pending = Pending::default();
        let (a, b) = (pending.start(in_seconds(1), 2).unwrap(), pending.start(in_seconds(1), 2).unwrap());
        assert!(matches!(pending.start(in_seconds(1), 2), Err(NotStarted::Full)));
        assert!(poll(&pending, a).is_pending());
        assert!(pending.answer(b, Ok(Bytes::from_static(b"b"))));
        assert!(pending.answer(a, Ok(Bytes::from_static(b"a"))));
        assert!(!pending.answer(a, Ok(Bytes::new())), "a second answer is ignored");
        let Poll::Ready(Outcome::Answered(Ok(body))) = poll(&pending, a) else { panic!("a has ended") };
        assert_eq!(body, "a");
        let Poll::Ready(Outcome::Answered(Ok(body))) = poll(&pending, b) else { panic!("b has ended") };
        assert_eq!(body, "b");
    }

    #[tokio::test]
    async fn a_late_answer_does_not_reach_the_slots_next_call() {
        let pending = Pending::default();
        let first = pending.start(in_seconds(1), 1).unwrap();
        assert!(pending.abandon(first), "the peer still works on it");
        let second = pending.start(in_seconds(1), 1).unwrap();
        assert_ne!(first, second);
        assert!(!pending.answer(first, Ok(Bytes::new())));
        assert!(poll(&pending, second).is_pending());
        assert!(pending.answer(second, Ok(Bytes::new())));
        assert!(!pending.abandon(second), "answered: nothing to cancel");
        assert!(!pending.answer(0xffff_ffff, Ok(Bytes::new())), "an id that never was");
    }

    #[tokio::test]
    async fn deadlines_come_in_their_order_and_move_the_timer() {
        let pending = Pending::default();
        let now = Instant::now();
        let at = |seconds| now + Duration::from_secs(seconds);
        let late = pending.start(at(9), 8).unwrap();
        assert_eq!(pending.timer(), Some(at(9)));
        let early = pending.start(at(3), 8).unwrap();
        assert_eq!(pending.timer(), Some(at(3)));
        assert_eq!((pending.overdue(at(2)), pending.timer()), (vec![], Some(at(3))));
        assert_eq!((pending.overdue(at(3)), pending.timer()), (vec![early], Some(at(9))));
        pending.abandon(early);
        assert_eq!((pending.overdue(at(9)), pending.timer()), (vec![late], None));
    }

    #[tokio::test]
    async fn closing_ends_what_waits_and_what_comes() {
        let pending = Pending::default();
        let call = pending.start(in_seconds(1), 8).unwrap();
        pending.close(|waiting| Status::unavailable(format!("{waiting} waited")));
        pending.close(|_| Status::internal("a later reason"));
        let Poll::Ready(Outcome::Answered(Err(status))) = poll(&pending, call) else {
            panic!("it has ended")
        };
        assert_eq!(status.message(), "1 waited");
        assert!(matches!(pending.start(in_seconds(1), 8), Err(NotStarted::Closed)));
    }
}
