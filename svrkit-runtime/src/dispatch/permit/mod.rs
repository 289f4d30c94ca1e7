//! A call's place among those in flight, and the way to its answer.
//!
//! This file is what a permit knows; [`running`] has a handler under it, [`ending`] the one answer.

mod ending;
mod running;
mod watched;

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::time::Instant;

use self::watched::Watched;
use super::in_flight::{Lasts, Stops};
use super::responder::Responder;
use crate::admission::{End, Pass, Slot};
use crate::context::Context;
use crate::interceptor::Side;
use crate::limits::Limits;
use crate::metrics::Tally;
use crate::monitor::Watch;
use crate::queue::Queues;
use crate::spec::Spec;
use crate::stream::StreamEnd;

/// A handler that is stopped so long before its deadline is stopped by it: its caller's clock began before ours.
const SKEW: Duration = Duration::from_millis(10);

/// What a caller waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// One answer to one request.
    Answer,
    /// Messages of a stream, its own or the handler's or both, and an answer at the end.
    Stream,
    /// The call is oneway.
    Nothing,
}

/// Where a handler starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Starts {
    /// Where its request was read, until it waits for something.
    AtOnce,
    /// On a task of its own.
    OnItsTask,
}

impl Wanted {
    /// How long a call may last that arrived with `context`; one with a stream until its first answer.
    pub(crate) fn lasts(self, context: &Context) -> Lasts {
        match self {
            Self::Answer | Self::Stream => Lasts::WhileAwaited(context.deadline()),
            Self::Nothing => Lasts::Detached,
        }
    }

    /// The time that the server gives a call of which the caller says it has `stated`; one with a stream until its first answer. `None`:
    /// it begins when the caller has sent all.
    pub(crate) fn time(self, stated: Option<Duration>, limits: &Limits) -> Option<Duration> {
        match (self, stated) {
            (_, Some(stated)) => Some(stated.min(limits.deadline_max)),
            (Self::Answer | Self::Nothing, None) => Some(limits.deadline_max),
            (Self::Stream, None) => None,
        }
    }
}

/// A running call's permit: its place among the calls in flight. It is given back on drop, and whoever drops it
/// unanswered leaves the caller an error.
pub(crate) struct Permit {
    responder: Arc<dyn Responder>,
    call_id: u32,
    wanted: Wanted,
    stops: Stops,
    starts: Starts,
    /// Its handler does not start later.
    start_by: Option<Instant>,
    /// The handler's end of its stream, where one is wanted.
    stream: Option<Arc<StreamEnd>>,
    /// Once it has been found.
    spec: Option<&'static Spec>,
    /// Where calls are counted, until it has ended.
    tally: Option<Tally>,
    /// Where anybody listens.
    watched: Option<Box<Watched>>,
    /// Its handler's place among those under way, once it has one: who ends where it was read has none.
    slot: OnceLock<Slot>,
    /// What the server's rules have taken for it.
    pass: Pass,
    /// Its answer is marked as degraded.
    is_degraded: bool,
    ended: bool,
}

impl Permit {
    /// The call is counted in the responder's [`InFlight`](super::InFlight) already.
    #[inline]
    pub(crate) fn new(
        call_id: u32,
        wanted: Wanted,
        stops: Stops,
        starts: Starts,
        start_by: Option<Instant>,
        responder: Arc<dyn Responder>,
        (tally, watch): (Option<Tally>, Option<Watch>),
    ) -> Self {
        Self {
            responder,
            call_id,
            wanted,
            stops,
            starts,
            start_by,
            stream: None,
            spec: None,
            tally,
            watched: watch.map(|watch| Box::new(Watched::new(watch))),
            slot: OnceLock::new(),
            pass: Pass::default(),
            is_degraded: false,
            ended: false,
        }
    }

    /// The same for a call with a stream, of which `end` is the handler's.
    pub(crate) fn with_stream(mut self, end: Arc<StreamEnd>) -> Self {
        self.stream = Some(end);
        self
    }

