//! The calls of one connection that wait for their answers.
//!
//! A slab of slots. A call id is a slot's number with the slot's generation above it, so an answer that comes after its
//! call was given up meets another generation and is ignored. Time is handed in; the table reads no clock.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::status::Status;

/// Bits of a call id that are the slot's number. Number 0 is no slot's: call id 0 means the connection.
const NUMBER_BITS: u32 = 16;

/// Most slots a table has.
pub(super) const CALLS_MAX: u32 = (1 << NUMBER_BITS) - 1;

/// Slots are used in turn from this many on, so that an id comes back late: a server may still have a cancelled call
/// of that id in its hands.
const SLOTS_MIN: usize = 32;

/// How a call ended.
#[derive(Debug)]
pub(super) enum Outcome {
    /// By its encoded answer, or by a status that says why there is none.
    Answered(Result<Bytes, Status>),
    /// By its deadline; whether it had been sent.
    Late { sent: bool },
    /// The connection ended before it was sent: another may take it.
    Unsent,
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
    /// Slot number 1 is at index 0.
    slots: Vec<Slot>,
    /// First in, first out.
    free: VecDeque<u32>,
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
    Waiting { deadline: Instant, sent: bool, caller: Option<Waker> },
    Ended(Outcome),
}

impl Pending {
    /// Takes a slot for a call that ends at `deadline` at the latest. `None`: the connection is gone, or all
    /// [`CALLS_MAX`] slots are taken.
    pub(super) fn start(&self, deadline: Instant, sent: bool) -> Option<u32> {
        let mut table = self.lock();
        let number = if table.closed { None } else { table.take_slot() }?;
        let slot = &mut table.slots[number as usize - 1];
        slot.state = State::Waiting { deadline, sent, caller: None };
        let call_id = call_id(number, slot.generation);
        if table.timer.is_none_or(|timer| deadline < timer) {
            table.timer = Some(deadline);
            drop(table);
            self.earlier_deadline.notify_one();
        }
        Some(call_id)
    }

    /// Notes that a call is about to be sent. False: it has ended meanwhile.
    pub(super) fn mark_sent(&self, call_id: u32) -> bool {
        match self.lock().slot(call_id) {
            Some(Slot { state: State::Waiting { sent, .. }, .. }) => {
                *sent = true;
                true
            }
            _ => false,
        }
    }

    /// The outcome of a call, once there is one; its slot is free then.
    pub(super) fn poll(&self, call_id: u32, cx: &mut Context<'_>) -> Poll<Outcome> {
        let mut table = self.lock();
        let slot = table.slot(call_id).expect("a call's slot is its own until its outcome was taken");
        if let State::Waiting { caller, .. } = &mut slot.state {
            if !caller.as_ref().is_some_and(|caller| caller.will_wake(cx.waker())) {
                *caller = Some(cx.waker().clone());
            }
            return Poll::Pending;
        }
        match table.release(call_id) {
            State::Ended(outcome) => Poll::Ready(outcome),
            State::Free | State::Waiting { .. } => unreachable!("the state was looked at under this lock"),
        }
    }

    /// How many calls have a slot.
    pub(super) fn taken(&self) -> usize {
        let table = self.lock();
        table.slots.len() - table.free.len()
    }

    /// Gives a call's slot back. True: it was sent and not answered, so the peer still works on it.
    pub(super) fn abandon(&self, call_id: u32) -> bool {
        let mut table = self.lock();
        table.slot(call_id).is_some() && matches!(table.release(call_id), State::Waiting { sent: true, .. })
    }

    /// Answers a call that waits. False: nobody waits for it.
    pub(super) fn answer(&self, call_id: u32, answer: Result<Bytes, Status>) -> bool {
        self.end(call_id, |_| Outcome::Answered(answer)).is_some()
    }

    /// Ends a call by its deadline. Says whether it had been sent; `None`: nobody waits for it.
    pub(super) fn expire(&self, call_id: u32) -> Option<bool> {
        self.end(call_id, |sent| Outcome::Late { sent })
    }

    fn end(&self, call_id: u32, outcome: impl FnOnce(bool) -> Outcome) -> Option<bool> {
        let mut table = self.lock();
        let slot = table.slot(call_id)?;
        let State::Waiting { sent, caller, .. } = &mut slot.state else { return None };
        let (sent, caller) = (*sent, caller.take());
        slot.state = State::Ended(outcome(sent));
        drop(table);
        if let Some(caller) = caller {
            caller.wake();
        }
        Some(sent)
    }

    /// Ends every call that waits: those that were sent by what `why` makes of their number. No call starts any more.
    /// The first reason stays.
    pub(super) fn close(&self, why: impl FnOnce(usize) -> Status) {
        let mut table = self.lock();
        if std::mem::replace(&mut table.closed, true) {
            return;
        }
        let is_sent = |slot: &&Slot| matches!(slot.state, State::Waiting { sent: true, .. });
        let status = why(table.slots.iter().filter(is_sent).count());
        let mut callers = Vec::new();
        for slot in &mut table.slots {
            if let State::Waiting { sent, caller, .. } = &mut slot.state {
                callers.extend(caller.take());
                let outcome = if *sent { Outcome::Answered(Err(status.clone())) } else { Outcome::Unsent };
                slot.state = State::Ended(outcome);
            }
        }
        drop(table);
        callers.into_iter().for_each(Waker::wake);
        // The timer has nothing more to wait for.
        self.earlier_deadline.notify_one();
    }

