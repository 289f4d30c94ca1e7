//! The way back to the caller.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};

use super::Connection;
use crate::admission::Gate;
use crate::dispatch::{Answered, InFlight, Responder};
use crate::limits::Limits;
use crate::metrics::Metrics;
use crate::monitor::WhenWritten;
use crate::priority::Priority;
use crate::queue::Queues;
use crate::spec::Spec;
use crate::status::{Layer, Party, Status, to_response};
use crate::wire::frame::{Facts, Header, ResponseFacts};

impl Responder for Connection {
    fn answer(&self, call_id: u32, outcome: Result<Answered<'_>, &Status>) {
        let level = self.announced();
        match outcome {
            Ok(Answered { body, is_degraded }) => {
                let facts = ResponseFacts { level, degraded: is_degraded, ..ResponseFacts::default() };
                let header = Header::new(call_id, Facts::Response(facts));
                self.outbox.push(header, &[], body);
            }
            Err(status) => {
                let told = status.facts();
                if told.party == Party::Caller && told.layer != Layer::Handler {
                    self.refused.fetch_add(1, Ordering::Relaxed);
                }
                let (facts, body) = to_response(status, self.caller_message_in());
                let facts = ResponseFacts { level, ..facts };
                self.outbox.push(Header::new(call_id, Facts::Response(facts)), &[], &body);
            }
        }
    }

    fn when_written(&self, then: WhenWritten) {
        self.outbox.when_written(then);
    }

    fn has_room(&self, answer_len: usize) -> bool {
        self.outbox.has_room(answer_len)
    }

    fn poll_room(&self, call_id: u32, answer_len: usize, cx: &mut Context<'_>) -> Poll<()> {
        self.outbox.poll_room(call_id, answer_len, cx)
    }

    fn forget_room(&self, call_id: u32) {
        self.outbox.forget_room(call_id);
    }

    fn caller_message_in(&self) -> Option<u32> {
        self.peer_message_in.get().copied()
    }

    fn stream_ended(&self, call_id: u32) {
        self.streams.close(call_id);
    }

    fn limits(&self) -> &Limits {
        &self.limits
    }

    fn metrics(&self) -> Option<&Metrics> {
        self.metrics.as_ref()
    }

    fn gate(&self) -> Option<&Arc<Gate>> {
        self.gate.as_ref()
    }

    fn queues(&self) -> &Queues {
        &self.queues
    }

    fn degrades(&self, spec: &'static Spec) -> bool {
        self.load.degrades(spec)
    }

    fn in_flight(&self) -> &InFlight {
        &self.in_flight
    }
}

impl Connection {
    /// The level that every answer tells, refusals included: who is refused learns what would not be.
    fn announced(&self) -> Priority {
        self.gate.as_ref().map_or(Priority::default(), |gate| gate.announced())
    }
}
