//! Frames on their way out of one connection.
//!
//! One send costs more than everything else in a small call together, so frames leave many at a time: whoever has a
//! frame appends it here, and one task ([`Outbox::run`], in [`writing`]) yields once, so that others who are about to have one
//! get their turn, and then writes all there is. Used by both ends; knows frames' bytes, not their meaning.

mod batch;
#[cfg(test)]
mod tests;
mod waiting;
mod writing;

use std::collections::{BTreeMap, VecDeque};
use std::mem;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Waker;

use bytes::Bytes;

use self::batch::Chunk;
pub(crate) use self::waiting::Written;
use crate::wire::frame::Header;

/// Bodies from this length on are queued by reference; below it, copying them next to their neighbours is cheaper
/// than one more slice in the send.
const BY_REFERENCE_MIN: usize = 16 * 1024;

/// The outbound queue of one connection.
#[derive(Debug)]
pub(crate) struct Outbox {
    state: Mutex<State>,
    /// Bytes queued or being written. Changed under the lock, read without.
    unwritten: AtomicUsize,
    /// Bytes not yet written above which [`Self::poll_room`] makes its caller wait (`outbound.queue`).
    queue_max: usize,
}

#[derive(Debug, Default)]
struct State {
    /// What comes before `tail`: there is some only where large bodies lie between small frames.
    chunks: VecDeque<Chunk>,
    /// Small frames one after another.
    tail: Vec<u8>,
    /// An empty buffer for the next tail, its memory kept from an earlier one.
    spare: Vec<u8>,
    /// The writing task, where it waits for something to write, or for the socket to take it.
    writer: Option<Waker>,
    /// Those who wait for room, by a key of their own.
    waiting_for_room: BTreeMap<u32, Waker>,
    /// Those who wait until something is written.
    waiting_for_write: Vec<Waker>,
    /// How many batches the writer has taken, and how many of them it has written.
    taken: u64,
    written: u64,
    phase: Phase,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Phase {
    #[default]
    Open,
    /// Nothing more is taken; what is queued is still written, for a second.
    Closing,
    /// Nothing is taken and nothing will be written.
    Broken,
}

impl Outbox {
    pub(crate) fn new(queue_max: usize) -> Self {
        Self { state: Mutex::default(), unwritten: AtomicUsize::new(0), queue_max }
    }

    /// Queues a frame; its lengths are filled in here. False: the connection takes nothing any more.
    pub(crate) fn push(&self, header: Header, metadata: &[u8], body: &[u8]) -> bool {
        self.push_with(header, metadata, body.len(), |state| state.tail.extend_from_slice(body))
    }

    /// The same for a body that can be shared instead of copied.
    pub(crate) fn push_shared(&self, header: Header, metadata: &[u8], body: &Bytes) -> bool {
        if body.len() < BY_REFERENCE_MIN {
            return self.push(header, metadata, body);
        }
        self.push_with(header, metadata, body.len(), |state| {
            let before = mem::take(&mut state.tail);
            state.chunks.push_back(Chunk::Own(before));
            state.chunks.push_back(Chunk::Shared(body.clone()));
        })
    }

    /// Queues bytes that are no frame, for a peer that speaks another protocol.
    pub(crate) fn push_raw(&self, bytes: &[u8]) -> bool {
        self.append(bytes.len(), |state| state.tail.extend_from_slice(bytes))
    }

    fn push_with(
        &self,
        mut header: Header,
        metadata: &[u8],
        body_len: usize,
        append_body: impl FnOnce(&mut State),
    ) -> bool {
        header.metadata_len =
            u16::try_from(metadata.len()).expect("metadata was held to its limit of 64 KiB");
        header.body_len = u32::try_from(body_len).expect("message.out is below 4 GiB");
        let bytes = header.to_bytes();
        self.append(bytes.len() + metadata.len() + body_len, |state| {
            state.tail.extend_from_slice(&bytes);
            state.tail.extend_from_slice(metadata);
            append_body(state);
        })
    }

    fn append(&self, len: usize, append: impl FnOnce(&mut State)) -> bool {
        let mut state = self.lock();
        if state.phase != Phase::Open {
            return false;
        }
        self.unwritten.fetch_add(len, Ordering::Relaxed);
        append(&mut state);
        let writer = state.writer.take();
        drop(state);
        if let Some(writer) = writer {
            writer.wake();
        }
        true
    }

    /// Takes no more; [`Self::run`] ends when what is queued has been written, or the peer takes too long for it.
    pub(crate) fn close(&self) {
        self.enter(Phase::Closing);
    }

    /// Drops what is queued and takes no more; [`Self::run`] ends, even in the middle of a write.
    pub(crate) fn break_off(&self) {
        self.enter(Phase::Broken);
    }

    fn enter(&self, phase: Phase) {
        let mut state = self.lock();
        if state.phase == Phase::Broken {
            return;
        }
        state.phase = phase;
        let mut wakers: Vec<Waker> = state.writer.take().into_iter().collect();
        if phase == Phase::Broken {
            state.chunks.clear();
            state.tail = Vec::new();
            wakers.extend(mem::take(&mut state.waiting_for_room).into_values());
            wakers.append(&mut state.waiting_for_write);
        }
        drop(state);
        wakers.into_iter().for_each(Waker::wake);
    }

    /// A panic while the lock is held cannot leave the state half changed: each change is a few plain assignments.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