    /// Keeps what rules have taken for it until it is gone.
    pub(crate) fn keep(&mut self, pass: Pass) {
        self.pass = pass;
    }

    /// What rules have taken for it.
    pub(super) fn pass(&self) -> &Pass {
        &self.pass
    }

    /// Gives its handler a place that was taken for it: it starts at once, where that is its turn.
    pub(super) fn in_slot(mut self, slot: Slot) -> Self {
        (self.slot, self.starts) = (slot.into(), Starts::AtOnce);
        self
    }

    /// Whether it was stopped.
    #[inline]
    pub(super) fn is_given_up(&self) -> bool {
        self.responder.in_flight().is_stopped(self.call_id, self.stops)
    }

    /// Counts its handler among those under way, as it is not over at once. One with a stream may stay for as long as it likes, and is not.
    fn take_slot(&self) {
        if let Some(gate) = self.responder.gate().filter(|_| self.wanted != Wanted::Stream) {
            self.slot.get_or_init(|| Slot::take(gate, self.pass.method()));
        }
    }

    /// Its handler has come to its end.
    #[inline]
    fn is_done(&mut self) {
        if let Some(slot) = self.slot.get_mut() {
            slot.ended(End::Done);
        }
    }

    /// Its handler was stopped: because its time was over, or before. A caller stops it by a clock that began a little earlier.
    #[cold]
    fn was_stopped(&mut self) {
        let is_late = self.start_by.is_some_and(|deadline| Instant::now() + SKEW >= deadline);
        if let Some(slot) = self.slot.get_mut().filter(|_| is_late) {
            slot.ended(End::TooLate);
        }
    }

    pub(super) fn limits(&self) -> &Limits {
        self.responder.limits()
    }

    /// The queued methods that are served.
    pub(super) fn queues(&self) -> &Queues {
        self.responder.queues()
    }

    /// Whether anybody waits for the answer.
    pub(super) fn is_awaited(&self) -> bool {
        self.wanted != Wanted::Nothing
    }

    /// Whether the whole call has to be over by its deadline.
    pub(super) fn keeps_deadline(&self) -> bool {
        self.wanted == Wanted::Answer
    }

    /// The handler's end of the stream, where the caller wants one.
    pub(super) fn stream(&self) -> Option<&Arc<StreamEnd>> {
        self.stream.as_ref()
    }

    /// The call has this context, as far as anybody listens.
    pub(super) fn arrived(&mut self, context: &Context) {
        if let Some(watched) = &mut self.watched {
            watched.arrived(context);
        }
    }

    /// Its method has been found.
    #[inline]
    pub(super) fn begin(&mut self, spec: &'static Spec) {
        self.spec = Some(spec);
        if let (Some(tally), Some(metrics)) = (&mut self.tally, self.responder.metrics()) {
            tally.begin(metrics, Side::Server, spec);
        }
        if let Some(watched) = &mut self.watched {
            watched.begin(spec);
        }
    }

    /// Has its answer marked as degraded, if its method has a second handler and the server's load is such that this one answers.
    #[inline]
    pub(super) fn degrade(&mut self, spec: &'static Spec) -> bool {
        self.is_degraded = spec.degraded_from.is_some() && self.responder.degrades(spec);
        self.is_degraded
    }

    /// Notes that its request has been read.
    pub(super) fn decoded(&mut self) {
        if let Some(watched) = &mut self.watched {
            watched.decoded();
        }
    }

    /// Where the context is put that the handler will run in, if anybody listens.
    pub(super) fn watch_context(&mut self) -> Option<Arc<OnceLock<Context>>> {
        self.watched.as_mut().map(|watched| watched.passed())
    }
}

impl fmt::Debug for Permit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Permit")
            .field("call_id", &self.call_id)
            .field("wanted", &self.wanted)
            .finish_non_exhaustive()
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if !self.ended {
            self.answer_unanswered();
        }
    }
}
