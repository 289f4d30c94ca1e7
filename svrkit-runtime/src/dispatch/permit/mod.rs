//! A call's place among those in flight, and the way to its answer.

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::{Arc, OnceLock};
use std::task::Waker;
use std::thread::panicking;

use tokio::time::Instant;

use super::in_flight::{Lasts, StoppedBy, Stops};
use super::message::Output;
use super::panic::{self, Noted};
use super::responder::Responder;
use super::workplace::Workplace;
use crate::context::Context;
use crate::limits::Limits;
use crate::log;
use crate::monitor::Watch;
use crate::spec::Spec;
use crate::status::catalogue::{admitting, calling, handling};
use crate::status::{Status, story};
use crate::stream::HandlerEnds;

/// What a caller waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    Answer,
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
    /// How long a call may last that arrived with `context`.
    pub(crate) fn lasts(self, context: &Context) -> Lasts {
        match self {
            Self::Answer => Lasts::WhileAwaited(context.deadline()),
            Self::Nothing => Lasts::Detached,
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
    /// What its handler runs in.
    context: Context,
    /// Its handler does not start later.
    start_by: Option<Instant>,
    /// Once it has been found.
    spec: Option<&'static Spec>,
    /// Where anybody listens.
    watch: Option<Box<Watch>>,
    /// What interceptors have made of the context, where there are some and anybody listens.
    passed: Option<Arc<OnceLock<Context>>>,
    ended: bool,
}

impl Permit {
    /// The call is counted in the responder's [`InFlight`](super::InFlight) already.
    pub(crate) fn new(
        call_id: u32,
        wanted: Wanted,
        stops: Stops,
        starts: Starts,
        context: Context,
        responder: Arc<dyn Responder>,
        watch: Option<Box<Watch>>,
    ) -> Self {
        let start_by = context.deadline();
        let context = match wanted {
            Wanted::Answer => context,
            Wanted::Nothing => context.without_deadline(),
        };
        Self {
            responder,
            call_id,
            wanted,
            stops,
            starts,
            context,
            start_by,
            spec: None,
            watch,
            passed: None,
            ended: false,
        }
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

    pub(super) fn context(&self) -> &Context {
        &self.context
    }

    pub(super) fn context_mut(&mut self) -> &mut Context {
        &mut self.context
    }

    /// Its method has been found.
    pub(super) fn begin(&mut self, spec: &'static Spec) {
        self.spec = Some(spec);
        if let Some(watch) = &mut self.watch {
            watch.begin(Some(spec), self.context.caller().unwrap_or_default(), &self.context);
        }
    }

    /// Notes that its request has been read.
    pub(super) fn decoded(&mut self) {
        if let Some(watch) = &mut self.watch {
            watch.decoded();
        }
    }

    /// Runs a handler at its workplace and answers with what comes of it.
    pub(super) fn run<W, Out, F, Fut>(self, spec: &'static Spec, handler: F)
    where
        W: Workplace,
        Out: Output,
        F: FnOnce() -> Fut + Send + 'static,
        Fut: Future<Output = Result<Out, Status>> + Send + 'static,
    {
        let (context, may_start) =
            (self.context.clone(), W::MAY_START_AT_ONCE && self.starts == Starts::AtOnce);
        start(Box::pin(context.scope(W::place(self.for_end(spec, handler)))), may_start);
    }

    #[expect(clippy::manual_async_fn, reason = "an async fn keeps its arguments twice in its future")]
    fn for_end<Out, F, Fut>(self, spec: &'static Spec, handler: F) -> impl Future<Output = ()> + Send
    where
        Out: Output,
        F: FnOnce() -> Fut + Send,
        Fut: Future<Output = Result<Out, Status>> + Send,
    {
        async move {
            let Some(mut permit) = self.unless_late() else { return };
            panic::forget();
            // Where it is stopped, the handler's future is dropped here, and the permit after it.
            let outcome = {
                let handling = pin!(handler());
                permit.until_stopped(handling).await
            };
            let Some(outcome) = outcome else { return };
            if let Some(watch) = &mut permit.watch {
                watch.handled();
            }
            if Out::IS_MESSAGE && permit.is_awaited() && !permit.room().await {
                return;
            }
            match outcome {
                Ok(output) => permit.answer_with(spec, &output),
                Err(status) => permit.answer(Err(&status)),
            }
        }
    }

    /// `None`: the call was stopped before `work` was ready.
    async fn until_stopped<F: Future>(&self, work: Pin<&mut F>) -> Option<F::Output> {
        let mut work = work;
        let work = pin!(poll_fn(|cx| {
            panic::forget();
            work.as_mut().poll(cx)
        }));
        self.responder.in_flight().until_stopped(self.call_id, self.stops, work).await
    }

    /// Nothing where the deadline came before the handler's turn: the call has been answered then, and no handler starts.
    fn unless_late(mut self) -> Option<Self> {
        let Some(deadline) = self.start_by else {
            if let Some(watch) = &mut self.watch {
                watch.started(Instant::now());
            }
            return Some(self);
        };
        let now = Instant::now();
        if now >= deadline {
            self.answer(Err(&admitting::late_in_turn()));
            return None;
        }
        if let Some(watch) = &mut self.watch {
            watch.started(now);
        }
        Some(self)
    }

    pub(super) fn answer(mut self, outcome: Result<&[u8], &Status>) {
        if self.end() == Some(StoppedBy::Caller) {
            // Nobody waits for the answer, and its id may be another call's by now.
            return self.tell_cancelled();
        }
        if self.wanted == Wanted::Answer {
            self.responder.answer(self.call_id, outcome);
        }
        self.tell(outcome.err(), outcome.map_or(0, <[u8]>::len));
    }

    fn answer_with<Out: Output>(self, spec: &'static Spec, output: &Out) {
        output.encode(self.limits().message_out, |encoded| match encoded {
            Ok(bytes) => match self.responder.caller_message_in() {
                Some(max) if bytes.len() > max as usize => {
                    self.answer(Err(&handling::response_over_limit(bytes.len(), max)));
                }
                _ => self.answer(Ok(bytes)),
            },
            Err(error) => self.answer(Err(&handling::response_unencodable(spec, error))),
        });
    }

    /// Where the context is put that the handler will run in, if anybody listens.
    pub(super) fn watch_context(&mut self) -> Option<Arc<OnceLock<Context>>> {
        self.passed = self.watch.as_ref().map(|_| Arc::default());
        self.passed.clone()
    }

    /// What is told of the call.
    fn told_context(&self) -> &Context {
        self.passed.as_ref().and_then(|passed| passed.get()).unwrap_or(&self.context)
    }

    /// Tells whoever listens how it ended, and the log what its caller is not told.
    fn tell(&mut self, status: Option<&Status>, response_len: usize) {
        if let Some(error) = status.and_then(Status::private_error) {
            log::line(format_args!("{} failed: {}", self.method(), story(error)));
        }
        if let Some(watch) = self.watch.take() {
            let context = self.told_context();
            watch.end(context.caller().unwrap_or_default(), context, status, response_len);
        }
    }

    /// The method's name, for the log.
    fn method(&self) -> String {
        self.spec.map_or_else(|| "a service".into(), ToString::to_string)
    }

    fn tell_cancelled(&mut self) {
        if self.watch.is_some() {
            self.tell(Some(&calling::caller_gone()), 0);
        }
    }

    /// Waits until the connection takes more bytes: while a caller does not read its answers, its calls stay in flight
    /// and are not encoded. False: the call was stopped meanwhile.
    async fn room(&self) -> bool {
        let waiting = WaitingForRoom(self);
        let room = pin!(poll_fn(|cx| waiting.0.responder.poll_room(waiting.0.call_id, cx)));
        self.until_stopped(room).await.is_some()
    }

    fn end(&mut self) -> Option<StoppedBy> {
        self.ended = true;
        self.responder.in_flight().end(self.call_id)
    }

    /// Its handler is gone without an answer.
    #[cold]
    fn answer_unanswered(&mut self) {
        let stopped_by = self.end();
        if panicking() {
            self.tell_panic();
        }
        let status = match stopped_by {
            Some(StoppedBy::Caller) => return self.tell_cancelled(),
            Some(StoppedBy::Drain) => handling::handler_cut(),
            Some(StoppedBy::Deadline) => handling::handler_late(),
            None if panicking() => handling::handler_panicked(),
            None => handling::call_dropped(),
        };
        if self.wanted == Wanted::Answer {
            self.responder.answer(self.call_id, Err(&status));
        }
        self.tell(Some(&status), 0);
    }

    fn tell_panic(&self) {
        let Noted { message, place } = panic::last();
        let method = self.method();
        if place.is_empty() {
            log::line(format_args!(
                "{method} panicked, no panic hook said where; its caller was told INTERNAL"
            ));
        } else {
            log::line(format_args!("{method} panicked at {place}: {message}; its caller was told INTERNAL"));
        }
        if let Some(watch) = &self.watch {
            let context = self.told_context();
            watch.panicked(context.caller().unwrap_or_default(), context, &message, &place);
        }
    }
}

/// Runs `handler`, to its first wait here if it may start at once, and on a task of its own from there on.
///
/// A panic goes through whoever has dispatched the call, as from any code of a service.
fn start(mut handler: Pin<Box<dyn Future<Output = ()> + Send>>, at_once: bool) {
    // Whatever it waits for has its waker from its first poll on the task.
    let mut nobody = std::task::Context::from_waker(Waker::noop());
    if at_once && handler.as_mut().poll(&mut nobody).is_ready() {
        return;
    }
    // Its handle is not kept: those in flight tell it when to end.
    tokio::spawn(handler);
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
