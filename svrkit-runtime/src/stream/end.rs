//! One end of a call's stream: what has come and was not taken, and what may be sent.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};

use bytes::Bytes;
use tokio::task::coop;

use super::carrier::{Carrier, Delivery};
use super::violation::Violation;
use super::window::{ReceiveWindow, SendWindow, cost};
use crate::interceptor::Side;
use crate::limits::Limits;
use crate::monitor::StreamTotals;
use crate::scratch;
use crate::status::Status;
use crate::status::catalogue::streaming;
use crate::wire::tlv::Tlv;

/// One end of a call's stream. Its caller and its handler have one each.
#[derive(Debug)]
pub(crate) struct StreamEnd {
    call_id: u32,
    side: Side,
    carrier: Arc<dyn Carrier>,
    outgoing: Mutex<Outgoing>,
    incoming: Mutex<Incoming>,
}

#[derive(Debug)]
struct Outgoing {
    window: SendWindow,
    /// Who waits to send.
    sender: Option<Waker>,
    /// All has been sent, or why not.
    ended: bool,
    /// The call has ended: nobody takes more.
    closed: bool,
    passed: Passed,
}

#[derive(Debug)]
struct Incoming {
    window: ReceiveWindow,
    queue: VecDeque<Bytes>,
    /// Who waits for a message.
    receiver: Option<Waker>,
    /// What the other side has said at its end.
    end: Option<Result<(), Status>>,
    /// The call has ended, or nobody takes any more here: what still comes is thrown away.
    closed: bool,
    passed: Passed,
}

/// What went one way.
#[derive(Clone, Copy, Debug, Default)]
struct Passed {
    messages: u64,
    bytes: u64,
    /// Messages and credit: where this stands still, nothing happens.
    stirs: u64,
}

/// What a receiver gets.
#[derive(Debug)]
pub(super) enum Next {
    Message(Bytes),
    /// All that was sent has been taken.
    Ended(Result<(), Status>),
}

/// Why a message was not sent.
#[derive(Debug)]
pub(super) enum NotSent {
    /// Nobody takes any more.
    Closed,
    /// It is too long, or cannot be written; others may be sent.
    Unencodable(Status),
}

impl StreamEnd {
    /// An end on `side`, whose other end takes `send_window` at first.
    pub(super) fn new(call_id: u32, side: Side, carrier: Arc<dyn Carrier>, send_window: u32) -> Self {
        let limits = carrier.limits();
        let window = ReceiveWindow::new(limits.stream_window, limits.message_in);
        Self {
            call_id,
            side,
            carrier,
            outgoing: Mutex::new(Outgoing {
                window: SendWindow::new(send_window),
                sender: None,
                ended: false,
                closed: false,
                passed: Passed::default(),
            }),
            incoming: Mutex::new(Incoming {
                window,
                queue: VecDeque::new(),
                receiver: None,
                end: None,
                closed: false,
                passed: Passed::default(),
            }),
        }
    }

    pub(super) fn limits(&self) -> &Limits {
        self.carrier.limits()
    }

