//! One end of a call's stream: what has come and was not taken, and what may be sent.

mod receiving;
mod sending;

use std::sync::{Arc, Mutex};
use std::task::Waker;

use self::receiving::Incoming;
pub(super) use self::receiving::Next;
pub(super) use self::sending::NotSent;
use self::sending::Outgoing;
use super::carrier::Carrier;
use super::window::SendWindow;
use crate::interceptor::Side;
use crate::limits::Limits;
use crate::monitor::StreamTotals;

/// One end of a call's stream. Its caller and its handler have one each.
#[derive(Debug)]
pub(crate) struct StreamEnd {
    call_id: u32,
    side: Side,
    carrier: Arc<dyn Carrier>,
    /// What the other end takes. Charged under the lock of `outgoing`.
    send_window: SendWindow,
    outgoing: Mutex<Outgoing>,
    incoming: Mutex<Incoming>,
}

/// What went one way.
#[derive(Clone, Copy, Debug, Default)]
struct Passed {
    messages: u64,
    bytes: u64,
    /// Messages and credit: where this stands still, nothing happens.
    stirs: u64,
}

impl StreamEnd {
    /// An end on `side`, whose other end takes `send_window` at first.
    pub(super) fn new(call_id: u32, side: Side, carrier: Arc<dyn Carrier>, send_window: u32) -> Self {
        let incoming = Incoming::new(carrier.limits());
        Self {
            call_id,
            side,
            carrier,
            send_window: SendWindow::new(send_window),
            outgoing: Mutex::default(),
            incoming: Mutex::new(incoming),
        }
    }

    pub(super) fn limits(&self) -> &Limits {
        self.carrier.limits()
    }

    /// Ends it with its call: nothing is sent any more; what has come can still be taken.
    pub(crate) fn close(&self) {
        let sender = self.outgoing().close();
        let receiver = self.incoming().close();
        sender.into_iter().chain(receiver).for_each(Waker::wake);
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
}

impl Passed {
    /// Notes messages of so many bytes together.
    fn messages(&mut self, count: usize, bytes: usize) {
        self.messages += count as u64;
        self.bytes += bytes as u64;
        self.stirs += count as u64;
    }
}

impl Drop for StreamEnd {
    fn drop(&mut self) {
        self.discard();
    }
}
