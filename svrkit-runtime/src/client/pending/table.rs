//! Who waits for an answer, until when, and whom to wake for it.

use std::sync::PoisonError;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use tokio::time::Instant;

use super::outcome::Outcome;
use super::slots::{Slot, Slots, State, Until};
use super::{Mutex, MutexGuard, Notify};
use crate::status::Status;

/// Calls that wait for their answers.
#[derive(Debug, Default)]
pub(in crate::client) struct Pending {
    table: Mutex<Table>,
    /// Told when a deadline has come that is earlier than the one the timer waits for.
    pub(in crate::client) earlier_deadline: Notify,
}

#[derive(Debug, Default)]
struct Table {
    slots: Slots,
    /// What the timer waits for.
    timer: Option<Instant>,
    /// No call can wait here any more.
    closed: bool,
}

impl Pending {
    /// Takes a slot for a call that waits `until` then at the latest, and for which `caller` is woken when it has ended. `None`: the connection is
    /// gone, or all [`CALLS_MAX`] slots are taken.
    pub(in crate::client) fn start(
        &self,
        until: impl Into<Until>,
        sent: bool,
        caller: Option<Waker>,
    ) -> Option<u32> {
        let until = until.into();
        let mut table = self.lock();
        if table.closed {
            return None;
        }
        let call_id = table.slots.take(State::Waiting { until, sent, caller })?;
        if table.timer.is_none_or(|timer| until.next() < timer) {
            table.timer = Some(until.next());
            drop(table);
            self.earlier_deadline.notify_one();
        }
        Some(call_id)
    }

    /// Changes the deadline of a call that waits.
    pub(in crate::client) fn set_deadline(&self, call_id: u32, to: Instant) {
        let mut table = self.lock();
        let Some(Slot { state: State::Waiting { until, .. }, .. }) = table.slots.get(call_id) else {
            return;
        };
        until.deadline = to;
        if table.timer.is_none_or(|timer| to < timer) {
            table.timer = Some(to);
            drop(table);
            self.earlier_deadline.notify_one();
        }
    }

    /// Notes that a call is about to be sent. False: it has ended meanwhile.
    pub(in crate::client) fn mark_sent(&self, call_id: u32) -> bool {
        match self.lock().slots.get(call_id) {
            Some(Slot { state: State::Waiting { sent, .. }, .. }) => {
                *sent = true;
                true
            }
            _ => false,
        }
    }

    /// Takes that back: nothing of it has left, so there is nothing to be cancelled.
    pub(in crate::client) fn mark_unsent(&self, call_id: u32) {
        if let Some(Slot { state: State::Waiting { sent, .. }, .. }) = self.lock().slots.get(call_id) {
            *sent = false;
        }
    }

    /// The outcome of a call, once there is one; its slot is free then.
    pub(in crate::client) fn poll(&self, call_id: u32, cx: &mut Context<'_>) -> Poll<Outcome> {
        let mut table = self.lock();
        let slot = table.slots.get(call_id).expect("a call's slot is its own until its outcome was taken");
        if let State::Waiting { caller, .. } = &mut slot.state {
            if !caller.as_ref().is_some_and(|caller| caller.will_wake(cx.waker())) {
                *caller = Some(cx.waker().clone());
            }
            return Poll::Pending;
        }
        match table.slots.release(call_id) {
            State::Ended(outcome) => Poll::Ready(outcome),
            State::Free | State::Waiting { .. } => unreachable!("the state was looked at under this lock"),
        }
    }

    /// How many calls have a slot.
    pub(in crate::client) fn taken(&self) -> usize {
        self.lock().slots.taken()
    }

    /// Gives a call's slot back. True: it was sent and not answered, so the peer still works on it.
    pub(in crate::client) fn abandon(&self, call_id: u32) -> bool {
        let mut table = self.lock();
        table.slots.get(call_id).is_some()
            && matches!(table.slots.release(call_id), State::Waiting { sent: true, .. })
    }

    /// Answers a call that waits. False: nobody waits for it.
    pub(in crate::client) fn answer(&self, call_id: u32, answer: Result<Bytes, Status>) -> bool {
        self.end(call_id, |_| Outcome::Answered(answer)).is_some()
    }

    /// The same with an answer that is marked as degraded.
    pub(in crate::client) fn answer_degraded(&self, call_id: u32, answer: Bytes) -> bool {
        self.end(call_id, |_| Outcome::Degraded(answer)).is_some()
    }

    /// Ends a call by its deadline. Says whether it had been sent; `None`: nobody waits for it.
    pub(in crate::client) fn expire(&self, call_id: u32) -> Option<bool> {
        self.end(call_id, |sent| Outcome::Late { sent })
    }

    fn end(&self, call_id: u32, outcome: impl FnOnce(bool) -> Outcome) -> Option<bool> {
        let mut table = self.lock();
        let slot = table.slots.get(call_id)?;
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
    pub(in crate::client) fn close(&self, why: impl FnOnce(usize) -> Status) {
        let mut table = self.lock();
        if std::mem::replace(&mut table.closed, true) {
            return;
        }
        let is_sent = |slot: &&Slot| matches!(slot.state, State::Waiting { sent: true, .. });
        let status = why(table.slots.iter().filter(is_sent).count());
        let mut callers = Vec::new();
        for slot in table.slots.iter_mut() {
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

    /// Closes the table if no call waits, and says whether it did. A call that was about to start has its slot by then, or goes
    /// elsewhere: none starts where nothing is sent any more.
    pub(in crate::client) fn close_if_idle(&self) -> bool {
        let mut table = self.lock();
        if table.closed || table.slots.has_waiting() {
            return false;
        }
        table.closed = true;
        drop(table);
        self.earlier_deadline.notify_one();
        true
    }

    /// Calls whose deadline is over at `now`, for [`Self::expire`]. Wakes those that wanted to be woken by then, and sets the timer to what is next.
    pub(in crate::client) fn overdue(&self, now: Instant) -> Vec<u32> {
        let mut table = self.lock();
        let (mut overdue, mut nudged, mut next) = (Vec::new(), Vec::new(), None);
        for (call_id, until, caller) in table.slots.waiting() {
            if until.deadline <= now {
                overdue.push(call_id);
                continue;
            }
            if until.nudge.take_if(|nudge| *nudge <= now).is_some() {
                nudged.extend(caller.cloned());
            }
            next = Some(next.map_or(until.next(), |next: Instant| next.min(until.next())));
        }
        table.timer = next;
        drop(table);
        nudged.into_iter().for_each(Waker::wake);
        overdue
    }

    /// What the timer has to wait for.
    pub(in crate::client) fn timer(&self) -> Option<Instant> {
        self.lock().timer
    }

    /// Whether no call waits.
    pub(in crate::client) fn is_idle(&self) -> bool {
        !self.lock().slots.has_waiting()
    }

    pub(in crate::client) fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// Each change under the lock is a few plain assignments: a panic cannot leave it half done.
    fn lock(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
