//! The link of a client to services in the same process: no socket, the same codec, dispatcher and limits.

use std::sync::{Arc, Weak};
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

use super::connection::{Connection, Link};
use super::departure::Departure;
use super::pending::Pending;
use super::pool::Peer;
use super::timer;
use crate::admission::{Gate, LoadOfRun};
use crate::context::Context;
use crate::deadline::instant_after;
use crate::dispatch::{Answered, Call, InFlight, Permit, Responder, Room, Router, Starts, StoppedBy, Wanted};
use crate::interceptor::Side;
use crate::limits::Limits;
use crate::metrics::{Metrics, Tally, TallyEnd};
use crate::monitor::{Hooks, Watch, WhenWritten};
use crate::queue::{AtWork, Queues};
use crate::spec::Spec;
use crate::status::catalogue::{calling, streaming};
use crate::status::{Status, as_told};
use crate::stream::{self, InProcessCalls, StreamEnd, Streams};
use crate::task;
use crate::transport::{Activity, Written};
use crate::wire::frame::{Hello, RequestFacts};

/// What is called in the same process.
#[derive(Clone, Debug, Default)]
pub(crate) struct Services {
    pub(crate) router: Arc<Router>,
    /// Who is told of their calls.
    pub(crate) hooks: Hooks,
    /// What their calls are counted in, if they are.
    pub(crate) metrics: Option<Metrics>,
    /// What their methods go by.
    pub(crate) load: Arc<LoadOfRun>,
    /// Their queued methods.
    pub(crate) queues: Queues,
    /// Who does the jobs of these, as long as anybody calls.
    pub(crate) _at_work: Arc<AtWork>,
}

#[derive(Debug)]
struct InProcess {
    /// Itself: answers come back to it.
    own: Weak<Self>,
    pending: Pending,
    in_flight: InFlight,
    router: Arc<Router>,
    /// The services', not the callers'.
    hooks: Hooks,
    /// What the services' calls are counted in, if they are.
    metrics: Option<Metrics>,
    load: Arc<LoadOfRun>,
    queues: Queues,
    limits: Limits,
    departure: Departure,
    /// The ends of streams that callers have.
    streams: Streams,
}

