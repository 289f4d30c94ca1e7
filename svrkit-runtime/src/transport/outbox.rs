//! Frames on their way out of one connection.
//!
//! One send costs more than everything else in a small call together, so frames leave many at a time: whoever has a
//! frame appends it here, and one task ([`Outbox::run`]) yields once, so that others who are about to have one get
//! their turn, and then writes all there is. Used by both ends; knows frames' bytes, not their meaning.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use bytes::{Buf, Bytes, BytesMut};
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::task::yield_now;

use crate::wire::frame::Header;

/// Bodies from this length on are queued by reference; below it, copying them next to their neighbours is cheaper
/// than one more slice in the send.
const BY_REFERENCE_MIN: usize = 16 * 1024;

/// What is taken from the allocator at a time for small frames.
const TAIL_CAPACITY: usize = 16 * 1024;

/// The outbound queue of one connection.
#[derive(Debug)]
pub(crate) struct Outbox {
    state: Mutex<State>,
    /// Bytes not yet written above which [`Self::poll_room`] makes its caller wait (`outbound.queue`).
    queue_max: usize,
}

#[derive(Debug, Default)]
struct State {
    /// Whole frames and large bodies, in order; `tail` comes after them.
    chunks: VecDeque<Bytes>,
    /// Small frames one after another.
    tail: BytesMut,
    /// Bytes queued or being written.
    unwritten: usize,
    /// The writing task, where it waits for something to write.
    writer: Option<Waker>,
    /// Those who wait for room.
    waiting_for_room: Vec<Waker>,
    phase: Phase,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Phase {
    #[default]
    Open,
    /// Nothing more is taken; what is queued is still written.
    Closing,
    /// Nothing is taken and nothing will be written.
    Broken,
}

impl Outbox {
    pub(crate) fn new(queue_max: usize) -> Self {
        Self { state: Mutex::default(), queue_max }
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
            let before = state.tail.split().freeze();
            state.chunks.push_back(before);
            state.chunks.push_back(body.clone());
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
        state.unwritten += len;
        append(&mut state);
        let writer = state.writer.take();
        drop(state);
        if let Some(writer) = writer {
            writer.wake();
        }
        true
    }

    /// Ready while less than the limit waits to be written, or when nothing ever will be.
    pub(crate) fn poll_room(&self, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = self.lock();
        if state.unwritten <= self.queue_max || state.phase == Phase::Broken {
            return Poll::Ready(());
        }
        if !state.waiting_for_room.iter().any(|waker| waker.will_wake(cx.waker())) {
            state.waiting_for_room.push(cx.waker().clone());
        }
        Poll::Pending
    }

    /// Waits until less than the limit waits to be written.
    pub(crate) async fn room(&self) {
        poll_fn(|cx| self.poll_room(cx)).await;
    }

    /// Takes no more; [`Self::run`] ends when what is queued has been written.
    pub(crate) fn close(&self) {
        self.enter(Phase::Closing);
    }

    /// Drops what is queued and takes no more.
    pub(crate) fn break_off(&self) {
        self.enter(Phase::Broken);
    }

    fn enter(&self, phase: Phase) {
        let mut state = self.lock();
        if state.phase != Phase::Broken {
            state.phase = phase;
        }
        if phase == Phase::Broken {
            state.chunks.clear();
            state.tail = BytesMut::new();
        }
        let wakers: Vec<Waker> =
            state.writer.take().into_iter().chain(mem::take(&mut state.waiting_for_room)).collect();
        drop(state);
        wakers.into_iter().for_each(Waker::wake);
    }

    /// Writes what is queued until the outbox is closed, then shuts the writing side down.
    ///
    /// # Errors
    /// Those of the socket; the outbox is broken then.
    pub(crate) async fn run(&self, mut socket: impl AsyncWrite + Unpin) -> io::Result<()> {
        let outcome = self.write_all(&mut socket).await;
        self.break_off();
        outcome?;
        socket.shutdown().await
    }

    async fn write_all(&self, socket: &mut (impl AsyncWrite + Unpin)) -> io::Result<()> {
        let mut batch = Batch::default();
        while poll_fn(|cx| self.poll_pending(cx)).await {
            yield_now().await;
            let len = self.take(&mut batch);
            socket.write_all_buf(&mut batch).await?;
            self.written(len);
        }
        Ok(())
    }

    /// Ready with true when there is something to write, with false when there never will be.
    fn poll_pending(&self, cx: &mut Context<'_>) -> Poll<bool> {
        let mut state = self.lock();
        if !state.chunks.is_empty() || !state.tail.is_empty() {
            return Poll::Ready(true);
        }
        if state.phase != Phase::Open {
            return Poll::Ready(false);
        }
        state.writer = Some(cx.waker().clone());
        Poll::Pending
    }

    /// Moves what is queued into `batch` and says how many bytes that is.
    fn take(&self, batch: &mut Batch) -> usize {
        let mut state = self.lock();
        mem::swap(&mut batch.0, &mut state.chunks);
        if !state.tail.is_empty() {
            batch.0.push_back(state.tail.split().freeze());
            state.tail.reserve(TAIL_CAPACITY);
        }
        batch.remaining()
    }

    fn written(&self, len: usize) {
        let mut state = self.lock();
        state.unwritten = state.unwritten.saturating_sub(len);
        if state.unwritten > self.queue_max || state.waiting_for_room.is_empty() {
            return;
        }
        let waiting = mem::take(&mut state.waiting_for_room);
        drop(state);
        waiting.into_iter().for_each(Waker::wake);
    }

    /// A panic while the lock is held cannot leave the state half changed: each change is a few plain assignments.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Chunks that leave in one vectored write.
#[derive(Debug, Default)]
struct Batch(VecDeque<Bytes>);

impl Buf for Batch {
    fn remaining(&self) -> usize {
        self.0.iter().map(Bytes::len).sum()
    }

    fn chunk(&self) -> &[u8] {
        self.0.front().map_or(&[], |chunk| chunk)
    }

    fn advance(&mut self, mut count: usize) {
        while let Some(front) = self.0.front_mut() {
            if count < front.len() {
                front.advance(count);
                return;
            }
            count -= front.len();
            self.0.pop_front();
        }
    }

    fn chunks_vectored<'a>(&'a self, slices: &mut [IoSlice<'a>]) -> usize {
        let mut filled = 0;
        for (slice, chunk) in slices.iter_mut().zip(&self.0) {
            *slice = IoSlice::new(chunk);
            filled += 1;
        }
        filled
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

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
        outbox.run(ours).await.unwrap();

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
            async move { outbox.run(ours).await }
        });
        outbox.room().await;
        outbox.close();
        writer.await.unwrap().unwrap();
        let mut bytes = Vec::new();
        theirs.read_to_end(&mut bytes).await.unwrap();
        assert_eq!(bytes.len(), 96);
    }

    fn poll_now(outbox: &Outbox) -> bool {
        outbox.poll_room(&mut Context::from_waker(Waker::noop())).is_ready()
    }

    #[tokio::test]
    async fn a_broken_outbox_takes_nothing_and_keeps_nobody_waiting() {
        let outbox = Outbox::new(0);
        assert!(outbox.push(ping(1), b"", b""));
        outbox.break_off();
        assert!(!outbox.push(ping(2), b"", b""));
        assert!(poll_now(&outbox));
        let (ours, mut theirs) = duplex(1024);
        outbox.run(ours).await.unwrap();
        assert_eq!(theirs.read(&mut [0; 8]).await.unwrap(), 0);
    }
}
