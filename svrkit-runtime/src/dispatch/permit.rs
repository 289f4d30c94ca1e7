//! A call's place among those in flight, and the way to its answer.

use std::fmt;
use std::future::{Future, poll_fn};
use std::sync::Arc;

use tokio::time::Instant;

use super::blocking::on_blocking_pool;
use super::in_flight::StoppedBy;
use super::responder::Responder;
use crate::context::Context;
use crate::limits::Limits;
use crate::scratch;
use crate::spec::Spec;
use crate::status::{Cause, Layer, Party, Retry, Status};
use crate::stream::HandlerEnds;
use crate::wire::tlv::Tlv;

/// What a caller waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    Answer,
    /// The call is oneway.
    Nothing,
}

/// A running call's permit: its place among the calls in flight. It is given back on drop, and whoever drops it
/// unanswered leaves the caller an error.
pub(crate) struct Permit {
    responder: Arc<dyn Responder>,
    call_id: u32,
    wanted: Wanted,
    /// What its handler runs in.
    context: Context,
    /// Its handler does not start later.
    start_by: Option<Instant>,
    ended: bool,
}

impl Permit {
    /// The call is counted in the responder's [`InFlight`](super::InFlight) already.
    pub(crate) fn new(call_id: u32, wanted: Wanted, context: Context, responder: Arc<dyn Responder>) -> Self {
        let start_by = context.deadline();
        let context = match wanted {
            Wanted::Answer => context,
            Wanted::Nothing => context.without_deadline(),
        };
        Self { responder, call_id, wanted, context, start_by, ended: false }
    }

    pub(super) fn limits(&self) -> &Limits {
        self.responder.limits()
    }

    /// Whether anybody waits for the answer.
    pub(super) fn is_awaited(&self) -> bool {
        self.wanted == Wanted::Answer
    }

    pub(super) fn take_stream(&self) -> Option<HandlerEnds> {
        self.responder.take_stream(self.call_id)
    }

