//! The link of a client to services in the same process: no socket, the same codec, dispatcher and limits.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use bytes::Bytes;
use tokio::time::Instant;

use super::connection::{Connection, Link};
use super::departure::Departure;
use super::pending::Pending;
use super::pool::Peer;
use super::timer;
use crate::context::Context;
use crate::dispatch::{Call, InFlight, Permit, Responder, Router, Starts, StoppedBy, Wanted};
use crate::interceptor::Side;
use crate::limits::Limits;
use crate::monitor::{Hooks, Watch};
use crate::status::catalogue::calling;
use crate::status::{Status, from_wire, to_wire};
use crate::stream::HandlerEnds;
use crate::task;
use crate::transport::{Activity, Written};
use crate::wire::frame::{Hello, RequestFacts};
use crate::wire::tlv::Tlv;

#[derive(Debug)]
struct InProcess {
    pending: Pending,
    in_flight: InFlight,
    router: Arc<Router>,
    /// The services', not the callers'.
    hooks: Hooks,
    limits: Limits,
    departure: Departure,
    /// Of calls that are being dispatched.
    streams: Mutex<HashMap<u32, HandlerEnds>>,
}

/// A connection to the services of `router`. Must be called within a tokio runtime.
pub(super) fn open(router: Arc<Router>, hooks: Hooks, limits: Limits, peer: Arc<Peer>) -> Connection {
    let link = Arc::new(InProcess {
        pending: Pending::default(),
        in_flight: InFlight::default(),
        router,
        hooks,
        limits,
        departure: Departure::default(),
        streams: Mutex::default(),
    });
    let timer = task::spawn({
        let ended = Ended(Arc::clone(&link));
        async move { timer::run(Arc::clone(&ended.0)).await }
    });
    let server = Hello {
        message_in: Some(limits.message_in),
        metadata_bytes: Some(limits.metadata_bytes.into()),
        calls_in_flight: Some(limits.calls_in_flight),
        ..Hello::default()
    };
    let deadlines = task::spawn({
        let link = Arc::clone(&link);
        async move { link.in_flight.keep_deadlines().await }
    });
    Connection::new(link, server, peer, vec![timer.abort_handle(), deadlines.abort_handle()])
}

/// Ends the link when its task is gone, be it with its runtime: without a timer no deadline would ever come.
struct Ended(Arc<InProcess>);

impl Drop for Ended {
    fn drop(&mut self) {
        self.0.departure.begin();
        self.0.pending.close(|_| calling::runtime_ended());
    }
}

impl Link for InProcess {
    fn pending(&self) -> &Pending {
        &self.pending
    }

    fn departure(&self) -> &Departure {
        &self.departure
    }

    fn activity(&self) -> Option<&Activity> {
        None
    }

    fn leave(&self) {
        self.departure.begin();
    }

    fn has_room(&self, _: usize) -> bool {
        true
    }

    fn poll_room(&self, _: u32, _: usize, _: &mut std::task::Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }

    fn poll_written(&self, _: &mut Written, _: &mut std::task::Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }

    fn send(self: Arc<Self>, call_id: u32, facts: RequestFacts, metadata: &Bytes, body: &Bytes) -> bool {
        self.dispatch(call_id, facts, Wanted::Answer, metadata, body);
        true
    }

    fn send_oneway(
        self: Arc<Self>,
        call_id: u32,
        facts: RequestFacts,
        metadata: &Bytes,
        body: &Bytes,
    ) -> bool {
        self.dispatch(call_id, facts, Wanted::Nothing, metadata, body);
        self.pending.answer(call_id, Ok(Bytes::new()));
        true
    }

    fn send_stream(
        self: Arc<Self>,
        call_id: u32,
        facts: RequestFacts,
        metadata: &Bytes,
        body: &Bytes,
        ends: HandlerEnds,
    ) -> bool {
        self.streams().insert(call_id, ends);
        self.dispatch(call_id, facts, Wanted::Answer, metadata, body);
        // They are left where no handler of a stream was found.
        self.streams().remove(&call_id);
        true
    }

    fn abandon(&self, call_id: u32) {
        if self.pending.abandon(call_id) {
            self.in_flight.cancel(call_id);
        }
    }

    fn expire(&self, call_id: u32) {
        if self.pending.expire(call_id) == Some(true) {
            self.in_flight.cancel(call_id);
        }
    }

    fn close(&self) {
        self.in_flight.stop_all(StoppedBy::Caller);
    }
}

impl InProcess {
    fn dispatch(
        self: &Arc<Self>,
        call_id: u32,
        facts: RequestFacts,
        wanted: Wanted,
        metadata: &Bytes,
        body: &Bytes,
    ) {
        let arrived = Instant::now();
        let watch = Watch::new(&self.hooks, Side::Server, facts.ids(), body.len(), || arrived);
        let is_stream = self.streams().contains_key(&call_id);
        let most = (!is_stream).then_some(self.limits.deadline_max);
        let context = Context::of_call(&facts, arrived, most, None);
        match self.in_flight.begin(call_id, self.limits.calls_in_flight, wanted.lasts(&context)) {
            Ok(stops) => {
                let responder = Arc::clone(self) as Arc<dyn Responder>;
                // A handler that is polled where it was called from would call deeper and deeper in one stack.
                let (starts, start_by) = (Starts::OnItsTask, context.deadline());
                let permit = Permit::new(call_id, wanted, stops, starts, start_by, responder, watch);
                if let Some(call) = Call::arrive(facts, metadata, body.clone(), context, permit) {
                    self.router.dispatch(call);
                }
            }
            // The handlers of cancelled calls may not have ended yet, though their slots are free again.
            Err(not_begun) => {
                let status = not_begun.status(&self.limits);
                self.pending.answer(call_id, Err(as_told(&status)));
                if let Some(watch) = watch {
                    watch.end("", &context, Some(&status), 0);
                }
            }
        }
    }

    /// Each change under the lock is one operation of the map: a panic cannot leave it half done.
    fn streams(&self) -> MutexGuard<'_, HashMap<u32, HandlerEnds>> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Responder for InProcess {
    fn answer(&self, call_id: u32, outcome: Result<&[u8], &Status>) {
        let outcome = outcome.map(Bytes::copy_from_slice).map_err(as_told);
        self.pending.answer(call_id, outcome);
    }

    fn has_room(&self, _: usize) -> bool {
        true
    }

    fn poll_room(&self, _: u32, _: usize, _: &mut std::task::Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }

    fn forget_room(&self, _: u32) {}

    fn caller_message_in(&self) -> Option<u32> {
        Some(self.limits.message_in)
    }

    fn take_stream(&self, call_id: u32) -> Option<HandlerEnds> {
        self.streams().remove(&call_id)
    }

    fn limits(&self) -> &Limits {
        &self.limits
    }

    fn in_flight(&self) -> &InFlight {
        &self.in_flight
    }
}

/// The status as it would arrive over a socket.
fn as_told(status: &Status) -> Status {
    let (facts, failure) = to_wire(status);
    from_wire(&facts, &failure.encode().unwrap_or_default())
}
