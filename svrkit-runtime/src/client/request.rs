//! What a caller wants: a future that finds a connection, sends a call and waits for its answer.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use tokio::time::error::Elapsed;
use tokio::time::{Instant, timeout_at};

use super::connection::Connection;
use super::pending::{NotStarted, Outcome};
use super::{Client, too_many_calls};
use crate::spec::Spec;
use crate::status::{Cause, Layer, Party, Retry, Status};
use crate::wire::frame::{Metadata, RequestFacts};
use crate::wire::tlv::{DecodeLimits, Tlv};

/// A request for an `R`: awaiting it sends it.
///
/// It ends at its deadline at the latest: the time given by [`Self::timeout`], else by the schema, else by
/// `deadline.default`. Dropping it cancels the call at the server.
#[must_use = "a request is sent when it is awaited"]
pub struct Request<R> {
    client: Client,
    spec: &'static Spec,
    message: Result<Bytes, Status>,
    metadata: Metadata,
    timeout: Duration,
    /// Who set it, for the one who wants to change it.
    timeout_from: &'static str,
    /// Set when it is first polled.
    deadline: Option<Instant>,
    state: State,
    response: PhantomData<fn() -> R>,
}

type Connected = Result<Arc<Connection>, Status>;

type Connecting = Pin<Box<dyn Future<Output = Result<Connected, Elapsed>> + Send>>;

enum State {
    /// Needs a connection.
    New,
    /// There is none ready: one is being opened.
    Connecting(Connecting),
    /// Has its slot, waits for room in the outbound queue.
    Queued(Arc<Connection>, u32),
    /// Waits for its answer.
    Sent(Arc<Connection>, u32),
    Ended,
}

