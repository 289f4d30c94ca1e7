//! One attempt of a caller, from its arrival to its answer.

use std::fmt;
use std::future::Future;

use bytes::Bytes;

use super::permit::Permit;
use crate::spec::{ServiceSpec, Spec};
use crate::status::{Layer, Retry, Status};
use crate::stream::{HandlerEnds, Receiver, Sender, over_connections};
use crate::wire::frame::{Metadata, RequestFacts};
use crate::wire::tlv::{DecodeLimits, Tlv, Violations};

/// A call that has arrived and is counted: its ids, metadata and encoded request.
///
/// It is answered exactly once: by [`Call::handle`], by a refusal, or, if it is dropped unanswered, by INTERNAL.
#[must_use = "a call that is dropped is answered with INTERNAL"]
pub struct Call {
    facts: RequestFacts,
    metadata: Bytes,
    body: Bytes,
    permit: Permit,
}

impl Call {
    pub(crate) fn new(facts: RequestFacts, metadata: Bytes, body: Bytes, permit: Permit) -> Self {
        Self { facts, metadata, body, permit }
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

    /// The metadata that came with it.
    ///
    /// # Errors
    /// INVALID_ARGUMENT where its bytes are no metadata or there are more entries than `metadata.entries`.
    pub fn metadata(&self) -> Result<Metadata, Status> {
        let refused = |why: String| Status::invalid_argument(why).layer(Layer::Codec).retry(Retry::Never);
        let metadata = Metadata::read(&self.metadata).map_err(|error| refused(error.to_string()))?;
        let (len, max) = (metadata.entries.len(), self.permit.limits().metadata_entries);
        if len > max {
            return Err(refused(format!(
                "{len} metadata entries are over the limit of {max} (metadata.entries)"
            )));
        }
        Ok(metadata)
    }

    /// Decodes the request, checks its constraints, and runs `handler` on a task of its own, which a cancel from the caller stops.
    ///
    /// Must be called within a tokio runtime. A panic in the handler is INTERNAL for this caller alone.
    pub fn handle<Req, Resp, F, Fut>(self, spec: &'static Spec, handler: F)
    where
        Req: Tlv,
        Resp: Tlv,
        F: FnOnce(Req) -> Fut + Send + 'static,
        Fut: Future<Output = Result<Resp, Status>> + Send + 'static,
    {
        let Some((request, permit)) = self.read(spec) else { return };
        permit.run_for_message(spec, move || handler(request));
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
        let Some((request, permit)) = self.read_oneway(spec) else { return };
        permit.run(move || handler(request));
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
        let Some((request, permit)) = call.read(spec) else { return };
        let (_, answers) = ends.open::<Req, Resp>();
        permit.run(move || handler(request, answers));
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
        call.permit.run_for_message(spec, move || handler(requests));
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
        call.permit.run(move || handler(requests, answers));
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
        let Some((request, permit)) = self.read(spec) else { return };
        permit.run_for_message_blocking(spec, move || handler(request));
    }

    /// As [`handle_oneway`](Self::handle_oneway), on the blocking pool.
    pub fn handle_oneway_blocking<Req, F, Fut>(self, spec: &'static Spec, handler: F)
    where
        Req: Tlv,
        F: FnOnce(Req) -> Fut + Send + 'static,
        Fut: Future<Output = Result<(), Status>> + Send + 'static,
    {
        let Some((request, permit)) = self.read_oneway(spec) else { return };
        permit.run_blocking(move || handler(request));
    }

    /// Answers UNIMPLEMENTED: the service has no method of this id.
    pub fn refuse_unknown_method(self, service: &ServiceSpec) {
        let methods: Vec<String> =
            service.methods.iter().map(|method| format!("{} {}", method.method_id, method.method)).collect();
        let status = Status::unimplemented(format!(
            "{} has no method {} here; it has {}: is the server older than its caller?",
            service.name,
            self.facts.method_id,
            list(&methods),
        ));
        self.refuse(&status.layer(Layer::Dispatch).retry(Retry::Never));
    }

    /// Answers with `status` without a handler.
    pub fn refuse(self, status: &Status) {
        self.permit.answer(Err(status));
    }

    /// The decoded request, in order. `None`: it is not, or too late, and the call has been answered.
    fn read<Req: Tlv>(self, spec: &'static Spec) -> Option<(Req, Permit)> {
        let Self { facts, body, permit, .. } = self;
        if facts.remaining_us == 0 {
            permit.refuse_late("the deadline was over when the call arrived");
            return None;
        }
        let limits = permit.limits();
        let decode_limits = DecodeLimits { memory: limits.decode_memory, depth: limits.decode_depth };
        let refused = match Req::decode_shared(&body, &decode_limits) {
            Ok(request) => {
                let violations = Violations::of(&request);
                if violations.is_empty() {
                    return Some((request, permit));
                }
                violations.to_string()
            }
            Err(error) => format!("the request of {spec} cannot be decoded: {error}"),
        };
        let status = Status::invalid_argument(refused).layer(Layer::Codec).retry(Retry::Never);
        permit.answer(Err(&status));
        None
    }

    /// The same of a call that nobody may wait for.
    fn read_oneway<Req: Tlv>(self, spec: &'static Spec) -> Option<(Req, Permit)> {
        if !self.permit.is_awaited() {
            return self.read(spec);
        }
        let words =
            format!("{spec} is oneway here, and its caller waits for an answer: their schemas differ");
        self.refuse(&Status::failed_precondition(words).layer(Layer::Dispatch).retry(Retry::Never));
        None
    }

    /// The call with the ends of its streams. `None`: it came without, and has been refused.
    fn with_stream(self, spec: &'static Spec) -> Option<(Self, HandlerEnds)> {
        match self.permit.take_stream() {
            Some(ends) => Some((self, ends)),
            None => {
                self.refuse(&over_connections(spec).layer(Layer::Dispatch));
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
