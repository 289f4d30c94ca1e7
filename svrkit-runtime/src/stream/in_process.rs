//! Streams within a process: what one end sends is at the other at once.

use std::sync::{Arc, OnceLock, Weak};
use std::task::{Context, Poll};

use bytes::Bytes;

use super::carrier::{Carrier, Delivery};
use super::end::StreamEnd;
use super::window::cost;
use crate::interceptor::Side;
use crate::limits::Limits;
use crate::status::{Status, as_told};
use crate::wire::frame::Pack;

/// The link of a process to itself, as far as streams concern it.
pub(crate) trait InProcessCalls: Send + Sync + std::fmt::Debug + 'static {
    fn limits(&self) -> &Limits;

    /// The first answer of a call has passed on this side: it has no deadline any more there.
    fn answered(&self, side: Side, call_id: u32);
}

/// The way from one end to the other.
#[derive(Debug)]
struct Passage<C> {
    calls: Arc<C>,
    side: Side,
    other: OnceLock<Weak<StreamEnd>>,
}

/// Both ends of a call's stream: its caller's and its handler's.
pub(crate) fn ends<C: InProcessCalls>(calls: &Arc<C>, call_id: u32) -> (Arc<StreamEnd>, Arc<StreamEnd>) {
    let window = calls.limits().stream_window;
    let passage = |side| Arc::new(Passage { calls: Arc::clone(calls), side, other: OnceLock::new() });
    let (from_caller, from_handler) = (passage(Side::Client), passage(Side::Server));
    let end = |passage: &Arc<Passage<C>>| {
        let carrier = Arc::clone(passage) as Arc<dyn Carrier>;
        Arc::new(StreamEnd::new(call_id, passage.side, carrier, window))
    };
    let (caller, handler) = (end(&from_caller), end(&from_handler));
    // Both are new.
    let _ = from_caller.other.set(Arc::downgrade(&handler));
    let _ = from_handler.other.set(Arc::downgrade(&caller));
    (caller, handler)
}

impl<C> Passage<C> {
    fn other(&self) -> Option<Arc<StreamEnd>> {
        self.other.get().and_then(Weak::upgrade)
    }
}

impl<C: InProcessCalls> Carrier for Passage<C> {
    fn has_room(&self, _: usize) -> bool {
        true
    }

    fn poll_room(&self, _: u32, _: usize, _: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }

    fn message(&self, _: u32, message: &[u8]) -> Delivery {
        let cost = cost(message.len());
        let message = Pack::alone(Bytes::copy_from_slice(message));
        let received = self.other().map(|other| other.receive(message, cost));
        if let Some(Ok(())) = received { Delivery::Sent { cost } } else { Delivery::Gone }
    }

    fn end(&self, _: u32, outcome: Result<(), &Status>) {
        if let Some(other) = self.other() {
            // Said once: the sending end sees to it.
            let _ = other.receive_end(outcome.map_err(as_told));
        }
    }

    fn credit(&self, _: u32, bytes: u32) {
        if let Some(other) = self.other() {
            // It is what was taken from there.
            let _ = other.grant(bytes);
        }
    }

    fn taken(&self, _: u32) {}

    /// Its caller is here, and keeps the time.
    fn all_came(&self, _: u32) {}

    fn answered(&self, call_id: u32) {
        self.calls.answered(self.side, call_id);
    }

    fn limits(&self) -> &Limits {
        self.calls.limits()
    }

    fn peer_message_in(&self) -> Option<u32> {
        Some(self.calls.limits().message_in)
    }
}