/// A connection to the services of `router`. Must be called within a tokio runtime.
pub(super) fn open(services: Services, limits: Limits, peer: Arc<Peer>) -> Connection {
    let Services { router, hooks, metrics, load, queues, _at_work: _ } = services;
    let link = Arc::new_cyclic(|own| InProcess {
        own: Weak::clone(own),
        pending: Pending::default(),
        in_flight: InFlight::default(),
        router,
        hooks,
        metrics,
        load,
        queues,
        limits,
        departure: Departure::default(),
        streams: Streams::default(),
    });
    let timer = task::spawn({
        let ended = Ended(Arc::clone(&link));
        async move { timer::run(Arc::clone(&ended.0)).await }
    });
    let server = Hello {
        message_in: Some(limits.message_in),
        metadata_bytes: Some(limits.metadata_bytes.into()),
        calls_in_flight: Some(limits.calls_in_flight),
        stream_window: Some(limits.stream_window),
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
        self.0.streams.close_all();
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

    fn answers_at_once(&self) -> bool {
        true
    }

    fn send(&self, call_id: u32, facts: RequestFacts, metadata: &Bytes, body: &Bytes) -> bool {
        let Some(own) = self.own.upgrade() else { return false };
        own.dispatch(call_id, facts, Wanted::Answer, None, metadata, body);
        true
    }

    fn send_oneway(&self, call_id: u32, facts: RequestFacts, metadata: &Bytes, body: &Bytes) -> bool {
        let Some(own) = self.own.upgrade() else { return false };
        own.dispatch(call_id, facts, Wanted::Nothing, None, metadata, body);
        self.pending.answer(call_id, Ok(Bytes::new()));
        true
    }

    fn send_stream(
        self: Arc<Self>,
        call_id: u32,
        facts: RequestFacts,
        metadata: &Bytes,
        body: &Bytes,
    ) -> Option<Arc<StreamEnd>> {
        let (caller, handler) = stream::ends(&self, call_id);
        let (idle, link) = (self.limits.stream_idle, Arc::downgrade(&self));
        self.streams.insert(call_id, &caller, idle, move |call_id| {
            if let Some(link) = link.upgrade() {
                link.idle(call_id);
            }
        });
        self.dispatch(call_id, facts, Wanted::Stream, Some(handler), metadata, body);
        Some(caller)
    }

    fn abandon(&self, call_id: u32) {
        if let Some(end) = self.streams.close(call_id) {
            end.discard();
        }
        if self.pending.abandon(call_id) {
            self.in_flight.cancel(call_id);
        }
    }

    fn ended(&self, _: u32) {}

    fn expire(&self, call_id: u32) {
        let was_sent = self.pending.expire(call_id) == Some(true);
        self.streams.close(call_id);
        if was_sent {
            self.in_flight.cancel(call_id);
        }
    }

    fn close(&self) {
        self.in_flight.stop_all(StoppedBy::Caller);
        self.streams.close_all();
    }
}

impl InProcess {
    fn dispatch(
        self: &Arc<Self>,
        call_id: u32,
        facts: RequestFacts,
        wanted: Wanted,
        stream: Option<Arc<StreamEnd>>,
        metadata: &Bytes,
        body: &Bytes,
    ) {
        let arrived = Instant::now();
        let watch = Watch::new(&self.hooks, Side::Server, facts.ids(), body.len(), || arrived);
        let tally = self.metrics.as_ref().map(|_| Tally::new(arrived, body.len()));
        let time = wanted.time(facts.remaining(), &self.limits);
        let context = Context::of_call(&facts, arrived, time);
        let (len, room) = (metadata.len() + body.len(), Room::of(&self.limits));
        match self.in_flight.begin(call_id, len, room, wanted.lasts(&context)) {
            Ok(stops) => {
                let responder = Arc::clone(self) as Arc<dyn Responder>;
                // A handler that is polled where it was called from would call deeper and deeper in one stack.
                let (starts, start_by) = (Starts::OnItsTask, context.deadline());
                let mut permit =
                    Permit::new(call_id, wanted, stops, starts, start_by, responder, (tally, watch));
                if let Some(end) = stream {
                    permit = permit.with_stream(end);
                }
                if let Some(call) = Call::arrive(facts, metadata, body.clone(), context, permit) {
                    self.router.dispatch(call);
                }
            }
            // The handlers of cancelled calls may not have ended yet, though their slots are free again.
            Err(not_begun) => {
                let status = not_begun.status(&self.limits);
                self.answer(call_id, Err(&status));
                if let (Some(tally), Some(metrics)) = (tally, &self.metrics) {
                    let ended = TallyEnd::refused(Side::Server, &status);
                    metrics.refused(tally, self.router.method(facts.ids()), &ended);
                }
                if let Some(watch) = watch {
                    watch.end("", &context, Some(&status), 0, Instant::now());
                }
            }
        }
    }

    /// Ends a call on whose stream nothing happens.
    fn idle(&self, call_id: u32) {
        let status = streaming::stream_idle(self.limits.stream_idle.as_millis());
        if self.pending.answer(call_id, Err(status)) {
            self.streams.close(call_id);
            self.in_flight.cancel(call_id);
        }
    }
}

impl InProcessCalls for InProcess {
    fn limits(&self) -> &Limits {
        &self.limits
    }

    fn answered(&self, side: Side, call_id: u32) {
        match side {
            Side::Client => self.pending.set_deadline(call_id, instant_after(Duration::MAX)),
            Side::Server => self.in_flight.lift_deadline(call_id),
        }
    }
}

impl Responder for InProcess {
    /// Whoever calls within the process is stopped by nobody else's load.
    fn gate(&self) -> Option<&Arc<Gate>> {
        None
    }

    fn answer(&self, call_id: u32, outcome: Result<Answered<'_>, &Status>) {
        match outcome {
            Ok(Answered { body, is_degraded: true }) => {
                self.pending.answer_degraded(call_id, Bytes::copy_from_slice(body));
            }
            Ok(Answered { body, .. }) => {
                self.pending.answer(call_id, Ok(Bytes::copy_from_slice(body)));
            }
            Err(status) => {
                self.pending.answer(call_id, Err(as_told(status)));
            }
        }
        self.streams.close(call_id);
    }

    /// Nothing is written: they are dropped.
    fn when_written(&self, _: WhenWritten) {}

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

    fn stream_ended(&self, _: u32) {}

    fn limits(&self) -> &Limits {
        &self.limits
    }

    fn metrics(&self) -> Option<&Metrics> {
        self.metrics.as_ref()
    }

    fn queues(&self) -> &Queues {
        &self.queues
    }

    /// As somebody holds it: with no gate, nothing is learned.
    fn degrades(&self, spec: &'static Spec) -> bool {
        self.load.degrades(spec)
    }

    fn in_flight(&self) -> &InFlight {
        &self.in_flight
    }
}