    /// Runs a handler on a task of its own and answers with its message.
    pub(super) fn run_for_message<Resp, F, Fut>(self, spec: &'static Spec, handler: F)
    where
        Resp: Tlv,
        F: FnOnce() -> Fut + Send + 'static,
        Fut: Future<Output = Result<Resp, Status>> + Send + 'static,
    {
        self.spawn(move |permit| permit.for_message(spec, handler));
    }

    /// The same on the blocking pool.
    pub(super) fn run_for_message_blocking<Resp, F, Fut>(self, spec: &'static Spec, handler: F)
    where
        Resp: Tlv,
        F: FnOnce() -> Fut + Send + 'static,
        Fut: Future<Output = Result<Resp, Status>> + Send + 'static,
    {
        self.spawn(move |permit| on_blocking_pool(permit.for_message(spec, handler)));
    }

    /// Runs a handler on a task of its own and answers that it has ended, where anybody waits for it.
    pub(super) fn run<F, Fut>(self, handler: F)
    where
        F: FnOnce() -> Fut + Send + 'static,
        Fut: Future<Output = Result<(), Status>> + Send + 'static,
    {
        self.spawn(move |permit| permit.for_end(handler));
    }

    /// The same on the blocking pool.
    pub(super) fn run_blocking<F, Fut>(self, handler: F)
    where
        F: FnOnce() -> Fut + Send + 'static,
        Fut: Future<Output = Result<(), Status>> + Send + 'static,
    {
        self.spawn(move |permit| on_blocking_pool(permit.for_end(handler)));
    }

    #[expect(clippy::manual_async_fn, reason = "an async fn keeps its arguments twice in its future")]
    fn for_message<Resp, F, Fut>(self, spec: &'static Spec, handler: F) -> impl Future<Output = ()> + Send
    where
        Resp: Tlv,
        F: FnOnce() -> Fut + Send,
        Fut: Future<Output = Result<Resp, Status>> + Send,
    {
        async move {
            let Some(permit) = self.unless_late() else { return };
            let outcome = handler().await;
            permit.room().await;
            match outcome {
                Ok(response) => permit.answer_message(spec, &response),
                Err(status) => permit.answer(Err(&status)),
            }
        }
    }

    #[expect(clippy::manual_async_fn, reason = "an async fn keeps its arguments twice in its future")]
    fn for_end<F, Fut>(self, handler: F) -> impl Future<Output = ()> + Send
    where
        F: FnOnce() -> Fut + Send,
        Fut: Future<Output = Result<(), Status>> + Send,
    {
        async move {
            let Some(permit) = self.unless_late() else { return };
            let outcome = handler().await;
            permit.answer(outcome.as_ref().map(|()| &[][..]));
        }
    }

    fn spawn<F, Fut>(self, run: F)
    where
        F: FnOnce(Self) -> Fut,
        Fut: Future<Output = ()> + Send + 'static,
    {
        let (responder, call_id, wanted) = (Arc::clone(&self.responder), self.call_id, self.wanted);
        let context = self.context.clone();
        let deadline = context.deadline();
        let handler = tokio::spawn(context.scope(run(self))).abort_handle();
        match wanted {
            Wanted::Answer => responder.in_flight().attach(call_id, handler, deadline),
            Wanted::Nothing => responder.in_flight().attach_detached(call_id, handler),
        }
    }

    /// Nothing where the deadline came before the handler's turn: the call has been answered then, and no handler starts.
    fn unless_late(self) -> Option<Self> {
        if self.start_by.is_none_or(|deadline| Instant::now() < deadline) {
            return Some(self);
        }
        self.refuse_late("the deadline was over before a handler's turn came");
        None
    }

    #[cold]
    pub(super) fn refuse_late(self, words: &str) {
        let late = Status::deadline_exceeded(words)
            .party(Party::Caller)
            .layer(Layer::Admission)
            .cause(Cause::Deadline);
        self.answer(Err(&late));
    }

    pub(super) fn answer(mut self, outcome: Result<&[u8], &Status>) {
        // Nobody waits for the answer of a call that was cancelled, and its id may be another call's by now.
        if self.end() != Some(StoppedBy::Caller) && self.wanted == Wanted::Answer {
            self.responder.answer(self.call_id, outcome);
        }
    }

    fn answer_message<T: Tlv>(self, spec: &Spec, message: &T) {
        scratch::encode(message, self.responder.limits().message_out, |encoded| match encoded {
            Ok(bytes) => match self.responder.caller_message_in() {
                Some(max) if bytes.len() > max as usize => {
                    self.answer(Err(&too_long_for_caller(bytes.len(), max)))
                }
                _ => self.answer(Ok(bytes)),
            },
            Err(error) => {
                let status = Status::internal(format!("the response of {spec} cannot be encoded: {error}"))
                    .layer(Layer::Codec)
                    .retry(Retry::Never);
                self.answer(Err(&status));
            }
        });
    }

    /// Waits until the connection takes more bytes: while a caller does not read its answers, its calls stay in flight
    /// and are not encoded.
    async fn room(&self) {
        let waiting = WaitingForRoom(self);
        poll_fn(|cx| waiting.0.responder.poll_room(waiting.0.call_id, cx)).await;
    }

    fn end(&mut self) -> Option<StoppedBy> {
        self.ended = true;
        self.responder.in_flight().end(self.call_id)
    }

    /// Its handler is gone without an answer.
    #[cold]
    fn answer_unanswered(&mut self) {
        let stopped_by = self.end();
        if self.wanted == Wanted::Nothing {
            return;
        }
        let status = match stopped_by {
            Some(StoppedBy::Caller) => return,
            Some(StoppedBy::Drain) => {
                Status::unavailable("the server stopped before the handler had ended (drain.timeout)")
                    .cause(Cause::Draining)
            }
            Some(StoppedBy::Deadline) => {
                let words = "the handler was stopped when its time was over (its caller's deadline, at most the \
                             server's deadline.max)";
                Status::deadline_exceeded(words).layer(Layer::Handler)
            }
            None if std::thread::panicking() => {
                Status::internal("the handler panicked; the server's log has the place")
            }
            None => Status::internal("the call was dropped unanswered"),
        };
        self.responder.answer(self.call_id, Err(&status));
    }
}

impl fmt::Debug for Permit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Permit")
            .field("call_id", &self.call_id)
            .field("wanted", &self.wanted)
            .field("context", &self.context)
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

/// A wait for room that is forgotten when it is given up.
struct WaitingForRoom<'a>(&'a Permit);

impl Drop for WaitingForRoom<'_> {
    fn drop(&mut self) {
        self.0.responder.forget_room(self.0.call_id);
    }
}

fn too_long_for_caller(len: usize, max: u32) -> Status {
    let message = format!("a response of {len} bytes is over the caller's limit of {max} (its message.in)");
    Status::resource_exhausted(message)
        .party(Party::Caller)
        .layer(Layer::Codec)
        .cause(Cause::Size)
        .retry(Retry::Never)
}
