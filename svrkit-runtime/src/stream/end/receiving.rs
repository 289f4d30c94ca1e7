//! What an end receives: messages, frame by frame, until its reader takes them, and the other end's word that it was all.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::{MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};

use bytes::Bytes;
use tokio::task::coop;

use super::{Passed, StreamEnd};
use crate::interceptor::Side;
use crate::limits::Limits;
use crate::status::Status;
use crate::status::catalogue::streaming;
use crate::stream::violation::Violation;
use crate::stream::window::ReceiveWindow;
use crate::wire::frame::Pack;

#[derive(Debug)]
pub(super) struct Incoming {
    window: ReceiveWindow,
    queue: VecDeque<Arrived>,
    /// Who waits for a message.
    receiver: Option<Waker>,
    /// What the other side has said at its end.
    pub(super) end: Option<Result<(), Status>>,
    /// The call has ended, or nobody takes any more here: what still comes is thrown away.
    closed: bool,
    pub(super) passed: Passed,
}

/// Messages that came together and were not all taken.
#[derive(Debug)]
struct Arrived {
    messages: Pack,
    /// What they cost, until the last one is taken: they share their memory.
    cost: u32,
}

/// What a receiver gets.
#[derive(Debug)]
pub(in crate::stream) enum Next {
    Message(Bytes),
    /// All that was sent has been taken.
    Ended(Result<(), Status>),
}

impl StreamEnd {
    /// The next message. After all of them what the other side has said at its end, now and ever after.
    pub(in crate::stream) async fn next(&self) -> Next {
        poll_fn(|cx| {
            let turn = ready!(coop::poll_proceed(cx));
            let next = ready!(self.poll_next(cx));
            turn.made_progress();
            Poll::Ready(next)
        })
        .await
    }

    fn poll_next(&self, cx: &mut Context<'_>) -> Poll<Next> {
        let mut incoming = self.incoming();
        let Some((message, done)) = incoming.take() else {
            if let Some(end) = &incoming.end {
                return Poll::Ready(Next::Ended(end.clone()));
            }
            incoming.receiver = Some(cx.waker().clone());
            return Poll::Pending;
        };
        if let Some(cost) = done {
            self.taken(incoming, cost);
        }
        Poll::Ready(Next::Message(message))
    }

    /// Gives back what messages have cost that were taken.
    fn taken(&self, mut incoming: MutexGuard<'_, Incoming>, cost: u32) {
        let credit = incoming.window.take(cost);
        incoming.passed.stirs += u64::from(credit.is_some());
        // Nobody sends any more: there is nobody to have it.
        let credit = credit.filter(|_| incoming.end.is_none());
        drop(incoming);
        if let Some(credit) = credit {
            self.carrier.credit(self.call_id, credit);
        }
        self.carrier.taken(cost);
    }

    /// Takes messages from the other end that came together, at this cost.
    pub(in crate::stream) fn receive(&self, messages: Pack, cost: u32) -> Result<(), Violation> {
        let mut incoming = self.incoming();
        let is_closed = incoming.closed;
        if incoming.end.is_some() && !is_closed {
            return Err(Violation::AfterEnd { call_id: self.call_id });
        }
        // What nobody takes as well: its sender gets no more credit for it.
        if !incoming.window.receive(cost) {
            let window = self.carrier.limits().stream_window;
            return Err(Violation::BeyondStreamWindow { call_id: self.call_id, window });
        }
        if is_closed {
            drop(incoming);
            self.carrier.taken(cost);
            return Ok(());
        }
        let is_first = incoming.passed.messages == 0;
        incoming.passed.messages(messages.len(), messages.message_bytes());
        incoming.queue.push_back(Arrived { messages, cost });
        let receiver = incoming.receiver.take();
        drop(incoming);
        if is_first && self.side == Side::Client {
            self.carrier.answered(self.call_id);
        }
        receiver.into_iter().for_each(Waker::wake);
        Ok(())
    }

    /// Takes the other end's word that it has sent all, or why not.
    pub(in crate::stream) fn receive_end(&self, outcome: Result<(), Status>) -> Result<(), Violation> {
        let mut incoming = self.incoming();
        if incoming.closed {
            return Ok(());
        }
        if incoming.end.is_some() {
            return Err(Violation::AfterEnd { call_id: self.call_id });
        }
        incoming.end = Some(outcome);
        let receiver = incoming.receiver.take();
        drop(incoming);
        self.begin_time();
        receiver.into_iter().for_each(Waker::wake);
        Ok(())
    }

    /// From here on a handler has its time to the first answer.
    fn begin_time(&self) {
        // Under the lock: the first answer is counted before it ends that time.
        let outgoing = self.outgoing();
        if self.side == Side::Server && outgoing.passed.messages == 0 {
            self.carrier.all_came(self.call_id);
        }
    }

    /// Notes that the other end sends nothing. What it sends nonetheless, by another schema, is thrown away.
    pub(crate) fn receives_nothing(&self) {
        self.incoming().end = Some(Ok(()));
        self.discard();
        self.begin_time();
    }

    /// Throws away what has come and comes: nobody takes it. The connection has its credit back.
    pub(crate) fn discard(&self) {
        let mut incoming = self.incoming();
        incoming.closed = true;
        let queue = std::mem::take(&mut incoming.queue);
        drop(incoming);
        queue.iter().for_each(|arrived| self.carrier.taken(arrived.cost));
    }

    /// Each change under the lock is a few plain assignments: a panic cannot leave it half done.
    pub(super) fn incoming(&self) -> MutexGuard<'_, Incoming> {
        self.incoming.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Incoming {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            window: ReceiveWindow::new(limits.stream_window, limits.message_in),
            queue: VecDeque::new(),
            receiver: None,
            end: None,
            closed: false,
            passed: Passed::default(),
        }
    }

    /// The next message that waits, and with the last of those that came together what they have cost.
    fn take(&mut self) -> Option<(Bytes, Option<u32>)> {
        let Arrived { messages, cost } = self.queue.front_mut()?;
        // Who has none is not among them.
        let message = messages.next()?;
        let done = messages.is_empty().then_some(*cost);
        if done.is_some() {
            self.queue.pop_front();
        }
        Some((message, done))
    }

    /// Ends it with its call: what has come can still be taken. Who waits for more is to be woken.
    pub(super) fn close(&mut self) -> Option<Waker> {
        self.closed = true;
        self.end.get_or_insert_with(|| Err(streaming::caller_left_stream()));
        self.receiver.take()
    }
}
