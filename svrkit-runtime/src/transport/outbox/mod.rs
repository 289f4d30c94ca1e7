//! Frames on their way out of one connection.
//!
//! One send costs more than everything else in a small call together, so frames leave many at a time: whoever has a
//! frame appends it here, and one task ([`Outbox::run`], in [`writing`]) yields once, so that others who are about to have one
//! get their turn, and then writes all there is, of a long body one part. Used by both ends; knows frames' bytes, not their
//! meaning.

mod agreed;
mod batch;
mod long;
mod packing;
#[cfg(test)]
mod tests;
mod waiting;
mod writing;

use std::collections::{BTreeMap, VecDeque};
use std::mem;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::Waker;

use bytes::Bytes;

use self::agreed::Agreed;
use self::batch::Chunk;
use self::long::{Item, LongLane};
use self::packing::OpenPack;
pub(crate) use self::waiting::{Lane, Written};
use super::framing::Framing;
use crate::monitor::WhenWritten;
use crate::wire::frame::{
    FLAG_CHECKED, FLAG_COMPRESSED, FLAG_IN_PARTS, Header, Hello, WHOLE_LEN_MAX, checksum,
};

/// Bodies from this length on are queued by reference; below it, copying them next to their neighbours is cheaper
/// than one more slice in the send.
const BY_REFERENCE_MIN: usize = 16 * 1024;

/// The outbound queue of one connection.
#[derive(Debug)]
pub(crate) struct Outbox {
    state: Mutex<State>,
    /// Bytes queued or being written, but for those of the long lane. Changed under the lock, read without.
    unwritten: AtomicUsize,
    /// Bytes in the long lane.
    unwritten_long: AtomicUsize,
    /// Bytes that the socket has taken so far; the writing task alone changes it.
    bytes_written: AtomicU64,
    /// Bytes of a lane not yet written above which [`Self::poll_room`] makes its caller wait (`outbound.queue`).
    queue_max: usize,
    /// What frames may have that are not plain, once both hellos were there.
    agreed: OnceLock<Agreed>,
    /// Frames with shorter bodies are plain.
    plain_below: AtomicUsize,
}

#[derive(Debug, Default)]
struct State {
    /// What comes before `tail`: there is some only where large bodies lie between small frames.
    chunks: VecDeque<Chunk>,
    /// Small frames one after another.
    tail: Vec<u8>,
    /// The frame at the end of `tail`, where it takes more messages.
    pack: Option<OpenPack>,
    /// Long bodies, where there are some.
    long: Option<Box<LongLane>>,
    /// An empty buffer for the next tail, its memory kept from an earlier one.
    spare: Vec<u8>,
    /// The writing task, where it waits for something to write, or for the socket to take it.
    writer: Option<Waker>,
    /// Those who wait for room, by a key of their own.
    waiting_for_room: BTreeMap<u32, Waker>,
    /// Those who wait until something is written.
    waiting_for_write: Vec<Waker>,
    /// Those who want to know when it was.
    when_written: Vec<(Written, WhenWritten)>,
    /// How many batches the writer has taken, and how many of them it has written.
    taken: u64,
    written: u64,
    /// How many long bodies were queued, how many the writer has taken to their ends, and how many of them it has written.
    long_queued: u64,
    long_taken: u64,
    long_written: u64,
    phase: Phase,
}

