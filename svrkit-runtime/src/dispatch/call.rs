//! One attempt of a caller, from its arrival to its answer.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use bytes::Bytes;

use super::in_flight::StoppedBy;
use super::responder::Responder;
use crate::scratch;
use crate::spec::{ServiceSpec, Spec};
use crate::status::{Cause, Layer, Party, Retry, Status};
use crate::wire::frame::{Metadata, RequestFacts};
use crate::wire::tlv::{DecodeLimits, Tlv};

/// A call that has arrived and is counted: its ids, metadata and encoded request.
///
/// It is answered exactly once: by [`Call::handle`], by a refusal, or, if it is dropped unanswered, by INTERNAL.
#[must_use = "a call that is dropped is answered with INTERNAL"]
pub struct Call {
    facts: RequestFacts,
    metadata: Bytes,
    body: Bytes,
    place: Place,
}

impl Call {
    /// The call is counted in the responder's [`InFlight`](super::InFlight) already.
    pub(crate) fn new(
        call_id: u32,
        facts: RequestFacts,
        metadata: Bytes,
        body: Bytes,
        responder: Arc<dyn Responder>,
    ) -> Self {
        Self { facts, metadata, body, place: Place { responder, call_id, answered: false } }
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
        let refused = |why: String| {
            Status::invalid_argument(why).layer(Layer::Codec).cause(Cause::Size).retry(Retry::Never)
        };
        let metadata = Metadata::read(&self.metadata).map_err(|error| refused(error.to_string()))?;
        let (len, max) = (metadata.entries.len(), self.place.responder.limits().metadata_entries);
        if len > max {
            return Err(refused(format!(
                "{len} metadata entries are over the limit of {max} (metadata.entries)"
            )));
        }
        Ok(metadata)
    }

    /// Decodes the request and runs `handler` on a task of its own, which a cancel from the caller stops.
    ///
    /// Must be called within a tokio runtime. A panic in the handler is INTERNAL for this caller alone.
    pub fn handle<Req, Resp, F, Fut>(self, spec: &'static Spec, handler: F)
    where
        Req: Tlv,
        Resp: Tlv,
        F: FnOnce(Req) -> Fut + Send + 'static,
        Fut: Future<Output = Result<Resp, Status>> + Send + 'static,
    {
        let Self { facts, body, place, .. } = self;
        if facts.remaining_us == 0 {
            let late = Status::deadline_exceeded("the deadline was over when the call arrived")
                .party(Party::Caller)
                .layer(Layer::Admission)
                .cause(Cause::Deadline);
            return place.answer(Err(&late));
        }
        let limits = place.responder.limits();
        let decode_limits = DecodeLimits { memory: limits.decode_memory, depth: limits.decode_depth };
        let request = match Req::decode_shared(&body, &decode_limits) {
            Ok(request) => request,
            Err(error) => {
                let status =
                    Status::invalid_argument(format!("the request of {spec} cannot be decoded: {error}"))
                        .layer(Layer::Codec)
                        .retry(Retry::Never);
                return place.answer(Err(&status));
            }
        };
        drop(body);
        let (responder, call_id) = (Arc::clone(&place.responder), place.call_id);
        let task = tokio::spawn(async move {
            match handler(request).await {
                Ok(response) => place.answer_message(spec, &response),
                Err(status) => place.answer(Err(&status)),
            }
        });
        responder.in_flight().attach(call_id, task.abort_handle());
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
        self.place.answer(Err(status));
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("call_id", &self.place.call_id)
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

/// A running call's place. It is given back on drop, and whoever drops it unanswered leaves the caller an error.
struct Place {
    responder: Arc<dyn Responder>,
    call_id: u32,
    answered: bool,
}

impl Place {
    fn answer(mut self, outcome: Result<&[u8], &Status>) {
        self.answered = true;
        self.responder.answer(self.call_id, outcome);
    }

    fn answer_message<T: Tlv>(self, spec: &Spec, message: &T) {
        scratch::encode(message, self.responder.limits().message_out, |encoded| match encoded {
            Ok(bytes) => self.answer(Ok(bytes)),
            Err(error) => {
                let status = Status::internal(format!("the response of {spec} cannot be encoded: {error}"))
                    .layer(Layer::Codec)
                    .retry(Retry::Never);
                self.answer(Err(&status));
            }
        });
    }

    /// Its handler is gone without an answer.
    #[cold]
    fn answer_unanswered(&self) {
        let status = match self.responder.in_flight().stopped_by(self.call_id) {
            Some(StoppedBy::Caller) => return,
            Some(StoppedBy::Drain) => {
                Status::unavailable("the server stopped before the handler had ended (drain.timeout)")
                    .cause(Cause::Draining)
            }
            None if std::thread::panicking() => {
                Status::internal("the handler panicked; the server's log has the place")
            }
            None => Status::internal("the call was dropped unanswered"),
        };
        self.responder.answer(self.call_id, Err(&status));
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if !self.answered {
            self.answer_unanswered();
        }
        self.responder.in_flight().end(self.call_id);
    }
}
