//! Frames on their way out of one connection.
//!
//! One send costs more than everything else in a small call together, so frames leave many at a time: whoever has a
//! frame appends it here, and one task ([`Outbox::run`]) yields once, so that others who are about to have one get
//! their turn, and then writes all there is. Used by both ends; knows frames' bytes, not their meaning.

use std::collections::{HashMap, VecDeque};
use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::mem;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::task::yield_now;
use tokio::time::timeout;

use super::batch::{Batch, Chunk};
use crate::wire::frame::Header;

/// Bodies from this length on are queued by reference; below it, copying them next to their neighbours is cheaper
/// than one more slice in the send.
const BY_REFERENCE_MIN: usize = 16 * 1024;

/// Slices of one write.
const SLICES_MAX: usize = 64;

/// What a peer gets to take the last bytes of a connection that is being closed.
const LAST_FLUSH: Duration = Duration::from_secs(1);

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
    waiting_for_room: HashMap<u32, Waker>,
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
    /// Nothing more is taken; what is queued is still written, for [`LAST_FLUSH`].
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

    /// Writes what is queued until the outbox is closed, then shuts the writing side down.
    ///
    /// While `more_to_come`, whoever is about to queue something is let go first: many frames then leave by one write.
    ///
    /// # Errors
    /// Those of the socket; the outbox is broken then.
    pub(crate) async fn run(
        &self,
        socket: impl AsyncWrite + Unpin,
        more_to_come: impl Fn() -> bool,
    ) -> io::Result<()> {
        let _broken = BreakOnDrop(self);
        let mut writing = Writing { socket, batch: Batch::default() };
        self.write(&mut writing, Phase::Open, more_to_come).await?;
        let last = async {
            self.write(&mut writing, Phase::Closing, || false).await?;
            writing.socket.shutdown().await
        };
        timeout(LAST_FLUSH, last).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
    }

    /// Writes for as long as the outbox is in `phase`, and ends early in it if it is [`Phase::Closing`] and all is out.
    async fn write<W: AsyncWrite + Unpin>(
        &self,
        writing: &mut Writing<W>,
        phase: Phase,
        more_to_come: impl Fn() -> bool,
    ) -> io::Result<()> {
        loop {
            if writing.batch.is_empty() {
                if !poll_fn(|cx| self.poll_queued(phase, cx)).await {
                    return Ok(());
                }
                if more_to_come() {
                    yield_now().await;
                }
                self.take(&mut writing.batch);
                // It may have been broken off meanwhile.
                continue;
            }
            match poll_fn(|cx| self.poll_write(writing, phase, cx)).await? {
                0 => return Ok(()),
                len => self.written(len),
            }
        }
    }

    /// Ready with true when there is something to write, with false when there is not and the phase is over or closing. All that
    /// was taken has been written.
    fn poll_queued(&self, phase: Phase, cx: &mut Context<'_>) -> Poll<bool> {
        let mut state = self.lock();
        state.written = state.taken;
        if !state.waiting_for_write.is_empty() {
            let waiting = mem::take(&mut state.waiting_for_write);
            drop(state);
            waiting.into_iter().for_each(Waker::wake);
            state = self.lock();
        }
        if state.phase != Phase::Broken && (!state.chunks.is_empty() || !state.tail.is_empty()) {
            return Poll::Ready(true);
        }
        if state.phase != phase || phase == Phase::Closing {
            return Poll::Ready(false);
        }
        state.writer = Some(cx.waker().clone());
        Poll::Pending
    }

    /// Writes once. Ready with 0 where the socket takes nothing and the phase is over.
    fn poll_write<W: AsyncWrite + Unpin>(
        &self,
        writing: &mut Writing<W>,
        phase: Phase,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        let mut slices = [IoSlice::new(&[]); SLICES_MAX];
        let filled = writing.batch.slices(&mut slices);
        let socket = Pin::new(&mut writing.socket);
        // A write of one part takes the system less than a gathering of one.
        let written = match &slices[..filled] {
            [only] => socket.poll_write(cx, only),
            several => socket.poll_write_vectored(cx, several),
        };
        match written {
            Poll::Ready(Ok(0)) => Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
            Poll::Ready(Ok(len)) => {
                writing.batch.advance(len);
                Poll::Ready(Ok(len))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => {
                let mut state = self.lock();
                if state.phase != phase {
                    return Poll::Ready(Ok(0));
                }
                state.writer = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }

    /// Moves what is queued into `batch`, which is empty, and takes the memory of the last one back.
    fn take(&self, batch: &mut Batch) {
        let mut state = self.lock();
        state.taken += 1;
        mem::swap(&mut batch.chunks, &mut state.chunks);
        if state.spare.capacity() == 0 {
            state.spare = mem::take(&mut batch.spare);
        }
        if !state.tail.is_empty() {
            let next = mem::take(&mut state.spare);
            batch.chunks.push_back(Chunk::Own(mem::replace(&mut state.tail, next)));
        }
    }

    fn written(&self, len: usize) {
        let before = self.unwritten.fetch_sub(len, Ordering::Relaxed);
        // Nobody can have been made to wait where there was room before.
        if before <= self.queue_max || !self.has_room() {
            return;
        }
        let waiting = mem::take(&mut self.lock().waiting_for_room);
        waiting.into_values().for_each(Waker::wake);
    }

    /// A panic while the lock is held cannot leave the state half changed: each change is a few plain assignments.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A wait for what is queued when it begins: the batch that it leaves with.
#[derive(Debug, Default)]
pub(crate) struct Written(Option<u64>);

/// A socket and what it has been given and not taken yet.
struct Writing<W> {
    socket: W,
    batch: Batch,
}

/// However writing ends, nothing more will be written.
struct BreakOnDrop<'a>(&'a Outbox);

impl Drop for BreakOnDrop<'_> {
    fn drop(&mut self) {
        self.0.break_off();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use bytes::BytesMut;
    use tokio::io::{AsyncReadExt, duplex};

    use super::*;
    use crate::wire::frame::{Facts, FrameDecoder};

    fn ping(token: u64) -> Header {
        Header::new(0, Facts::Ping(token))
    }

    #[tokio::test]
    async fn frames_leave_in_order_large_bodies_by_reference_among_them() {
        let outbox = Outbox::new(1 << 20);
        let large = Bytes::from(vec![7; BY_REFERENCE_MIN]);
        for token in 0..3 {
            assert!(outbox.push(ping(token), b"me", b"small"));
            assert!(outbox.push_shared(ping(token), b"", &large));
        }
        outbox.close();
        let (ours, mut theirs) = duplex(1 << 20);
        outbox.run(ours, || true).await.unwrap();

        let mut inbound = BytesMut::new();
        while theirs.read_buf(&mut inbound).await.unwrap() > 0 {}
        let decoder = FrameDecoder { body_len_max: 1 << 20, metadata_len_max: 16 };
        for token in 0..3 {
            let frame = decoder.decode(&mut inbound).unwrap().unwrap();
            assert_eq!(
                (frame.header.facts, &frame.metadata[..], &frame.body[..]),
                (Facts::Ping(token), &b"me"[..], &b"small"[..])
            );
            let frame = decoder.decode(&mut inbound).unwrap().unwrap();
            assert_eq!((frame.header.facts, frame.body), (Facts::Ping(token), large.clone()));
        }
        assert!(inbound.is_empty());
    }

    #[tokio::test]
    async fn there_is_room_at_the_limit_and_none_above_until_it_is_written() {
        let outbox = Arc::new(Outbox::new(64));
        outbox.push(ping(1), b"", b"");
        outbox.push(ping(2), b"", b"");
        assert!(poll_now(&outbox), "64 bytes of 64 are queued");
        outbox.push(ping(3), b"", b"");
        assert!(!poll_now(&outbox), "96 bytes of 64 are queued");

        let (ours, mut theirs) = duplex(1024);
        let writer = tokio::spawn({
            let outbox = Arc::clone(&outbox);
            async move { outbox.run(ours, || true).await }
        });
        outbox.room(1).await;
        outbox.close();
        writer.await.unwrap().unwrap();
        let mut bytes = Vec::new();
        theirs.read_to_end(&mut bytes).await.unwrap();
        assert_eq!(bytes.len(), 96);
    }

    fn poll_now(outbox: &Outbox) -> bool {
        outbox.poll_room(1, &mut Context::from_waker(Waker::noop())).is_ready()
    }

    #[tokio::test]
    async fn who_waits_for_what_is_queued_waits_for_nothing_behind_it() {
        let outbox = Arc::new(Outbox::new(64));
        let written = async |outbox: &Outbox| {
            let mut wait = Written::default();
            poll_fn(|cx| outbox.poll_written(&mut wait, cx)).await;
        };
        written(&outbox).await;
        outbox.push(ping(1), b"", b"");
        let mut wait = Written::default();
        let mut poll = || outbox.poll_written(&mut wait, &mut Context::from_waker(Waker::noop()));
        assert!(poll().is_pending());

        // It holds one ping.
        let (ours, mut theirs) = duplex(32);
        let writer = tokio::spawn({
            let outbox = Arc::clone(&outbox);
            async move { outbox.run(ours, || false).await }
        });
        written(&outbox).await;
        assert!(poll().is_ready());
        outbox.push(ping(2), b"", &[7; 4096]);
        assert!(poll().is_ready(), "what came later is no affair of this one");
        let second = tokio::spawn({
            let outbox = Arc::clone(&outbox);
            async move { written(&outbox).await }
        });
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        assert!(!second.is_finished(), "its peer reads nothing");
        outbox.break_off();
        second.await.unwrap();
        writer.await.unwrap().unwrap();
        assert!(theirs.read(&mut [0; 32]).await.unwrap() > 0);
    }

    #[tokio::test]
    async fn a_broken_outbox_takes_nothing_and_keeps_nobody_waiting() {
        let outbox = Outbox::new(0);
        assert!(outbox.push(ping(1), b"", b""));
        outbox.break_off();
        assert!(!outbox.push(ping(2), b"", b""));
        assert!(poll_now(&outbox));
        let (ours, mut theirs) = duplex(1024);
        outbox.run(ours, || true).await.unwrap();
        assert_eq!(theirs.read(&mut [0; 8]).await.unwrap(), 0);
    }

    #[tokio::test]
    async fn a_write_that_the_peer_does_not_take_ends_when_the_outbox_breaks() {
        let outbox = Arc::new(Outbox::new(64));
        outbox.push(ping(1), b"", &[7; 4096]);
        let (ours, theirs) = duplex(16);
        let writer = tokio::spawn({
            let outbox = Arc::clone(&outbox);
            async move { outbox.run(ours, || true).await }
        });
        tokio::task::yield_now().await;
        outbox.break_off();
        // It has left without an error of its own, and its socket with it.
        assert!(writer.await.unwrap().is_ok());
        drop(theirs);
    }

    #[tokio::test(start_paused = true)]
    async fn a_closed_outbox_waits_for_its_peer_only_so_long() {
        let outbox = Outbox::new(64);
        outbox.push(ping(1), b"", &[7; 4096]);
        outbox.close();
        let (ours, _theirs) = duplex(16);
        assert_eq!(outbox.run(ours, || true).await.unwrap_err().kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn who_no_longer_waits_for_room_is_forgotten() {
        let outbox = Outbox::new(0);
        outbox.push(ping(1), b"", b"");
        assert!(!poll_now(&outbox) && !poll_now(&outbox));
        assert_eq!(outbox.lock().waiting_for_room.len(), 1, "one wait, however often it asks");
        outbox.forget_room(1);
        assert!(outbox.lock().waiting_for_room.is_empty());
        outbox.push(ping(2), b"", b"");
        assert!(outbox.is_stuck());
    }
}
