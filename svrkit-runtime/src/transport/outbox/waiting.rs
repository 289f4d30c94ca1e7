//! Who waits: for room in the queue, or until what stands in it has left.

use std::future::poll_fn;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};

use super::{Outbox, Phase};

/// A wait for what is queued when it begins: the batch that it leaves with.
#[derive(Debug, Default)]
pub(crate) struct Written(Option<u64>);

impl Outbox {
    /// Whether no more than the limit waits to be written.
    pub(crate) fn has_room(&self) -> bool {
        self.unwritten.load(Ordering::Relaxed) <= self.queue_max
    }

    /// Whether so much waits that not even what a peer provokes by the way (pongs, cancels) may be added.
    pub(crate) fn is_stuck(&self) -> bool {
        self.unwritten.load(Ordering::Relaxed) > self.queue_max.saturating_mul(2)
    }

    /// Ready while no more than the limit waits to be written, or when nothing ever will be. Who waits is woken when it
    /// is so, unless [`Self::forget_room`] comes before that.
    pub(crate) fn poll_room(&self, key: u32, cx: &mut Context<'_>) -> Poll<()> {
        if self.has_room() {
            return Poll::Ready(());
        }
        let mut state = self.lock();
        // Looked at again under the lock: the writer changes it there and wakes whom it finds.
        if self.has_room() || state.phase == Phase::Broken {
            return Poll::Ready(());
        }
        state.waiting_for_room.insert(key, cx.waker().clone());
        Poll::Pending
    }

    /// Says that `key` no longer waits for room.
    pub(crate) fn forget_room(&self, key: u32) {
        // Without the lock where it surely does not wait, which is nearly always.
        if !self.has_room() {
            self.lock().waiting_for_room.remove(&key);
        }
    }

    /// Waits until no more than the limit waits to be written.
    pub(crate) async fn room(&self, key: u32) {
        poll_fn(|cx| self.poll_room(key, cx)).await;
    }

    /// Ready when the socket has taken what was queued by the first poll of `wait`, or nothing ever will be written.
    pub(crate) fn poll_written(&self, wait: &mut Written, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = self.lock();
        let next = u64::from(!state.chunks.is_empty() || !state.tail.is_empty());
        let batch = *wait.0.get_or_insert(state.taken + next);
        if state.written >= batch || state.phase == Phase::Broken {
            return Poll::Ready(());
        }
        if !state.waiting_for_write.iter().any(|waker| waker.will_wake(cx.waker())) {
            state.waiting_for_write.push(cx.waker().clone());
        }
        Poll::Pending
    }
}
