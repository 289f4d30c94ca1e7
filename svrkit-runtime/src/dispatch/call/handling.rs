//! What generated dispatchers hand their handlers to: one way in for each kind of method.

use std::future::Future;
use std::sync::Arc;

use super::Call;
use crate::dispatch::workplace::{BlockingPool, Here};
use crate::queue::{Accepted, JOB_KEY, JobId, Offer, QueueError, QueuedMethod, Ticket};
use crate::spec::Spec;
use crate::status::Status;
use crate::status::catalogue::{admitting, queueing};
use crate::stream::{Receiver, Sender, StreamEnd};
use crate::wire::tlv::Tlv;

impl Call {
    /// Decodes the request, checks its constraints, and runs `handler`, which a cancel from the caller stops where it waits.
    ///
    /// It is started where the request was read, as long as handlers there are quick, and goes on as a task of its own from its first
    /// wait on. One that blocks its thread, or computes for long, belongs into [`Self::handle_blocking`].
    ///
    /// Must be called within a tokio runtime. A panic in the handler is INTERNAL for this caller alone.
    #[inline]
    pub fn handle<Req, Resp, F, Fut>(self, spec: &'static Spec, handler: F)
    where
        Req: Tlv,
        Resp: Tlv,
        F: FnOnce(Req) -> Fut + Send + 'static,
        Fut: Future<Output = Result<Resp, Status>> + Send + 'static,
    {
        if self.permit.stream().is_some() {
            return self.refuse_streaming(spec);
        }
        self.serve::<Here, _, _, _, _>(spec, handler);
    }

    /// The same for a queued method: `accept` is offered the request as a job, and the caller is told that it is accepted, or why not. Who does the job is started
    /// with the server ([`Service::work`](crate::Service::work)).
    pub fn handle_queued<M, F, Fut>(mut self, accept: F)
    where
        M: QueuedMethod,
        F: FnOnce(Offer<M>) -> Fut + Send + 'static,
        Fut: Future<Output = Result<Accepted, Status>> + Send + 'static,
    {
        if self.permit.stream().is_some() {
            return self.refuse_streaming(M::SPEC);
        }
        let id = self.context.metadata(JOB_KEY).map_or_else(|| Ok(JobId::random()), |id| JobId::of_text(id));
        let queues = self.permit.queues().clone();
        let (id, engine) = match (id, queues.engine()) {
            (Ok(id), Some(engine)) => (id, Arc::clone(engine)),
            (id, _) => {
                self.permit.begin(M::SPEC);
                let status = match id {
                    Err(_) => queueing::job_id_unreadable(),
                    Ok(_) => queueing::queue_absent(M::SPEC),
                };
                return self.refuse(&status);
            }
        };
        self.serve::<Here, _, _, _, _>(M::SPEC, move |request| async move {
            let offer = Offer::new(id, request, engine).map_err(|error| QueueError::Refused(error.into()))?;
            let accepted = accept(offer).await?;
            queues.accepted(M::SPEC, &accepted);
            Ok(Ticket::<M>::message(id, &accepted))
        });
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
        if self.permit.is_awaited() {
            return self.refuse_awaited(spec);
        }
        self.serve::<Here, _, _, _, _>(spec, handler);
    }

    /// The same for a method with many answers, which the handler sends one by one.
    ///
    /// A caller that expects no stream has another schema, and is told so, as in the next two.
    pub fn handle_server_stream<Req, Resp, F, Fut>(self, spec: &'static Spec, handler: F)
    where
        Req: Tlv,
        Resp: Tlv,
        F: FnOnce(Req, Sender<Resp>) -> Fut + Send + 'static,
        Fut: Future<Output = Result<(), Status>> + Send + 'static,
    {
        let Some((call, end)) = self.with_stream(spec) else { return };
        end.receives_nothing();
        let answers = Sender::new(end);
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
        let Some((call, end)) = self.with_stream(spec) else { return };
        let requests = Receiver::new(end);
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
        let Some((call, end)) = self.with_stream(spec) else { return };
        let (requests, answers) = (Receiver::new(Arc::clone(&end)), Sender::new(end));
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
        if self.permit.stream().is_some() {
            return self.refuse_streaming(spec);
        }
        self.serve::<BlockingPool, _, _, _, _>(spec, handler);
    }

    /// As [`handle_oneway`](Self::handle_oneway), on the blocking pool.
    pub fn handle_oneway_blocking<Req, F, Fut>(self, spec: &'static Spec, handler: F)
    where
        Req: Tlv,
        F: FnOnce(Req) -> Fut + Send + 'static,
        Fut: Future<Output = Result<(), Status>> + Send + 'static,
    {
        if self.permit.is_awaited() {
            return self.refuse_awaited(spec);
        }
        self.serve::<BlockingPool, _, _, _, _>(spec, handler);
    }

    /// Refuses a call whose caller waits for an answer that nobody gives.
    #[cold]
    fn refuse_awaited(mut self, spec: &'static Spec) {
        self.permit.begin(spec);
        self.refuse(&admitting::oneway_awaited(spec));
    }

    /// Refuses a call whose caller expects a stream that there is not.
    #[cold]
    fn refuse_streaming(mut self, spec: &'static Spec) {
        self.permit.begin(spec);
        self.refuse(&admitting::streams_without_stream(spec));
    }

    /// The call with the handler's end of its stream. `None`: it came without, and has been refused.
    fn with_stream(mut self, spec: &'static Spec) -> Option<(Self, Arc<StreamEnd>)> {
        if let Some(end) = self.permit.stream() {
            let end = Arc::clone(end);
            return Some((self, end));
        }
        self.permit.begin(spec);
        self.refuse(&admitting::stream_without_streams(spec));
        None
    }
}
