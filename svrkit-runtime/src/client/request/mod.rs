//! What a caller wants: a future that finds a connection, sends a call and waits for its answer.

use std::fmt;
use std::future::{Future, poll_fn};
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{AcquireError, OwnedSemaphorePermit};
use tokio::time::error::Elapsed;
use tokio::time::{Instant, timeout_at};

use super::Client;
use super::connection::{Call, Connection};
use super::intercept::{self, Outline};
use super::metadata;
use super::pending::Outcome;
use super::picker::Attempt;
use super::pool::Opened;
use super::response::Response;
use crate::context::Context;
use crate::interceptor::{Envelope, Reply, Side};
use crate::monitor::Watch;
use crate::route_key::RouteKey;
use crate::spec::Spec;
use crate::status::Status;
use crate::status::catalogue::calling;
use crate::transport::Written;
use crate::wire::frame::{Metadata, RequestFacts};

/// A request for an `R`, or for nothing (`()`): awaiting it sends it.
///
/// It ends at its deadline at the latest: the time given by [`Self::timeout`], else by the schema, else by
/// `deadline.default`, and never after the deadline of the [`Context`] it was made in. Dropping it cancels the call at the
/// server. It must be awaited on a tokio runtime.
#[must_use = "a request is sent when it is awaited"]
pub struct Request<R> {
    client: Client,
    spec: &'static Spec,
    message: Result<Bytes, Status>,
    metadata: Metadata,
    timeout: Duration,
    /// Who set it, for the one who wants to change it.
    timeout_from: &'static str,
    /// Its own; 0: none.
    route_hash: u32,
    /// The one it was made in.
    context: Context,
    /// Whether it ends, where nobody is to answer it, when it has left instead of when it is queued.
    until_written: bool,
    /// Set when it is first polled.
    deadline: Option<Instant>,
    /// Within the first poll: most requests are sent there, and need one look at the clock.
    now: Option<Instant>,
    state: State,
    /// Where anybody listens, from the first poll until it has ended.
    watch: Option<Box<Watch>>,
    response_len: usize,
    response: PhantomData<fn() -> R>,
}

/// A wait that ends at the deadline. Boxed: it is met only where something is not at hand.
type Wait<T> = Pin<Box<dyn Future<Output = Result<T, Elapsed>> + Send>>;

enum State {
    /// Was not polled yet.
    New {
        passes_interceptors: bool,
    },
    /// On its way there and back through the interceptors, with another request for the same at their end.
    Intercepted(Wait<Result<Reply, Status>>),
    /// Needs a connection.
    Unconnected,
    /// There is none ready: one is being opened.
    Connecting(Wait<Opened>),
    /// As many calls as the server takes are in flight.
    Crowded(Arc<Connection>, Wait<Result<OwnedSemaphorePermit, AcquireError>>),
    /// Has its slot, waits for room in the outbound queue.
    Queued(Call),
    /// Waits for its answer.
    Sent(Call),
    /// Nobody is to answer it; waits until it has left.
    Leaving(Wait<()>),
    Ended,
}

impl<R: Response> Request<R> {
    pub(super) fn new(client: Client, spec: &'static Spec, message: Result<Bytes, Status>) -> Self {
        let (timeout, timeout_from) = client.timeout_of(spec);
        Self {
            client,
            spec,
            message,
            metadata: Metadata::default(),
            timeout,
            timeout_from,
            route_hash: 0,
            context: Context::current(),
            until_written: false,
            deadline: None,
            now: None,
            state: State::New { passes_interceptors: true },
            watch: None,
            response_len: 0,
            response: PhantomData,
        }
    }

    /// What interceptors send on: the same request as they left it, by the same deadline.
    pub(super) fn behind_interceptors(outline: Outline, envelope: Envelope) -> Self {
        let Envelope { context, metadata, body, .. } = envelope;
        let Outline { client, spec, route_hash, deadline, until_written, time: (timeout, timeout_from) } =
            outline;
        let deadline = context.deadline().map_or(deadline, |earlier| earlier.min(deadline));
        Self {
            client,
            spec,
            message: Ok(body),
            metadata,
            timeout,
            timeout_from,
            route_hash,
            context,
            until_written,
            deadline: Some(deadline),
            now: None,
            state: State::New { passes_interceptors: false },
            watch: None,
            response_len: 0,
            response: PhantomData,
        }
    }

