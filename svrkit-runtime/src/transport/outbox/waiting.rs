//! Who waits: for room in the queue, or until what stands in it has left.

use std::future::poll_fn;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};

use tokio::time::Instant;

use super::{Outbox, Phase, State};
use crate::monitor::WhenWritten;

/// A wait for what is queued when it begins: the batch that it leaves with, and the number of the last long body.
#[derive(Debug, Default)]
pub(crate) struct Written(Option<(u64, u64)>);

/// The way of a frame out. Each has room of its own, so that long bodies make nobody wait who has a short one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lane {
    Short,
    /// Of bodies that leave in parts.
    Long,
}

impl Outbox {
    /// Whether no more than the limit waits to be written of what a body of this length would stand behind.
    pub(crate) fn has_room(&self, body_len: usize) -> bool {
        self.has_room_in(self.lane_of(body_len))
    }

    pub(super) fn has_room_in(&self, lane: Lane) -> bool {
        let unwritten = match lane {
            Lane::Short => &self.unwritten,
            Lane::Long => &self.unwritten_long,
        };
        unwritten.load(Ordering::Relaxed) <= self.queue_max
    }

    /// Whether so much waits that not even what a peer provokes by the way (pongs) may be added.
    pub(crate) fn is_stuck(&self) -> bool {
        self.unwritten.load(Ordering::Relaxed) > self.queue_max.saturating_mul(2)
    }

    /// Ready while there is room for a body of this length, or when nothing ever will be written. Who waits is woken when it
    /// is so, unless [`Self::forget_room`] comes before that.
    pub(crate) fn poll_room(&self, key: u32, body_len: usize, cx: &mut Context<'_>) -> Poll<()> {
        self.poll_until(|| self.has_room(body_len), key, cx)
    }

    fn poll_until(&self, has_room: impl Fn() -> bool, key: u32, cx: &mut Context<'_>) -> Poll<()> {
        if has_room() {
            return Poll::Ready(());
        }
        let mut state = self.lock();
        // Looked at again under the lock: the writer changes it there and wakes whom it finds.
        if has_room() || state.phase == Phase::Broken {
            return Poll::Ready(());
        }
        state.waiting_for_room.insert(key, cx.waker().clone());
        Poll::Pending
    }

    /// [`Self::has_room`] for a message of a stream. Short ones leave half of the room to answers, or a fast stream would make all of
    /// those wait.
    pub(crate) fn has_message_room(&self, body_len: usize) -> bool {
        match self.lane_of(body_len) {
            Lane::Short => self.unwritten.load(Ordering::Relaxed) <= self.queue_max / 2,
            Lane::Long => self.has_room_in(Lane::Long),
        }
    }

    /// Ready while there is.
    pub(crate) fn poll_message_room(&self, key: u32, body_len: usize, cx: &mut Context<'_>) -> Poll<()> {
        self.poll_until(|| self.has_message_room(body_len), key, cx)
    }

    /// Says that `key` no longer waits for room.
    pub(crate) fn forget_room(&self, key: u32) {
        // Without the lock where it surely does not wait, which is nearly always.
        if self.unwritten.load(Ordering::Relaxed) > self.queue_max / 2 || !self.has_room_in(Lane::Long) {
            self.lock().waiting_for_room.remove(&key);
        }
    }

    /// Waits until there is room for short frames.
    pub(crate) async fn room(&self, key: u32) {
        poll_fn(|cx| self.poll_room(key, 0, cx)).await;
    }

    /// Has `then` told when the socket has taken what is queued now; never where it will not.
    #[cold]
    pub(crate) fn when_written(&self, then: WhenWritten) {
        let mut state = self.lock();
        if state.phase == Phase::Broken {
            return;
        }
        let wait = Written(Some(state.last_queued()));
        if !state.has_written(&wait) {
            state.when_written.push((wait, then));
            return;
        }
        drop(state);
        then.tell(Instant::now());
    }

    /// Ready when the socket has taken what was queued by the first poll of `wait`, or nothing ever will be written.
    pub(crate) fn poll_written(&self, wait: &mut Written, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = self.lock();
        wait.0.get_or_insert_with(|| state.last_queued());
        if state.has_written(wait) || state.phase == Phase::Broken {
            return Poll::Ready(());
        }
        if !state.waiting_for_write.iter().any(|waker| waker.will_wake(cx.waker())) {
            state.waiting_for_write.push(cx.waker().clone());
        }
        Poll::Pending
    }
}

impl State {
    /// The batch with which the last one leaves of what is queued, and the number of the last long body.
    fn last_queued(&self) -> (u64, u64) {
        (self.taken + u64::from(self.has_queued()), self.long_queued)
    }

    pub(super) fn has_written(&self, wait: &Written) -> bool {
        wait.0.is_some_and(|(batch, long)| self.written >= batch && self.long_written >= long)
    }
}
