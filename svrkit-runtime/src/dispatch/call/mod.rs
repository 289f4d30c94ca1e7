//! One attempt of a caller, from its arrival to its answer.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use bytes::Bytes;

use super::message::{Input, Output};
use super::permit::Permit;
use super::workplace::{BlockingPool, Here, Workplace};
use crate::context::Context;
use crate::interceptor::{Boxed, Chain, Envelope, Reply, Side};
use crate::spec::{ServiceSpec, Spec};
use crate::status::Status;
use crate::status::catalogue::{admitting, handling};
use crate::stream::{HandlerEnds, Receiver, Sender};
use crate::wire::frame::{Metadata, RequestFacts};
use crate::wire::tlv::Tlv;

/// A call that has arrived and is counted: its ids, its context and the encoded request.
///
/// It is answered exactly once: by [`Call::handle`], by a refusal, or, if it is dropped unanswered, by INTERNAL.
#[must_use = "a call that is dropped is answered with INTERNAL"]
pub struct Call {
    facts: RequestFacts,
    metadata: Bytes,
    body: Bytes,
    permit: Permit,
    /// What its handler stands behind. `None`: nothing.
    interceptors: Option<Arc<Chain>>,
}

impl Call {
    pub(crate) fn new(facts: RequestFacts, metadata: Bytes, body: Bytes, permit: Permit) -> Self {
        Self { facts, metadata, body, permit, interceptors: None }
    }

    /// Has it pass `interceptors`.
    pub(super) fn through(mut self, interceptors: &Arc<Chain>) -> Self {
        if !interceptors.is_empty() {
            self.interceptors = Some(Arc::clone(interceptors));
        }
        self
    }

    /// Reads what came beside the request. `None`: it cannot be read, and the call has been answered.
    pub(super) fn with_metadata(mut self) -> Option<Self> {
        if self.metadata.is_empty() {
            return Some(self);
        }
        match self.receive_metadata() {
            Ok(()) => Some(self),
            Err(refused) => {
                self.refuse(&refused);
                None
            }
        }
    }

    #[cold]
    fn receive_metadata(&mut self) -> Result<(), Status> {
        let metadata = Metadata::read(&self.metadata).map_err(admitting::metadata_unreadable)?;
        let (len, max) = (metadata.entries.len(), self.permit.limits().metadata_entries);
        if len > max {
            return Err(admitting::metadata_entries_over_servers_limit(len, max));
        }
        self.permit.context_mut().receive(metadata).map_err(admitting::metadata_unreadable)
    }

    /// The service called.
    #[must_use]
    pub fn service_id(&self) -> u32 {
        self.facts.service_id
    }

    /// The method called.
    #[must_use]
    pub fn method_id(&self) -> u16 {
        self.facts.method_id
    }

    /// What its handler will run in, with what came in its metadata.
    #[must_use]
    pub fn context(&self) -> &Context {
        self.permit.context()
    }

