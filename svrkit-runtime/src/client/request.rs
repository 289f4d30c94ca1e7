//! What a caller wants: a future that finds a connection, sends a call and waits for its answer.

use std::fmt;
use std::future::Future;
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
use super::opening::Opened;
use super::pending::Outcome;
use super::response::Response;
use crate::context::Context;
use crate::route_key::RouteKey;
use crate::spec::Spec;
use crate::status::{Cause, Layer, Party, Retry, Status};
use crate::wire::frame::{Metadata, RequestFacts};
use crate::wire::tlv::{DecodeLimits, Tlv};

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
    /// Set when it is first polled.
    deadline: Option<Instant>,
    state: State,
    response: PhantomData<fn() -> R>,
}

/// A wait that ends at the deadline. Boxed: it is met only where something is not at hand.
type Wait<T> = Pin<Box<dyn Future<Output = Result<T, Elapsed>> + Send>>;

enum State {
    /// Needs a connection.
    New,
    /// There is none ready: one is being opened.
    Connecting(Wait<Opened>),
    /// As many calls as the server takes are in flight.
    Crowded(Arc<Connection>, Wait<Result<OwnedSemaphorePermit, AcquireError>>),
    /// Has its slot, waits for room in the outbound queue.
    Queued(Call),
    /// Waits for its answer.
    Sent(Call),
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
            deadline: None,
            state: State::New,
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

    /// Sends a named value beside the request. Keys that start with `svrkit.` are the kit's.
    pub fn metadata(mut self, key: impl Into<String>, value: impl Into<Bytes>) -> Self {
        self.metadata.insert(key, value);
        self
    }

    fn poll_outcome(&mut self, cx: &mut std::task::Context<'_>) -> Poll<Result<R, Status>> {
        let deadline = match self.deadline {
            Some(deadline) => deadline,
            None => self.begin()?,
        };
        loop {
            match &mut self.state {
                State::New => {
                    self.state = match self.client.ready() {
                        Some(connection) => self.find_place(connection, deadline)?,
                        None => {
                            let client = self.client.clone();
                            let connecting = async move { client.connection().await };
                            State::Connecting(Box::pin(timeout_at(deadline, connecting)))
                        }
                    }
                }
                State::Connecting(connecting) => {
                    let Ok(opened) = ready!(connecting.as_mut().poll(cx)) else {
                        let late = self.late("no connection").layer(Layer::Connect);
                        return Poll::Ready(Err(late.party(Party::Network).retry(Retry::Elsewhere)));
                    };
                    self.state = self.find_place(opened?, deadline)?;
                }
                State::Crowded(connection, waiting) => {
                    let Ok(place) = ready!(waiting.as_mut().poll(cx)) else {
                        let max = connection.server.calls_in_flight.unwrap_or(u32::MAX);
                        let what =
                            format!("no place among {max} calls in flight (the server's calls.in_flight)");
                        return Poll::Ready(Err(self.unsent(&what)));
                    };
                    let connection = Arc::clone(connection);
                    // The places of a connection are never closed: what comes is a place.
                    self.state = match place {
                        Ok(place) => self.start(connection, place, deadline)?,
                        Err(_) => State::New,
                    };
                }
                State::Queued(call) => {
                    // The deadline or the connection's end may come while it waits for room.
                    if let Poll::Ready(outcome) = call.poll(cx) {
                        match outcome {
                            Outcome::Unsent => self.state = State::New,
                            outcome => return Poll::Ready(self.end(outcome)),
                        }
                        continue;
                    }
                    if !call.connection.link.takes_calls() {
                        self.state = State::New;
                        continue;
                    }
                    ready!(call.poll_room(cx));
                    if call.mark_sent() {
                        let State::Queued(call) = std::mem::replace(&mut self.state, State::Ended) else {
                            unreachable!("it is matched above")
                        };
                        self.state = self.send(call, deadline)?;
                    }
                }
                State::Sent(call) => {
                    let outcome = ready!(call.poll(cx));
                    return Poll::Ready(self.end(outcome));
                }
                State::Ended => {
                    let status =
                        Status::internal("the request was awaited after its end").layer(Layer::Client);
                    return Poll::Ready(Err(status.party(Party::Caller)));
                }
            }
        }
    }

    /// Sets its deadline. What nobody waits for may be sent after that of the call it was made for.
    fn begin(&mut self) -> Result<Instant, Status> {
        if !R::IS_AWAITED {
            self.context = std::mem::take(&mut self.context).without_deadline();
        }
        let limited = self.context.limit((self.timeout, self.timeout_from))?;
        (self.timeout, self.timeout_from) = (limited.timeout, limited.from);
        self.deadline = Some(limited.deadline);
        Ok(limited.deadline)
    }