    /// Sends a message as soon as it may be.
    ///
    /// Dropped half-way, nothing has been sent.
    pub(super) async fn send<T: Tlv>(&self, message: &T) -> Result<(), NotSent> {
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
                Delivery::Sent => return Ok(()),
                Delivery::NotNow => {}
                Delivery::Gone => return Err(NotSent::Closed),
            }
        }
    }

    /// Ready while a message of about this length may be sent.
    fn poll_open(&self, message_len: usize, cx: &mut Context<'_>) -> Poll<Result<(), NotSent>> {
        // Who sends without a pause lets others have their turns: what it has sent leaves in one of them.
        let turn = ready!(coop::poll_proceed(cx));
        let mut outgoing = self.outgoing();
        if outgoing.closed {
            turn.made_progress();
            return Poll::Ready(Err(NotSent::Closed));
        }
        if outgoing.window.is_open() && self.carrier.poll_ready(self.call_id, message_len, cx).is_ready() {
            turn.made_progress();
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
        if !outgoing.window.is_open() {
            return Delivery::NotNow;
        }
        // Under the lock: what is sent after the end of its call would meet another one's.
        let delivery = self.carrier.message(self.call_id, message);
        if delivery == Delivery::Sent {
            outgoing.window.charge(cost(message.len()));
            outgoing.passed.message(message.len());
            let is_first = outgoing.passed.messages == 1;
            drop(outgoing);
            if is_first && self.side == Side::Server {
                self.carrier.answered(self.call_id);
            }
        }
        delivery
    }

    /// Says that all has been sent, or why not. Nothing where that was said before, or nobody listens.
    pub(super) fn end(&self, outcome: Result<(), &Status>) {
        let mut outgoing = self.outgoing();
        if outgoing.ended || outgoing.closed {
            return;
        }
        outgoing.ended = true;
        self.carrier.end(self.call_id, outcome);
    }

    /// Whether this end has said that it has sent all.
    pub(super) fn has_ended(&self) -> bool {
        self.outgoing().ended
    }

    /// Notes that this end sends nothing: its request came with the call.
    pub(crate) fn sends_nothing(&self) {
        self.outgoing().ended = true;
    }

    /// The same of the other end. What it sends nonetheless, by another schema, is thrown away.
    pub(crate) fn receives_nothing(&self) {
        self.incoming().end = Some(Ok(()));
        self.discard();
    }

    /// The next message. After all of them what the other side has said at its end, now and ever after.
    pub(super) async fn next(&self) -> Next {
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
        let Some(message) = incoming.queue.pop_front() else {
            if let Some(end) = &incoming.end {
                return Poll::Ready(Next::Ended(end.clone()));
            }
            incoming.receiver = Some(cx.waker().clone());
            return Poll::Pending;
        };
        let cost = cost(message.len());
        let credit = incoming.window.take(cost);
        incoming.passed.stirs += u64::from(credit.is_some());
        // Nobody sends any more: there is nobody to have it.
        let credit = credit.filter(|_| incoming.end.is_none());
        drop(incoming);
        if let Some(credit) = credit {
            self.carrier.credit(self.call_id, credit);
        }
        self.carrier.taken(cost);
        Poll::Ready(Next::Message(message))
    }

    /// Takes a message from the other end.
    pub(super) fn receive(&self, message: Bytes) -> Result<(), Violation> {
        let cost = cost(message.len());
        let mut incoming = self.incoming();
        if incoming.closed {
            drop(incoming);
            self.carrier.taken(cost);
            return Ok(());
        }
        if incoming.end.is_some() {
            return Err(Violation::AfterEnd { call_id: self.call_id });
        }
        if !incoming.window.receive(cost) {
            let window = self.carrier.limits().stream_window;
            return Err(Violation::BeyondStreamWindow { call_id: self.call_id, window });
        }
        incoming.passed.message(message.len());
        incoming.queue.push_back(message);
        let is_first = incoming.passed.messages == 1;
        let receiver = incoming.receiver.take();
        drop(incoming);
        if is_first && self.side == Side::Client {
            self.carrier.answered(self.call_id);
        }
        receiver.into_iter().for_each(Waker::wake);
        Ok(())
    }

    /// Takes the other end's word that it has sent all, or why not.
    pub(super) fn receive_end(&self, outcome: Result<(), Status>) -> Result<(), Violation> {
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
        receiver.into_iter().for_each(Waker::wake);
        Ok(())
    }

    /// Takes credit from the other end.
    pub(super) fn grant(&self, bytes: u32) -> Result<(), Violation> {
        let mut outgoing = self.outgoing();
        if !outgoing.window.grant(bytes) {
            return Err(Violation::CreditOverflow { call_id: self.call_id });
        }
        outgoing.passed.stirs += 1;
        let sender = outgoing.sender.take();
        drop(outgoing);
        sender.into_iter().for_each(Waker::wake);
        Ok(())
    }

    /// Ends it with its call: nothing is sent any more; what has come can still be taken.
    pub(crate) fn close(&self) {
        let mut outgoing = self.outgoing();
        outgoing.closed = true;
        let sender = outgoing.sender.take();
        drop(outgoing);
        let mut incoming = self.incoming();
        incoming.closed = true;
        incoming.end.get_or_insert_with(|| Err(streaming::caller_left_stream()));
        let receiver = incoming.receiver.take();
        drop(incoming);
        sender.into_iter().chain(receiver).for_each(Waker::wake);
    }

    /// Throws away what has come and comes: nobody takes it. The connection has its credit back.
    pub(crate) fn discard(&self) {
        let mut incoming = self.incoming();
        incoming.closed = true;
        let queue = std::mem::take(&mut incoming.queue);
        drop(incoming);
        queue.iter().for_each(|message| self.carrier.taken(cost(message.len())));
    }

    /// What went through, both ways.
    pub(crate) fn totals(&self) -> StreamTotals {
        let (outgoing, incoming) = (self.outgoing().passed, self.incoming().passed);
        let (requests, responses) = match self.side {
            Side::Client => (outgoing, incoming),
            Side::Server => (incoming, outgoing),
        };
        StreamTotals {
            requests: requests.messages,
            request_bytes: requests.bytes,
            responses: responses.messages,
            response_bytes: responses.bytes,
        }
    }

    /// A number that stands still while nothing happens; `None` where the deadline of the first answer holds, which all has been
    /// sent for.
    pub(super) fn stirs(&self) -> Option<u64> {
        let outgoing = self.outgoing();
        let (sent, sent_all, sent_stirs) = (outgoing.passed.messages, outgoing.ended, outgoing.passed.stirs);
        drop(outgoing);
        let incoming = self.incoming();
        let (came, came_all) = (incoming.passed.messages, incoming.end.is_some());
        let waits_for_first_answer = match self.side {
            Side::Client => sent_all && came == 0,
            Side::Server => came_all && sent == 0,
        };
        (!waits_for_first_answer).then(|| sent_stirs + incoming.passed.stirs)
    }

    /// Each change under the locks is a few plain assignments: a panic cannot leave it half done.
    fn outgoing(&self) -> MutexGuard<'_, Outgoing> {
        self.outgoing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn incoming(&self) -> MutexGuard<'_, Incoming> {
        self.incoming.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Passed {
    fn message(&mut self, len: usize) {
        self.messages += 1;
        self.bytes += len as u64;
        self.stirs += 1;
    }
}

impl Drop for StreamEnd {
    fn drop(&mut self) {
        self.discard();
    }
}
