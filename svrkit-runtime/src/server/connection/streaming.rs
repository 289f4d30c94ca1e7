//! The connection as a carrier of streams.

use super::Connection;
use crate::deadline::instant_after;
use crate::dispatch::StoppedBy;
use crate::interceptor::Side;
use crate::limits::Limits;
use crate::stream::{Framed, FramedStreams};
use crate::transport::Outbox;

impl Framed for Connection {
    const SIDE: Side = Side::Server;

    fn outbox(&self) -> &Outbox {
        &self.outbox
    }

    fn streams(&self) -> &FramedStreams {
        &self.streams
    }

    fn limits(&self) -> &Limits {
        &self.limits
    }

    fn peer_message_in(&self) -> Option<u32> {
        self.peer_message_in.get().copied()
    }

    fn all_came(&self, call_id: u32) {
        // Its caller may be gone without a word, or never have meant to wait.
        self.in_flight.set_deadline(call_id, instant_after(self.limits.deadline_max));
    }

    fn answered(&self, call_id: u32) {
        self.in_flight.lift_deadline(call_id);
    }

    fn idle(&self, call_id: u32) {
        self.in_flight.stop(call_id, StoppedBy::Idle);
    }
}
