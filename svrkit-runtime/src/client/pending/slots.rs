//! The slots of a table of waiting calls, and the ids that name them.
//!
//! A call id is a slot's number with the slot's generation above it, so an id that was given up meets another generation.

use std::collections::VecDeque;
use std::task::Waker;

use tokio::time::Instant;

use super::outcome::Outcome;

/// Bits of a call id that are the slot's number. Number 0 is no slot's: call id 0 means the connection.
const NUMBER_BITS: u32 = 16;

/// Most slots a table has.
pub(in crate::client) const CALLS_MAX: u32 = (1 << NUMBER_BITS) - 1;

/// Slots are used in turn from this many on, so that an id comes back late: a server may still have a cancelled call
/// of that id in its hands.
pub(super) const SLOTS_MIN: usize = 32;

/// Slots, free ones and taken ones.
#[derive(Debug, Default)]
pub(super) struct Slots {
    /// Slot number 1 is at index 0.
    slots: Vec<Slot>,
    /// First in, first out.
    free: VecDeque<u32>,
}

#[derive(Debug)]
pub(super) struct Slot {
    generation: u16,
    pub(super) state: State,
}

#[derive(Debug)]
pub(super) enum State {
    Free,
    Waiting { until: Until, sent: bool, caller: Option<Waker> },
    Ended(Outcome),
}

/// Until when a call waits.
#[derive(Clone, Copy, Debug)]
pub(in crate::client) struct Until {
    pub(in crate::client) deadline: Instant,
    /// When its caller is woken once before, though there is no outcome.
    pub(in crate::client) nudge: Option<Instant>,
}

impl Until {
    /// What comes first.
    pub(super) fn next(self) -> Instant {
        self.nudge.map_or(self.deadline, |nudge| nudge.min(self.deadline))
    }
}

impl From<Instant> for Until {
    fn from(deadline: Instant) -> Self {
        Self { deadline, nudge: None }
    }
}

impl Slots {
    /// Takes a slot for a call in `state`. `None`: all [`CALLS_MAX`] are taken.
    pub(super) fn take(&mut self, state: State) -> Option<u32> {
        let number = self.take_number()?;
        let slot = &mut self.slots[number as usize - 1];
        slot.state = state;
        Some(call_id(number, slot.generation))
    }

    fn take_number(&mut self) -> Option<u32> {
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
    pub(super) fn get(&mut self, call_id: u32) -> Option<&mut Slot> {
        let (number, generation) = split(call_id);
        let slot = self.slots.get_mut((number as usize).checked_sub(1)?)?;
        (slot.generation == generation && !matches!(slot.state, State::Free)).then_some(slot)
    }

    /// Frees the slot of a call that [`Self::get`] finds.
    pub(super) fn release(&mut self, call_id: u32) -> State {
        let (number, _) = split(call_id);
        let slot = &mut self.slots[number as usize - 1];
        slot.generation = slot.generation.wrapping_add(1);
        self.free.push_back(number);
        std::mem::replace(&mut slot.state, State::Free)
    }

    /// How many are taken.
    pub(super) fn taken(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    /// Whether any call waits.
    pub(super) fn has_waiting(&self) -> bool {
        self.slots.iter().any(|slot| matches!(slot.state, State::Waiting { .. }))
    }

    /// The calls that wait, until when, and whom to wake.
    pub(super) fn waiting(&mut self) -> impl Iterator<Item = (u32, &mut Until, Option<&Waker>)> {
        self.slots.iter_mut().zip(1u32..).filter_map(|(slot, number)| match &mut slot.state {
            State::Waiting { until, caller, .. } => {
                Some((call_id(number, slot.generation), until, caller.as_ref()))
            }
            State::Free | State::Ended(_) => None,
        })
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Slot> {
        self.slots.iter()
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Slot> {
        self.slots.iter_mut()
    }
}

fn call_id(number: u32, generation: u16) -> u32 {
    u32::from(generation) << NUMBER_BITS | number
}

pub(super) fn split(call_id: u32) -> (u32, u16) {
    (call_id & CALLS_MAX, (call_id >> NUMBER_BITS) as u16)
}
