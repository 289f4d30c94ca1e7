//! What an end sends: messages while there is credit for them and room, and the word that it was all.

use std::future::poll_fn;
use std::sync::{MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};

use tokio::task::coop;

use super::{Passed, StreamEnd};
use crate::interceptor::Side;
use crate::scratch;
use crate::status::Status;
use crate::status::catalogue::streaming;
use crate::stream::carrier::Delivery;
use crate::stream::violation::Violation;
use crate::wire::tlv::Tlv;

#[derive(Debug, Default)]
pub(super) struct Outgoing {
    /// Who waits to send.
    sender: Option<Waker>,
    /// All has been sent, or why not.
    pub(super) ended: bool,
    /// The call has ended: nobody takes more.
    closed: bool,
    pub(super) passed: Passed,
}

/// Why a message was not sent.
#[derive(Debug)]
pub(in crate::stream) enum NotSent {
    /// Nobody takes any more.
    Closed,
    /// It is too long, or cannot be written; others may be sent.
    Unencodable(Status),
}

impl StreamEnd {
    /// Sends a message as soon as it may be.
    ///
    /// Dropped half-way, nothing has been sent.
    pub(in crate::stream) async fn send<T: Tlv>(&self, message: &T) -> Result<(), NotSent> {
        // Known once it has been encoded, which is put off until it can be sent as well.
        let mut len = 0;
        loop {
            poll_fn(|cx| self.poll_open(len, cx)).await?;
            let limits = self.carrier.limits();
            let sent = scratch::encode(message, limits.message_out, |encoded| {
                let encoded = encoded.map_err(streaming::message_unencodable)?;
                len = encoded.len();
                match self.carrier.peer_message_in() {
                    Some(max) if len > max as usize => Err(streaming::message_over_limit(len, max)),
                    _ => Ok(self.try_send(encoded)),
                }
            });
            match sent.map_err(NotSent::Unencodable)? {
                Delivery::Sent { .. } => return Ok(()),
                Delivery::NotNow => {}
                Delivery::Gone => return Err(NotSent::Closed),
            }
        }
    }

    /// Ready while a message of about this length may be sent.
    fn poll_open(&self, message_len: usize, cx: &mut Context<'_>) -> Poll<Result<(), NotSent>> {
        // Who sends without a pause lets others have their turns: what it has sent leaves in one of them.
        let turn = ready!(coop::poll_proceed(cx));
        // Without the lock, which is taken to send: there it is seen whether the call has ended.
        let may_send = self.send_window.is_open() && self.carrier.has_room(message_len);
        let opened = if may_send { Poll::Ready(Ok(())) } else { self.poll_wait(message_len, cx) };
        if opened.is_ready() {
            turn.made_progress();
        }
        opened
    }

    fn poll_wait(&self, message_len: usize, cx: &mut Context<'_>) -> Poll<Result<(), NotSent>> {
        let mut outgoing = self.outgoing();
        if outgoing.closed {
            return Poll::Ready(Err(NotSent::Closed));
        }
        // Looked at under the lock, where whoever gives credit looks for who waits.
        if self.send_window.is_open() && self.carrier.poll_room(self.call_id, message_len, cx).is_ready() {
            return Poll::Ready(Ok(()));
        }
        outgoing.sender = Some(cx.waker().clone());
        Poll::Pending
    }

    fn try_send(&self, message: &[u8]) -> Delivery {
        let mut outgoing = self.outgoing();
        if outgoing.closed {
            return Delivery::Gone;
        }
        if !self.send_window.is_open() {
            return Delivery::NotNow;
        }
        // Under the lock: what is sent after the end of its call would meet another one's.
        let delivery = self.carrier.message(self.call_id, message);
        if let Delivery::Sent { cost } = delivery {
            self.send_window.charge(cost);
            outgoing.passed.messages(1, message.len());
            let is_first = outgoing.passed.messages == 1;
            drop(outgoing);
            if is_first && self.side == Side::Server {
                self.carrier.answered(self.call_id);
            }
        }
        delivery
    }

    /// Says that all has been sent, or why not. Nothing where that was said before, or nobody listens.
    pub(in crate::stream) fn end(&self, outcome: Result<(), &Status>) {
        let mut outgoing = self.outgoing();
        if outgoing.ended || outgoing.closed {
            return;
        }
        outgoing.ended = true;
        self.carrier.end(self.call_id, outcome);
    }

    /// Whether this end has said that it has sent all.
    pub(in crate::stream) fn has_ended(&self) -> bool {
        self.outgoing().ended
    }

    /// Notes that this end sends nothing: its request came with the call.
    pub(crate) fn sends_nothing(&self) {
        self.outgoing().ended = true;
    }

    /// Takes credit from the other end.
    pub(in crate::stream) fn grant(&self, bytes: u32) -> Result<(), Violation> {
        if !self.send_window.grant(bytes) {
            return Err(Violation::CreditOverflow { call_id: self.call_id });
        }
        let mut outgoing = self.outgoing();
        outgoing.passed.stirs += 1;
        let sender = outgoing.sender.take();
        drop(outgoing);
        sender.into_iter().for_each(Waker::wake);
        Ok(())
    }

    /// Each change under the lock is a few plain assignments: a panic cannot leave it half done.
    pub(super) fn outgoing(&self) -> MutexGuard<'_, Outgoing> {
        self.outgoing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Outgoing {
    /// Ends it with its call. Who waits to send is to be woken.
    pub(super) fn close(&mut self) -> Option<Waker> {
        self.closed = true;
        self.sender.take()
    }
}
