//! The writing task: takes what is queued, batch by batch, and gives it to the socket.

use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::mem;
use std::pin::Pin;
use std::sync::MutexGuard;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::task::yield_now;
use tokio::time::{Instant, timeout};

use super::batch::{Batch, Chunk};
use super::{Outbox, Phase, State};

/// Slices of one write.
const SLICES_MAX: usize = 64;

/// What a peer gets to take the last bytes of a connection that is being closed.
const LAST_FLUSH: Duration = Duration::from_secs(1);

impl Outbox {
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
                // TLS takes more than its socket does.
                if !poll_fn(|cx| self.poll_flush(writing, phase, cx)).await? {
                    return Ok(());
                }
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
        (state.written, state.long_written) = (state.taken, state.long_taken);
        if !state.waiting_for_write.is_empty() {
            let waiting = mem::take(&mut state.waiting_for_write);
            drop(state);
            waiting.into_iter().for_each(Waker::wake);
            state = self.lock();
        }
        if !state.when_written.is_empty() {
            state = self.tell_written(state);
        }
        if state.phase != Phase::Broken && state.has_queued() {
            return Poll::Ready(true);
        }
        if state.phase != phase || phase == Phase::Closing {
            return Poll::Ready(false);
        }
        state.writer = Some(cx.waker().clone());
        Poll::Pending
    }

    /// Tells those who want to know when what they wait for was written: by one look at the clock for all of a batch.
    #[cold]
    fn tell_written<'a>(&'a self, mut state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        let all = mem::take(&mut state.when_written);
        let (written, waiting): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|(wait, _)| state.has_written(wait));
        state.when_written = waiting;
        // Code of others runs without the lock.
        drop(state);
        let now = Instant::now();
        written.into_iter().for_each(|(_, then)| then.tell(now));
        self.lock()
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
            Poll::Pending => self.poll_phase(phase, cx).map(|()| Ok(0)),
        }
    }

    /// Ready with true when all that was written has left, with false where the socket takes nothing and the phase is over.
    fn poll_flush<W: AsyncWrite + Unpin>(
        &self,
        writing: &mut Writing<W>,
        phase: Phase,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<bool>> {
        match Pin::new(&mut writing.socket).poll_flush(cx) {
            Poll::Ready(flushed) => Poll::Ready(flushed.map(|()| true)),
            Poll::Pending => self.poll_phase(phase, cx).map(|()| Ok(false)),
        }
    }

    /// Ready when the phase is over, which its writer is woken for.
    fn poll_phase(&self, phase: Phase, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = self.lock();
        if state.phase != phase {
            return Poll::Ready(());
        }
        state.writer = Some(cx.waker().clone());
        Poll::Pending
    }

    /// Moves what is queued into `batch`, which is empty, of a long body one part, and takes the memory of the last one back.
    fn take(&self, batch: &mut Batch) {
        let mut state = self.lock();
        state.taken += 1;
        state.end_pack();
        mem::swap(&mut batch.chunks, &mut state.chunks);
        if state.spare.capacity() == 0 {
            state.spare = mem::take(&mut batch.spare);
        }
        if !state.tail.is_empty() {
            let next = mem::take(&mut state.spare);
            batch.chunks.push_back(Chunk::Own(mem::replace(&mut state.tail, next)));
        }
        if state.long.is_some() {
            self.take_long(state, batch);
        }
    }

    /// What is taken is among the short frames from here on.
    #[cold]
    fn take_long(&self, mut state: MutexGuard<'_, State>, batch: &mut Batch) {
        let Some(long) = &mut state.long else { return };
        let (taken, ended) = long.take(&mut batch.chunks);
        if long.is_empty() {
            state.long = None;
        }
        state.long_taken += ended;
        self.unwritten.fetch_add(taken, Ordering::Relaxed);
        let before = self.unwritten_long.fetch_sub(taken, Ordering::Relaxed);
        if falls_to(self.queue_max, before, taken) {
            wake_waiting(state);
        }
    }

    fn written(&self, len: usize) {
        self.bytes_written.store(self.bytes_written() + len as u64, Ordering::Relaxed);
        let before = self.unwritten.fetch_sub(len, Ordering::Relaxed);
        // Without the lock where nobody can have been made to wait: there was room before, or is none now.
        if falls_to(self.queue_max, before, len) || falls_to(self.queue_max / 2, before, len) {
            wake_waiting(self.lock());
        }
    }
}

/// Whether what was `before` and is less by `less` has come down to `mark`. What was added meanwhile makes this say so too early.
fn falls_to(mark: usize, before: usize, less: usize) -> bool {
    before > mark && before - less <= mark
}

/// Wakes who waits for room: they look whether it is theirs.
fn wake_waiting(mut state: MutexGuard<'_, State>) {
    let waiting = mem::take(&mut state.waiting_for_room);
    drop(state);
    waiting.into_values().for_each(Waker::wake);
}

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
