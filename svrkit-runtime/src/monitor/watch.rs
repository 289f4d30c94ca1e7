//! What is kept of an attempt in order to tell of it.

use std::sync::Arc;

use tokio::time::Instant;

use super::hooks::{Hooks, Installed};
use super::{CallEnd, CallFacts, HandlerPanic, Stages, StreamTotals, WhenWritten};
use crate::context::Context;
use crate::interceptor::Side;
use crate::spec::Spec;
use crate::status::Status;

/// An attempt that monitors are told of: once when it begins, once when it has ended.
#[derive(Debug)]
pub(crate) struct Watch {
    hooks: Arc<Installed>,
    side: Side,
    spec: Option<&'static Spec>,
    service_id: u32,
    method_id: u16,
    request_len: usize,
    attempt: u32,
    /// The endpoint that was chosen.
    endpoint: Option<Arc<str>>,
    has_begun: bool,
    began: Instant,
    queued: Option<Instant>,
    decoded: Option<Instant>,
    started: Option<Instant>,
    handled: Option<Instant>,
    stream: Option<StreamTotals>,
    is_degraded: bool,
}

impl Watch {
    /// Of a call of these ids that came at `began`, or a request. `None`: nobody listens.
    pub(crate) fn new(
        hooks: &Hooks,
        side: Side,
        ids: (u32, u16),
        request_len: usize,
        began: impl FnOnce() -> Instant,
    ) -> Option<Self> {
        let hooks = Arc::clone(hooks.installed()?);
        let (service_id, method_id) = ids;
        Some(Self {
            hooks,
            side,
            spec: None,
            service_id,
            method_id,
            request_len,
            attempt: 1,
            endpoint: None,
            has_begun: false,
            began: began(),
            queued: None,
            decoded: None,
            started: None,
            handled: None,
            stream: None,
            is_degraded: false,
        })
    }

    /// The same of an attempt of this number.
    pub(crate) fn attempt(self, attempt: u32) -> Self {
        Self { attempt, ..self }
    }

    /// Tells that the attempt begins.
    pub(crate) fn begin(&mut self, spec: Option<&'static Spec>, peer: &str, context: &Context) {
        self.spec = spec;
        self.has_begun = true;
        self.hooks.tell(|monitor| monitor.call_began(&self.facts(peer, context)));
    }

    /// Notes that it has its place and waits for its turn, where anybody wants to know when.
    pub(crate) fn queued(&mut self) {
        if self.hooks.wants_stages {
            self.queued = Some(Instant::now());
        }
    }

    /// Notes that the request is decoded, where anybody wants to know when.
    pub(crate) fn decoded(&mut self) {
        if self.hooks.wants_stages {
            self.decoded = Some(Instant::now());
        }
    }

    /// Notes that its handler starts.
    pub(crate) fn started(&mut self, now: Instant) {
        self.started = Some(now);
    }

    /// Notes that it has been sent, and to whom.
    pub(crate) fn sent(&mut self, now: Instant, endpoint: &Arc<str>) {
        self.started = Some(now);
        self.endpoint = Some(Arc::clone(endpoint));
    }

    /// Notes that its handler has ended, where anybody wants to know when.
    pub(crate) fn handled(&mut self) {
        if self.hooks.wants_stages {
            self.handled = Some(Instant::now());
        }
    }

    /// Notes what went through its stream.
    pub(crate) fn passed(&mut self, totals: StreamTotals) {
        self.stream = Some(totals);
    }

    /// Notes that its answer is marked as degraded.
    pub(crate) fn degraded(&mut self) {
        self.is_degraded = true;
    }

    /// Tells that its handler has panicked.
    pub(crate) fn panicked(&self, peer: &str, context: &Context, message: &str, place: &str) {
        let panic = HandlerPanic { call: self.facts(peer, context), message, place };
        self.hooks.tell(|monitor| monitor.handler_panicked(&panic));
    }

    /// Tells that it has ended: well, with an answer of `response_len` bytes, or with a status. One that never got as far as its
    /// method begins now. Gives back who wants to know when the answer is written.
    pub(crate) fn end(
        mut self,
        peer: &str,
        context: &Context,
        status: Option<&Status>,
        response_len: usize,
        ended: Instant,
    ) -> WhenWritten {
        if !self.has_begun {
            self.begin(None, peer, context);
        }
        let stages = Stages {
            began: self.began,
            queued: self.queued,
            decoded: self.decoded,
            started: self.started,
            handled: self.handled,
            ended,
        };
        let endpoint = self.endpoint.take();
        let peer = endpoint.as_deref().unwrap_or(peer);
        let stream = self.stream;
        let written = WhenWritten::default();
        let end = CallEnd {
            call: self.facts(peer, context),
            status,
            is_degraded: self.is_degraded && status.is_none(),
            response_len,
            stream,
            stages,
            written: &written,
        };
        self.hooks.tell(|monitor| monitor.call_ended(&end));
        written
    }

    fn facts<'a>(&self, peer: &'a str, context: &'a Context) -> CallFacts<'a> {
        CallFacts {
            side: self.side,
            spec: self.spec,
            service_id: self.service_id,
            method_id: self.method_id,
            peer,
            context,
            request_len: self.request_len,
            attempt: self.attempt,
        }
    }
}