    /// Decodes the request, checks its constraints, and runs `handler`, which a cancel from the caller stops where it waits.
    ///
    /// It is started where the request was read, as long as handlers there are quick, and goes on as a task of its own from its first
    /// wait on. One that blocks its thread, or computes for long, belongs into [`Self::handle_blocking`].
    ///
    /// Must be called within a tokio runtime. A panic in the handler is INTERNAL for this caller alone.
    pub fn handle<Req, Resp, F, Fut>(self, spec: &'static Spec, handler: F)
    where
        Req: Tlv,
        Resp: Tlv,
        F: FnOnce(Req) -> Fut + Send + 'static,
        Fut: Future<Output = Result<Resp, Status>> + Send + 'static,
    {
        self.serve::<Here, _, _, _, _>(spec, handler);
    }

    /// The same for a oneway method: no answer goes back. The handler goes on when the caller leaves.
    ///
    /// A caller that waits for an answer has another schema, and is told so.
    pub fn handle_oneway<Req, F, Fut>(self, spec: &'static Spec, handler: F)
    where
        Req: Tlv,
        F: FnOnce(Req) -> Fut + Send + 'static,
        Fut: Future<Output = Result<(), Status>> + Send + 'static,
    {
        if let Some(call) = self.unless_awaited(spec) {
            call.serve::<Here, _, _, _, _>(spec, handler);
        }
    }

    /// The same for a method with many answers, which the handler sends one by one.
    ///
    /// A stream that comes over a connection is refused with UNIMPLEMENTED, as in the next two.
    pub fn handle_server_stream<Req, Resp, F, Fut>(self, spec: &'static Spec, handler: F)
    where
        Req: Tlv,
        Resp: Tlv,
        F: FnOnce(Req, Sender<Resp>) -> Fut + Send + 'static,
        Fut: Future<Output = Result<(), Status>> + Send + 'static,
    {
        let Some((call, ends)) = self.with_stream(spec) else { return };
        let (_, answers) = ends.open::<Req, Resp>();
        call.serve::<Here, _, _, _, _>(spec, move |request| handler(request, answers));
    }

    /// The same for a method with many requests, which the handler receives one by one.
    pub fn handle_client_stream<Req, Resp, F, Fut>(self, spec: &'static Spec, handler: F)
    where
        Req: Tlv,
        Resp: Tlv,
        F: FnOnce(Receiver<Req>) -> Fut + Send + 'static,
        Fut: Future<Output = Result<Resp, Status>> + Send + 'static,
    {
        let Some((call, ends)) = self.with_stream(spec) else { return };
        let (requests, _) = ends.open::<Req, Resp>();
        call.serve::<Here, _, _, _, _>(spec, move |()| handler(requests));
    }

    /// The same for a method with many requests and many answers.
    pub fn handle_both_streams<Req, Resp, F, Fut>(self, spec: &'static Spec, handler: F)
    where
        Req: Tlv,
        Resp: Tlv,
        F: FnOnce(Receiver<Req>, Sender<Resp>) -> Fut + Send + 'static,
        Fut: Future<Output = Result<(), Status>> + Send + 'static,
    {
        let Some((call, ends)) = self.with_stream(spec) else { return };
        let (requests, answers) = ends.open();
        call.serve::<Here, _, _, _, _>(spec, move |()| handler(requests, answers));
    }

    /// As [`handle`](Self::handle), for a handler that computes for long or blocks its thread: it runs on tokio's blocking pool, so
    /// that others are answered meanwhile.
    ///
    /// A cancel and the deadline stop it where it next awaits. While it computes it stays among the calls in flight, whoever
    /// has left.
    pub fn handle_blocking<Req, Resp, F, Fut>(self, spec: &'static Spec, handler: F)
    where
        Req: Tlv,
        Resp: Tlv,
        F: FnOnce(Req) -> Fut + Send + 'static,
        Fut: Future<Output = Result<Resp, Status>> + Send + 'static,
    {
        self.serve::<BlockingPool, _, _, _, _>(spec, handler);
    }

    /// As [`handle_oneway`](Self::handle_oneway), on the blocking pool.
    pub fn handle_oneway_blocking<Req, F, Fut>(self, spec: &'static Spec, handler: F)
    where
        Req: Tlv,
        F: FnOnce(Req) -> Fut + Send + 'static,
        Fut: Future<Output = Result<(), Status>> + Send + 'static,
    {
        if let Some(call) = self.unless_awaited(spec) {
            call.serve::<BlockingPool, _, _, _, _>(spec, handler);
        }
    }

    /// Answers UNIMPLEMENTED: the service has no method of this id.
    pub fn refuse_unknown_method(self, service: &ServiceSpec) {
        let methods: Vec<String> =
            service.methods.iter().map(|method| format!("{} {}", method.method_id, method.method)).collect();
        let status = admitting::method_unknown(service.name, self.facts.method_id, list(&methods));
        self.refuse(&status);
    }

    /// Answers with `status` without a handler.
    pub fn refuse(self, status: &Status) {
        self.permit.answer(Err(status));
    }

    /// Runs `handler` with what has arrived, behind the interceptors if there are any.
    fn serve<W, In, Out, F, Fut>(mut self, spec: &'static Spec, handler: F)
    where
        W: Workplace,
        In: Input,
        Out: Output,
        F: FnOnce(In) -> Fut + Send + 'static,
        Fut: Future<Output = Result<Out, Status>> + Send + 'static,
    {
        self.permit.begin(spec);
        if self.facts.remaining_us == 0 {
            return self.permit.answer(Err(&admitting::late_on_arrival()));
        }
        match self.interceptors.take() {
            None => self.serve_directly::<W, _, _, _, _>(spec, handler),
            Some(interceptors) => self.serve_behind::<W, _, _, _, _>(interceptors, spec, handler),
        }
    }

    /// Reads the request at once: one that cannot be read costs no task.
    fn serve_directly<W, In, Out, F, Fut>(self, spec: &'static Spec, handler: F)
    where
        W: Workplace,
        In: Input,
        Out: Output,
        F: FnOnce(In) -> Fut + Send + 'static,
        Fut: Future<Output = Result<Out, Status>> + Send + 'static,
    {
        let Self { body, mut permit, .. } = self;
        match In::read(spec, &body, permit.limits()) {
            Ok(input) => {
                permit.decoded();
                permit.run::<W, _, _, _>(spec, move || handler(input));
            }
            Err(status) => permit.answer(Err(&status)),
        }
    }

    /// Reads the request when all interceptors have let it pass: who may not call gets nothing decoded.
    fn serve_behind<W, In, Out, F, Fut>(self, interceptors: Arc<Chain>, spec: &'static Spec, handler: F)
    where
        W: Workplace,
        In: Input,
        Out: Output,
        F: FnOnce(In) -> Fut + Send + 'static,
        Fut: Future<Output = Result<Out, Status>> + Send + 'static,
    {
        let Self { body, mut permit, .. } = self;
        let (limits, context) = (*permit.limits(), permit.context().clone());
        let (deadline, passed) = (context.deadline(), permit.watch_context());
        let metadata = context.received_metadata();
        let envelope = Envelope::new(Side::Server, spec, context, metadata, body, &limits);
        permit.run::<W, _, _, _>(spec, move || async move {
            let handle = |envelope: Envelope| -> Boxed<'_, Result<Reply, Status>> {
                let Envelope { context, body, .. } = envelope;
                let context = context.until(deadline);
                if let Some(passed) = &passed {
                    // There is one handler a call, and this is its turn.
                    let _ = passed.set(context.clone());
                }
                Box::pin(context.scope(async move {
                    let output = handler(In::read(spec, &body, &limits)?).await?;
                    output.encode(limits.message_out, |encoded| match encoded {
                        Ok(bytes) => Ok(Reply::new(Bytes::copy_from_slice(bytes), &limits)),
                        Err(error) => Err(handling::response_unencodable(spec, error)),
                    })
                }))
            };
            interceptors.run(envelope, handle).await
        });
    }

    /// The call, if nobody waits for its answer. Otherwise it has been refused.
    fn unless_awaited(mut self, spec: &'static Spec) -> Option<Self> {
        if !self.permit.is_awaited() {
            return Some(self);
        }
        self.permit.begin(spec);
        self.refuse(&admitting::oneway_awaited(spec));
        None
    }

    /// The call with the ends of its streams. `None`: it came without, and has been refused.
    fn with_stream(mut self, spec: &'static Spec) -> Option<(Self, HandlerEnds)> {
        match self.permit.take_stream() {
            Some(ends) => Some((self, ends)),
            None => {
                self.permit.begin(spec);
                self.refuse(&admitting::stream_without_streams(spec));
                None
            }
        }
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("permit", &self.permit)
            .field("facts", &self.facts)
            .field("body_len", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// `a, b and c`, or `nothing`.
pub(super) fn list(words: &[String]) -> String {
    match words {
        [] => "nothing".into(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}