    /// Sets the time it may take, connecting included. At most about 71 minutes are told to the server.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self.timeout_from = "the call's timeout";
        self
    }

    /// Has calls of equal keys find the same server, where anything chooses among servers. Generated clients call this with
    /// the field that the schema names.
    pub fn route_key(mut self, key: &(impl RouteKey + ?Sized)) -> Self {
        self.route_hash = key.route_hash();
        self
    }

    /// Makes it a part of another request than the one this code runs for. A key of its own goes before that of `context`.
    pub fn context(mut self, context: Context) -> Self {
        self.context = context;
        self
    }

    /// Has it end when it has left, where nobody is to answer it: what is queued goes nowhere when the process ends.
    pub(super) fn until_written(mut self) -> Self {
        self.until_written = true;
        self
    }

    /// Sends a named value beside the request. Keys that start with `svrkit.` are the kit's.
    pub fn metadata(mut self, key: impl Into<String>, value: impl Into<Bytes>) -> Self {
        self.metadata.insert(key, value);
        self
    }

    fn poll_outcome(&mut self, cx: &mut std::task::Context<'_>) -> Poll<Result<R, Status>> {
        loop {
            match &mut self.state {
                State::New { passes_interceptors } => {
                    let passes_interceptors = *passes_interceptors;
                    self.state = self.begin(passes_interceptors)?;
                }
                State::Intercepted(passing) => {
                    let Ok(reply) = ready!(passing.as_mut().poll(cx)) else {
                        return Poll::Ready(Err(self.late()));
                    };
                    return Poll::Ready(self.read(reply?.body()));
                }
                State::Unconnected => {
                    let attempt = Attempt::new(self.spec, &self.context, self.route_hash);
                    self.state = match self.client.ready(&attempt) {
                        Some(connection) => self.find_place(connection)?,
                        None => {
                            let (client, spec, deadline) = (self.client.clone(), self.spec, self.deadline());
                            let (context, route_hash) = (self.context.clone(), self.route_hash);
                            let connecting = async move {
                                let attempt = Attempt::new(spec, &context, route_hash);
                                client.connection(attempt, Some(deadline)).await
                            };
                            State::Connecting(Box::pin(timeout_at(deadline, connecting)))
                        }
                    }
                }
                State::Connecting(connecting) => {
                    let Ok(opened) = ready!(connecting.as_mut().poll(cx)) else {
                        let late = calling::late_connecting(self.timeout.as_millis(), self.timeout_from);
                        return Poll::Ready(Err(late));
                    };
                    self.state = self.find_place(opened?)?;
                }
                State::Crowded(connection, waiting) => {
                    let Ok(place) = ready!(waiting.as_mut().poll(cx)) else {
                        let max = connection.server.calls_in_flight.unwrap_or(u32::MAX);
                        let (limit, from) = (self.timeout.as_millis(), self.timeout_from);
                        return Poll::Ready(Err(calling::late_for_place(max, limit, from)));
                    };
                    let connection = Arc::clone(connection);
                    self.state = match place {
                        // The server may have said meanwhile that it leaves: it would refuse what is sent now.
                        Ok(place) if connection.link.takes_calls() => self.start(connection, place)?,
                        Ok(_) | Err(_) => State::Unconnected,
                    };
                }
                State::Queued(call) => {
                    // The deadline or the connection's end may come while it waits for room.
                    if let Poll::Ready(outcome) = call.poll(cx) {
                        match outcome {
                            Outcome::Unsent => self.state = State::Unconnected,
                            outcome => return Poll::Ready(self.end(outcome)),
                        }
                        continue;
                    }
                    if !call.connection.link.takes_calls() {
                        self.state = State::Unconnected;
                        continue;
                    }
                    ready!(call.poll_room(cx));
                    if call.mark_sent() {
                        let State::Queued(call) = std::mem::replace(&mut self.state, State::Ended) else {
                            unreachable!("it is matched above")
                        };
                        self.state = self.send(call)?;
                    }
                }
                State::Sent(call) => {
                    let outcome = ready!(call.poll(cx));
                    let leaves = !R::IS_AWAITED && self.until_written;
                    let connection = leaves.then(|| Arc::clone(&call.connection));
                    let read = self.end(outcome);
                    match connection {
                        Some(connection) if read.is_ok() => {
                            self.state = State::Leaving(self.left(connection));
                        }
                        _ => return Poll::Ready(read),
                    }
                }
                State::Leaving(leaving) => {
                    if ready!(leaving.as_mut().poll(cx)).is_err() {
                        let late = calling::late_leaving(self.timeout.as_millis(), self.timeout_from);
                        return Poll::Ready(Err(late));
                    }
                    return Poll::Ready(self.read(&Bytes::new()));
                }
                State::Ended => return Poll::Ready(Err(calling::awaited_again())),
            }
        }
    }

    /// Sets its deadline, and sends it through the interceptors if there are any. What nobody waits for may be sent after the
    /// deadline of the call it was made for.
    fn begin(&mut self, passes_interceptors: bool) -> Result<State, Status> {
        let passes_interceptors = passes_interceptors && !self.client.interceptors().is_empty();
        if !passes_interceptors {
            self.begin_attempt();
        }
        if self.deadline.is_none() {
            if !R::IS_AWAITED {
                self.context = std::mem::take(&mut self.context).without_deadline();
            }
            let now = Instant::now();
            self.now = Some(now);
            let limited = self.context.limit(now, (self.timeout, self.timeout_from))?;
            (self.timeout, self.timeout_from) = (limited.timeout, limited.from);
            self.deadline = Some(limited.deadline);
        }
        if passes_interceptors {
            return self.intercept().map(State::Intercepted);
        }
        Ok(State::Unconnected)
    }

    fn begin_attempt(&mut self) {
        let ids = (self.spec.service_id, self.spec.method_id);
        let request_len = self.message.as_ref().map_or(0, Bytes::len);
        self.watch = Watch::new(self.client.hooks(), Side::Client, ids, request_len, Instant::now);
        if let Some(watch) = &mut self.watch {
            watch.begin(Some(self.spec), self.client.endpoint(), &self.context);
        }
    }

    fn intercept(&mut self) -> Result<Wait<Result<Reply, Status>>, Status> {
        let metadata = std::mem::take(&mut self.metadata);
        let (context, limits) = (self.context.clone(), self.client.limits());
        let envelope =
            Envelope::new(Side::Client, self.spec, context, metadata, self.message.clone()?, limits);
        let outline = Outline {
            client: self.client.clone(),
            spec: self.spec,
            route_hash: self.route_hash,
            deadline: self.deadline(),
            until_written: self.until_written,
            time: (self.timeout, self.timeout_from),
        };
        Ok(Box::pin(intercept::in_time(outline, envelope, R::IS_AWAITED)))
    }

    fn deadline(&self) -> Instant {
        self.deadline.expect("it is set when the request begins")
    }

    /// Makes the checks that need no server, and takes one of the places the server has for calls.
    fn find_place(&mut self, connection: Arc<Connection>) -> Result<State, Status> {
        let message = self.message.as_ref().map_err(Status::clone)?;
        if let Some(name) = connection.served_name(self.spec.service_id)
            && name != self.spec.service
        {
            return Err(calling::service_mismatch(name, self.spec.service_id, self.spec.service));
        }
        if let Some(max) = connection.server.message_in
            && message.len() > max as usize
        {
            return Err(calling::request_over_limit(message.len(), max));
        }
        match Arc::clone(&connection.places).try_acquire_owned() {
            Ok(place) => self.start(connection, place),
            Err(_) => {
                let waiting = Arc::clone(&connection.places).acquire_owned();
                Ok(State::Crowded(connection, Box::pin(timeout_at(self.deadline(), waiting))))
            }
        }
    }

    fn start(&mut self, connection: Arc<Connection>, place: OwnedSemaphorePermit) -> Result<State, Status> {
        let has_room = connection.link.has_room();
        match Call::start(connection, place, self.deadline(), has_room) {
            // It was lost between two looks: the next one opens another.
            None => Ok(State::Unconnected),
            Some(call) if has_room => self.send(call),
            Some(call) => Ok(State::Queued(call)),
        }
    }

    fn send(&mut self, call: Call) -> Result<State, Status> {
        let message = self.message.as_ref().map_err(Status::clone)?;
        let server_max = call.connection.server.metadata_bytes;
        let metadata = metadata::encode(&self.metadata, &self.context, self.client.limits(), server_max)?;
        let now = self.now.take().unwrap_or_else(Instant::now);
        let remaining = self.deadline().saturating_duration_since(now);
        let inherited = self.context.facts(self.spec);
        let facts = RequestFacts {
            // The highest number means that there is no deadline.
            remaining_us: u32::try_from(remaining.as_micros()).unwrap_or(u32::MAX).min(u32::MAX - 1),
            route_hash: if self.route_hash == 0 { inherited.route_hash } else { self.route_hash },
            ..inherited
        };
        let taken = if R::IS_AWAITED {
            call.send(facts, &metadata, message)
        } else {
            call.send_oneway(facts, &metadata, message)
        };
        if !taken {
            // The server has not seen it: another connection may take it.
            return Ok(State::Unconnected);
        }
        if let Some(watch) = &mut self.watch {
            watch.sent(now, call.connection.endpoint());
        }
        Ok(State::Sent(call))
    }

    /// When `connection` has written what is queued there now.
    fn left(&self, connection: Arc<Connection>) -> Wait<()> {
        let mut written = Written::default();
        let leaving = poll_fn(move |cx| connection.link.poll_written(&mut written, cx));
        Box::pin(timeout_at(self.deadline(), leaving))
    }

    fn late(&self) -> Status {
        calling::late_answer(self.timeout.as_millis(), self.timeout_from)
    }

    fn end(&mut self, outcome: Outcome) -> Result<R, Status> {
        self.state = State::Ended;
        let body = match outcome {
            Outcome::Answered(answer) => answer?,
            Outcome::Late { sent: true } => return Err(self.late()),
            Outcome::Late { sent: false } | Outcome::Unsent => {
                return Err(calling::late_for_room(self.timeout.as_millis(), self.timeout_from));
            }
        };
        self.response_len = body.len();
        self.read(&body)
    }

    fn read(&self, body: &Bytes) -> Result<R, Status> {
        R::read(body, self.client.limits()).map_err(calling::response_unreadable)
    }
}

impl<R> Request<R> {
    /// Tells whoever listens how it ended.
    fn tell(&mut self, status: Option<&Status>) {
        if let Some(watch) = self.watch.take() {
            watch.end(self.client.endpoint(), &self.context, status, self.response_len);
        }
    }
}

/// Whoever drops it waits no longer.
impl<R> Drop for Request<R> {
    fn drop(&mut self) {
        if self.watch.is_some() {
            self.tell(Some(&calling::caller_gone()));
        }
    }
}

impl<R: Response> Future for Request<R> {
    type Output = Result<R, Status>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut std::task::Context<'_>) -> Poll<Self::Output> {
        let outcome = self.poll_outcome(cx);
        self.now = None;
        let outcome = ready!(outcome);
        self.state = State::Ended;
        let outcome = outcome.map_err(|status| self.client.name(status.method(self.spec)));
        self.tell(outcome.as_ref().err());
        Poll::Ready(outcome)
    }
}

impl<R> Unpin for Request<R> {}

impl<R> fmt::Debug for Request<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request").field("method", &format_args!("{}", self.spec)).finish_non_exhaustive()
    }
}