/// A body on its way into the queue.
enum Body<'a> {
    Copied(&'a [u8]),
    Shared(&'a Bytes),
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
        Self {
            state: Mutex::default(),
            unwritten: AtomicUsize::new(0),
            unwritten_long: AtomicUsize::new(0),
            bytes_written: AtomicU64::new(0),
            queue_max,
            agreed: OnceLock::new(),
            plain_below: AtomicUsize::new(usize::MAX),
        }
    }

    /// Says what the peer's hello does, and this side's. From here on bodies that are longer than [`WHOLE_LEN_MAX`] leave in parts
    /// where the peer takes them so, and frames have what both sides want.
    pub(crate) fn agree(&self, ours: Framing, peer: &Hello, compression_min: usize) {
        let agreed = Agreed::new(ours.features() & peer.features, peer.message_in, compression_min);
        // A second hello ends the connection.
        let agreed = self.agreed.get_or_init(|| agreed);
        self.plain_below.store(agreed.plain_below(), Ordering::Relaxed);
    }

    /// How many bytes the socket has taken so far.
    pub(crate) fn bytes_written(&self) -> u64 {
        self.bytes_written.load(Ordering::Relaxed)
    }

    /// Queues a frame; its lengths are filled in here. False: the connection takes nothing any more.
    pub(crate) fn push(&self, header: Header, metadata: &[u8], body: &[u8]) -> bool {
        self.push_with(header, metadata, &Body::Copied(body))
    }

    /// The same for a body that can be shared instead of copied.
    pub(crate) fn push_shared(&self, header: Header, metadata: &[u8], body: &Bytes) -> bool {
        self.push_with(header, metadata, &Body::Shared(body))
    }

    /// Queues bytes that are no frame, for a peer that speaks another protocol.
    pub(crate) fn push_raw(&self, bytes: &[u8]) -> bool {
        self.append(|state| {
            self.unwritten.fetch_add(bytes.len(), Ordering::Relaxed);
            state.end_pack();
            state.tail.extend_from_slice(bytes);
        })
    }

    /// Whether frames have checksums.
    fn checks(&self) -> bool {
        self.agreed.get().is_some_and(Agreed::checks)
    }

    fn push_with(&self, header: Header, metadata: &[u8], body: &Body<'_>) -> bool {
        match self.agreed.get() {
            Some(agreed) if body.len() >= self.plain_below.load(Ordering::Relaxed) => {
                self.push_dressed(agreed, header, metadata, body)
            }
            _ => self.queue(header, metadata, body, Lane::Short),
        }
    }

    /// Queues a frame that may have more than the plain form.
    #[cold]
    fn push_dressed(&self, agreed: &Agreed, mut header: Header, metadata: &[u8], body: &Body<'_>) -> bool {
        if agreed.checks() {
            header.flags |= FLAG_CHECKED;
        }
        let compressed = agreed.compress(&header, body.bytes());
        let body = match &compressed {
            Some(compressed) => {
                header.flags |= FLAG_COMPRESSED;
                &Body::Shared(compressed)
            }
            None => body,
        };
        let lane = self.lane_of(body.len());
        if lane == Lane::Long {
            header.flags |= FLAG_IN_PARTS;
        }
        self.queue(header, metadata, body, lane)
    }

    fn queue(&self, mut header: Header, metadata: &[u8], body: &Body<'_>, lane: Lane) -> bool {
        header.metadata_len =
            u16::try_from(metadata.len()).expect("metadata was held to its limit of 64 KiB");
        header.body_len = u32::try_from(body.len()).expect("message.out is below 4 GiB");
        let bytes = header.to_bytes();
        let sum = (header.flags & FLAG_CHECKED != 0).then(|| match lane {
            Lane::Short => checksum(&[&bytes, metadata, body.bytes()]),
            Lane::Long => checksum(&[&bytes, metadata]),
        });
        let sum = sum.as_ref().map_or(&[][..], |sum| sum);
        self.append(|state| {
            if lane == Lane::Long || state.has_long_of(header.call_id) {
                let head = [&bytes, metadata].concat();
                self.append_long(state, lane, header.call_id, head, body, sum);
                return;
            }
            let len = bytes.len() + metadata.len() + body.len() + sum.len();
            self.unwritten.fetch_add(len, Ordering::Relaxed);
            state.end_pack();
            state.tail.extend_from_slice(&bytes);
            state.tail.extend_from_slice(metadata);
            match body {
                Body::Shared(body) if body.len() >= BY_REFERENCE_MIN => {
                    let before = mem::take(&mut state.tail);
                    state.chunks.push_back(Chunk::Own(before));
                    state.chunks.push_back(Chunk::Shared((*body).clone()));
                }
                _ => state.tail.extend_from_slice(body.bytes()),
            }
            state.tail.extend_from_slice(sum);
        })
    }

    /// Which way a body of this length takes.
    fn lane_of(&self, body_len: usize) -> Lane {
        let is_long = body_len > WHOLE_LEN_MAX && self.agreed.get().is_some_and(Agreed::splits);
        if is_long { Lane::Long } else { Lane::Short }
    }

    #[cold]
    fn append_long(
        &self,
        state: &mut State,
        lane: Lane,
        call_id: u32,
        mut head: Vec<u8>,
        body: &Body<'_>,
        sum: &[u8],
    ) {
        let body = match lane {
            Lane::Long => body.to_shared(),
            Lane::Short => {
                head.extend_from_slice(body.bytes());
                Bytes::new()
            }
        };
        head.extend_from_slice(sum);
        let item = Item::new(call_id, head, body, !sum.is_empty());
        let len = item.len();
        self.unwritten_long.fetch_add(len, Ordering::Relaxed);
        state.long_queued += u64::from(lane == Lane::Long);
        state.long.get_or_insert_default().push(item);
    }

    fn append(&self, append: impl FnOnce(&mut State)) -> bool {
        let Some(mut state) = self.open() else { return false };
        append(&mut state);
        State::hand_over(state);
        true
    }

    /// The queue, where it takes anything.
    fn open(&self) -> Option<MutexGuard<'_, State>> {
        let state = self.lock();
        (state.phase == Phase::Open).then_some(state)
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
            state.pack = None;
            state.long = None;
            wakers.extend(mem::take(&mut state.waiting_for_room).into_values());
            wakers.append(&mut state.waiting_for_write);
        }
        // What is never written is told nobody. Dropped without the lock: it is code of others.
        let never = if phase == Phase::Broken { mem::take(&mut state.when_written) } else { Vec::new() };
        drop(state);
        drop(never);
        wakers.into_iter().for_each(Waker::wake);
    }

    /// A panic while the lock is held cannot leave the state half changed: each change is a few plain assignments.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Lets the writer know of what was queued.
    fn hand_over(mut state: MutexGuard<'_, Self>) {
        let writer = state.writer.take();
        drop(state);
        if let Some(writer) = writer {
            writer.wake();
        }
    }

    fn has_queued(&self) -> bool {
        !self.chunks.is_empty() || !self.tail.is_empty() || self.long.is_some()
    }

    fn has_long_of(&self, call_id: u32) -> bool {
        self.long.as_ref().is_some_and(|long| long.has_call(call_id))
    }
}

impl Body<'_> {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Copied(bytes) => bytes,
            Self::Shared(bytes) => bytes,
        }
    }

    fn len(&self) -> usize {
        self.bytes().len()
    }

    fn to_shared(&self) -> Bytes {
        match self {
            Self::Copied(bytes) => Bytes::copy_from_slice(bytes),
            Self::Shared(bytes) => (*bytes).clone(),
        }
    }
}