impl<R: Tlv> Request<R> {
    pub(super) fn new(client: Client, spec: &'static Spec, message: Result<Bytes, Status>) -> Self {
        let (timeout, timeout_from) = match spec.timeout {
            Some(timeout) => (timeout, "the schema's timeout"),
            None => (client.limits().deadline_default, "deadline.default"),
        };
        Self {
            client,
            spec,
            message,
            metadata: Metadata::default(),
            timeout,
            timeout_from,
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

    /// Sends a named value beside the request. Keys that start with `svrkit.` are the kit's.
    pub fn metadata(mut self, key: impl Into<String>, value: impl Into<Bytes>) -> Self {
        self.metadata.insert(key, value);
        self
    }

    fn poll_outcome(&mut self, cx: &mut Context<'_>) -> Poll<Result<R, Status>> {
        let deadline = match self.deadline {
            Some(deadline) => deadline,
            None => {
                let now = Instant::now();
                // A timeout no clock can hold is as good as a century.
                let century = Duration::from_secs(100 * 365 * 24 * 3600);
                *self.deadline.insert(now.checked_add(self.timeout).unwrap_or(now + century))
            }
        };
        loop {
            match &mut self.state {
                State::New => {
                    self.state = match self.client.ready() {
                        Some(connection) => self.start(connection, deadline)?,
                        None => {
                            let client = self.client.clone();
                            State::Connecting(Box::pin(timeout_at(deadline, async move {
                                client.connection().await
                            })))
                        }
                    }
                }
                State::Connecting(connecting) => {
                    let connection = match ready!(connecting.as_mut().poll(cx)) {
                        Ok(connected) => connected?,
                        Err(_) => {
                            let late = self.late("no connection").layer(Layer::Connect);
                            return Poll::Ready(Err(late.party(Party::Network).retry(Retry::Elsewhere)));
                        }
                    };
                    self.state = self.start(connection, deadline)?;
                }
                State::Queued(connection, call_id) => {
                    let (connection, call_id) = (Arc::clone(connection), *call_id);
                    // Its deadline may come while it waits for room.
                    if let Poll::Ready(outcome) = connection.link.pending().poll(call_id, cx) {
                        self.state = State::Ended;
                        return Poll::Ready(self.read(outcome));
                    }
                    ready!(connection.link.poll_room(cx));
                    self.state = if self.send(&connection, call_id, deadline)? {
                        State::Sent(connection, call_id)
                    } else {
                        // The server has not seen it: another connection may take it.
                        State::New
                    };
                }
                State::Sent(connection, call_id) => {
                    let outcome = ready!(connection.link.pending().poll(*call_id, cx));
                    self.state = State::Ended;
                    return Poll::Ready(self.read(outcome));
                }
                State::Ended => {
                    return Poll::Ready(Err(
                        Status::internal("the request was awaited after its end").layer(Layer::Client)
                    ));
                }
            }
        }
    }

    /// Takes a slot on `connection`, after the checks that need no server.
    fn start(&self, connection: Arc<Connection>, deadline: Instant) -> Result<State, Status> {
        let message = self.message.as_ref().map_err(Status::clone)?;
        let server = &connection.server;
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
        if server.message_in != 0 && message.len() > server.message_in as usize {
            return Err(self.too_large(format!(
                "a request of {} bytes is over the server's limit of {} (its message.in)",
                message.len(),
                server.message_in
            )));
        }
        let max = if server.calls_in_flight == 0 { u32::MAX } else { server.calls_in_flight };
        match connection.link.pending().start(deadline, max) {
            Ok(call_id) => Ok(State::Queued(connection, call_id)),
            Err(NotStarted::Full) => Err(too_many_calls(max)),
            // It was lost between two looks: the next one opens another.
            Err(NotStarted::Closed) => Ok(State::New),
        }
    }

    fn send(&self, connection: &Connection, call_id: u32, deadline: Instant) -> Result<bool, Status> {
        let link = &connection.link;
        let message = self.message.as_ref().map_err(Status::clone)?;
        let metadata = self.encode_metadata(connection.server.metadata_bytes)?;
        let remaining = deadline.saturating_duration_since(Instant::now());
        let facts = RequestFacts {
            service_id: self.spec.service_id,
            method_id: self.spec.method_id,
            priority: self.spec.priority,
            // The highest number means that there is no deadline.
            remaining_us: u32::try_from(remaining.as_micros()).unwrap_or(u32::MAX).min(u32::MAX - 1),
            ..RequestFacts::default()
        };
        if Arc::clone(link).send(call_id, facts, &metadata, message) {
            return Ok(true);
        }
        link.pending().abandon(call_id);
        Ok(false)
    }

    fn encode_metadata(&self, server_max: u32) -> Result<Bytes, Status> {
        if self.metadata.is_empty() {
            return Ok(Bytes::new());
        }
        let limits = self.client.limits();
        let (entries, max) = (self.metadata.entries.len(), limits.metadata_entries);
        if entries > max {
            return Err(self.too_large(format!(
                "{entries} metadata entries are over the limit of {max} (metadata.entries)"
            )));
        }
        let bytes = self.metadata.encode().map_err(|error| self.too_large(error.to_string()))?;
        let (len, max) = (bytes.len(), limits.metadata_bytes);
        if len > usize::from(max) {
            return Err(self
                .too_large(format!("metadata of {len} bytes is over the limit of {max} (metadata.bytes)")));
        }
        if server_max != 0 && len > server_max as usize {
            return Err(self.too_large(format!(
                "metadata of {len} bytes is over the server's limit of {server_max} (its metadata.bytes)"
            )));
        }
        Ok(bytes.into())
    }

    fn late(&self, what: &str) -> Status {
        Status::deadline_exceeded(format!(
            "{what} within {} ms ({})",
            self.timeout.as_millis(),
            self.timeout_from
        ))
    }

    fn too_large(&self, message: String) -> Status {
        Status::resource_exhausted(message)
            .layer(Layer::Codec)
            .party(Party::Caller)
            .cause(Cause::Size)
            .retry(Retry::Never)
    }

    fn read(&self, outcome: Outcome) -> Result<R, Status> {
        let body = match outcome {
            Outcome::Answered(answer) => answer?,
            Outcome::Late => return Err(self.late("no answer").layer(Layer::Client)),
        };
        let limits = self.client.limits();
        let limits = DecodeLimits { memory: limits.decode_memory, depth: limits.decode_depth };
        R::decode_shared(&body, &limits).map_err(|error| {
            Status::internal(format!("the response cannot be decoded: {error}"))
                .layer(Layer::Codec)
                .retry(Retry::Never)
        })
    }
}

impl<R: Tlv> Future for Request<R> {
    type Output = Result<R, Status>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let outcome = ready!(self.poll_outcome(cx));
        Poll::Ready(outcome.map_err(|status| {
            self.release();
            self.client.name(status.method(self.spec))
        }))
    }
}

impl<R> Request<R> {
    /// Gives the slot back, if there still is one.
    fn release(&mut self) {
        match std::mem::replace(&mut self.state, State::Ended) {
            State::Queued(connection, call_id) => {
                connection.link.pending().abandon(call_id);
            }
            State::Sent(connection, call_id) => {
                if connection.link.pending().abandon(call_id) {
                    connection.link.cancel(call_id);
                }
            }
            State::New | State::Connecting(_) | State::Ended => {}
        }
    }
}

impl<R> Drop for Request<R> {
    fn drop(&mut self) {
        self.release();
    }
}

impl<R> Unpin for Request<R> {}

impl<R> fmt::Debug for Request<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request").field("method", &format_args!("{}", self.spec)).finish_non_exhaustive()
    }
}