    /// Makes the checks that need no server, and takes one of the places the server has for calls.
    fn find_place(&self, connection: Arc<Connection>, deadline: Instant) -> Result<State, Status> {
        let message = self.message.as_ref().map_err(Status::clone)?;
        if let Some(name) = connection.served_name(self.spec.service_id)
            && name != self.spec.service
        {
            return Err(Status::failed_precondition(format!(
                "the server serves {name} under the id {}, this client expects {} there: \
                 one of the two schemas needs another id",
                self.spec.service_id, self.spec.service,
            ))
            .layer(Layer::Dispatch)
            .party(Party::Caller)
            .retry(Retry::Never));
        }
        if let Some(max) = connection.server.message_in
            && message.len() > max as usize
        {
            let len = message.len();
            let what =
                format!("a request of {len} bytes is over the server's limit of {max} (its message.in)");
            return Err(self.too_large(what));
        }
        match Arc::clone(&connection.places).try_acquire_owned() {
            Ok(place) => self.start(connection, place, deadline),
            Err(_) => {
                let waiting = Arc::clone(&connection.places).acquire_owned();
                Ok(State::Crowded(connection, Box::pin(timeout_at(deadline, waiting))))
            }
        }
    }

    fn start(
        &self,
        connection: Arc<Connection>,
        place: OwnedSemaphorePermit,
        deadline: Instant,
    ) -> Result<State, Status> {
        let has_room = connection.link.has_room();
        match Call::start(connection, place, deadline, has_room) {
            // It was lost between two looks: the next one opens another.
            None => Ok(State::New),
            Some(call) if has_room => self.send(call, deadline),
            Some(call) => Ok(State::Queued(call)),
        }
    }

    fn send(&self, call: Call, deadline: Instant) -> Result<State, Status> {
        let message = self.message.as_ref().map_err(Status::clone)?;
        let metadata = self.encode_metadata(call.connection.server.metadata_bytes)?;
        let remaining = deadline.saturating_duration_since(Instant::now());
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
        if taken {
            return Ok(State::Sent(call));
        }
        // The server has not seen it: another connection may take it.
        Ok(State::New)
    }

    fn encode_metadata(&self, server_max: Option<u32>) -> Result<Bytes, Status> {
        if self.metadata.is_empty() {
            return Ok(Bytes::new());
        }
        let limits = self.client.limits();
        let (entries, max) = (self.metadata.entries.len(), limits.metadata_entries);
        if entries > max {
            let what = format!("{entries} metadata entries are over the limit of {max} (metadata.entries)");
            return Err(self.too_large(what));
        }
        let bytes = self.metadata.encode().map_err(|error| self.too_large(error.to_string()))?;
        let (len, max) = (bytes.len(), limits.metadata_bytes);
        if len > usize::from(max) {
            return Err(self
                .too_large(format!("metadata of {len} bytes is over the limit of {max} (metadata.bytes)")));
        }
        if let Some(max) = server_max
            && len > max as usize
        {
            let what =
                format!("metadata of {len} bytes is over the server's limit of {max} (its metadata.bytes)");
            return Err(self.too_large(what));
        }
        Ok(bytes.into())
    }

    fn late(&self, what: &str) -> Status {
        let (limit, from) = (self.timeout.as_millis(), self.timeout_from);
        Status::deadline_exceeded(format!("{what} within {limit} ms ({from})"))
    }

    /// The deadline came before it was sent.
    fn unsent(&self, what: &str) -> Status {
        self.late(what).layer(Layer::Client).retry(Retry::Elsewhere)
    }

    fn too_large(&self, message: String) -> Status {
        Status::resource_exhausted(message)
            .layer(Layer::Codec)
            .party(Party::Caller)
            .cause(Cause::Size)
            .retry(Retry::Never)
    }

    fn end(&mut self, outcome: Outcome) -> Result<R, Status> {
        self.state = State::Ended;
        let body = match outcome {
            Outcome::Answered(answer) => answer?,
            Outcome::Late { sent: true } => return Err(self.late("no answer").layer(Layer::Client)),
            Outcome::Late { sent: false } | Outcome::Unsent => {
                return Err(self.unsent("no room in the outbound queue (outbound.queue)"));
            }
        };
        let limits = self.client.limits();
        let limits = DecodeLimits { memory: limits.decode_memory, depth: limits.decode_depth };
        R::read(&body, &limits).map_err(|error| {
            Status::internal(format!("the response cannot be decoded: {error}"))
                .layer(Layer::Codec)
                .retry(Retry::Never)
        })
    }
}

impl<R: Response> Future for Request<R> {
    type Output = Result<R, Status>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut std::task::Context<'_>) -> Poll<Self::Output> {
        let outcome = ready!(self.poll_outcome(cx));
        self.state = State::Ended;
        Poll::Ready(outcome.map_err(|status| self.client.name(status.method(self.spec))))
    }
}

impl<R> Unpin for Request<R> {}

impl<R> fmt::Debug for Request<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request").field("method", &format_args!("{}", self.spec)).finish_non_exhaustive()
    }
}