    /// Calls whose deadline is over at `now`, for [`Self::expire`]. Sets the timer to the next deadline.
    pub(super) fn overdue(&self, now: Instant) -> Vec<u32> {
        let mut table = self.lock();
        let (overdue, later): (Vec<_>, Vec<_>) = table.waiting().partition(|(_, deadline)| *deadline <= now);
        table.timer = later.into_iter().map(|(_, deadline)| deadline).min();
        overdue.into_iter().map(|(call_id, _)| call_id).collect()
    }

    /// What the timer has to wait for.
    pub(super) fn timer(&self) -> Option<Instant> {
        self.lock().timer
    }

    /// Whether no call waits.
    pub(super) fn is_idle(&self) -> bool {
        self.lock().waiting().next().is_none()
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
    fn take_slot(&mut self) -> Option<u32> {
        if self.slots.len() >= SLOTS_MIN
            && let Some(number) = self.free.pop_front()
        {
            return Some(number);
        }
        if self.slots.len() >= CALLS_MAX as usize {
            return self.free.pop_front();
        }
        self.slots.push(Slot { generation: 0, state: State::Free });
        Some(self.slots.len() as u32)
    }

    /// The slot of a call that has not been given up; `None` for an id that is not, or no longer, in use.
    fn slot(&mut self, call_id: u32) -> Option<&mut Slot> {
        let (number, generation) = split(call_id);
        let slot = self.slots.get_mut((number as usize).checked_sub(1)?)?;
        (slot.generation == generation && !matches!(slot.state, State::Free)).then_some(slot)
    }

    fn release(&mut self, call_id: u32) -> State {
        let (number, _) = split(call_id);
        let slot = &mut self.slots[number as usize - 1];
        slot.generation = slot.generation.wrapping_add(1);
        self.free.push_back(number);
        std::mem::replace(&mut slot.state, State::Free)
    }

    fn waiting(&self) -> impl Iterator<Item = (u32, Instant)> {
        self.slots.iter().zip(1u32..).filter_map(|(slot, number)| match slot.state {
            State::Waiting { deadline, .. } => Some((call_id(number, slot.generation), deadline)),
            State::Free | State::Ended(_) => None,
        })
    }
}

fn call_id(number: u32, generation: u16) -> u32 {
    u32::from(generation) << NUMBER_BITS | number
}

fn split(call_id: u32) -> (u32, u16) {
    (call_id & CALLS_MAX, (call_id >> NUMBER_BITS) as u16)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

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
        let start = || pending.start(in_seconds(1), true).unwrap();
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
        let first = pending.start(in_seconds(1), true).unwrap();
        assert!(pending.abandon(first), "the peer still works on it");
        let again = (0..SLOTS_MIN).map(|_| {
            let call = pending.start(in_seconds(1), true).unwrap();
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
            let call = pending.start(in_seconds(1), false).unwrap();
            assert!(!pending.abandon(call), "not sent: nothing to cancel");
            call
        });
        let ids: std::collections::HashSet<u32> = ids.collect();
        assert_eq!(ids.len(), 10 * SLOTS_MIN);
        assert_eq!(pending.lock().slots.len(), SLOTS_MIN);
    }

    #[tokio::test]
    async fn there_are_as_many_slots_as_numbers() {
        let pending = Pending::default();
        let deadline = in_seconds(1);
        let first = pending.start(deadline, true).unwrap();
        (1..CALLS_MAX).for_each(|_| assert!(pending.start(deadline, true).is_some()));
        assert!(pending.start(deadline, true).is_none());
        pending.abandon(first);
        assert!(pending.start(deadline, true).is_some());
    }

    #[tokio::test]
    async fn deadlines_come_in_their_order_and_move_the_timer() {
        let pending = Pending::default();
        let now = Instant::now();
        let at = |seconds| now + Duration::from_secs(seconds);
        let late = pending.start(at(9), true).unwrap();
        assert_eq!(pending.timer(), Some(at(9)));
        let early = pending.start(at(3), false).unwrap();
        assert_eq!(pending.timer(), Some(at(3)));
        assert_eq!((pending.overdue(at(2)), pending.timer()), (vec![], Some(at(3))));
        assert_eq!((pending.overdue(at(3)), pending.timer()), (vec![early], Some(at(9))));
        assert_eq!((pending.expire(early), pending.expire(early)), (Some(false), None));
        assert!(matches!(poll(&pending, early), Poll::Ready(Outcome::Late { sent: false })));
        assert_eq!((pending.overdue(at(9)), pending.timer()), (vec![late], None));
        assert_eq!(pending.expire(late), Some(true));
    }

    #[tokio::test]
    async fn closing_ends_what_waits_and_what_comes() {
        let pending = Pending::default();
        let sent = pending.start(in_seconds(1), true).unwrap();
        let unsent = pending.start(in_seconds(1), false).unwrap();
        assert!(!pending.is_idle());
        pending.close(|waiting| Status::unavailable(format!("{waiting} waited")));
        pending.close(|_| Status::internal("a later reason"));
        let Poll::Ready(Outcome::Answered(Err(status))) = poll(&pending, sent) else {
            panic!("it has ended")
        };
        assert_eq!(status.message(), "1 waited");
        assert!(
            matches!(poll(&pending, unsent), Poll::Ready(Outcome::Unsent)),
            "another connection may take it"
        );
        assert!(pending.start(in_seconds(1), true).is_none());
        assert!(pending.is_idle() && pending.is_closed());
    }
}
