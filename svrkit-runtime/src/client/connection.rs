//! One connection of a client, whatever carries it, and one call on it.

use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::pending::{CALLS_MAX, Outcome, Pending};
use crate::stream::HandlerEnds;
use crate::wire::frame::{Hello, RequestFacts, ServedService};

/// What carries calls to a server and answers back.
pub(super) trait Link: Send + Sync + fmt::Debug {
    /// The calls that wait for answers.
    fn pending(&self) -> &Pending;

    /// Whether a new call can be sent here.
    fn takes_calls(&self) -> bool;

    /// Whether the link takes more bytes (`outbound.queue`).
    fn has_room(&self) -> bool;

    /// Ready while the link takes more bytes; otherwise the call is woken when it does.
    fn poll_room(&self, call_id: u32, cx: &mut Context<'_>) -> Poll<()>;

    /// Sends a call that has its slot. False: the link takes none any more; the server has not seen it.
    fn send(self: Arc<Self>, call_id: u32, facts: RequestFacts, metadata: &Bytes, body: &Bytes) -> bool;

    /// The same for a call that nobody waits to have answered: it ends when the link has taken it.
    fn send_oneway(
        self: Arc<Self>,
        call_id: u32,
        facts: RequestFacts,
        metadata: &Bytes,
        body: &Bytes,
    ) -> bool;

    /// The same for a call whose messages travel by `ends`. False: this link carries no streams.
    fn send_stream(
        self: Arc<Self>,
        call_id: u32,
        facts: RequestFacts,
        metadata: &Bytes,
        body: &Bytes,
        ends: HandlerEnds,
    ) -> bool;

    /// Gives a call up. Where it was sent and not answered, the server is told.
    fn abandon(&self, call_id: u32);

    /// Ends a call by its deadline. Where it was sent, the server is told.
    fn expire(&self, call_id: u32);

    /// Sends what is queued and nothing after it.
    fn close(&self);
}

/// A link with its tasks. They end with the last handle to it.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) link: Arc<dyn Link>,
    /// What the server said of itself.
    pub(super) server: Hello,
    /// A permit for each call the server takes at once.
    pub(super) places: Arc<Semaphore>,
    tasks: Vec<AbortHandle>,
}

impl Connection {
    pub(super) fn new(link: Arc<dyn Link>, server: Hello, tasks: Vec<AbortHandle>) -> Self {
        let places = server.calls_in_flight.unwrap_or(CALLS_MAX).min(CALLS_MAX) as usize;
        Self { link, server, places: Arc::new(Semaphore::new(places)), tasks }
    }

    /// The name under which the server serves `service_id`; `None` where it said nothing of it.
    pub(super) fn served_name(&self, service_id: u32) -> Option<&str> {
        let is_it = |service: &&ServedService| service.id == service_id;
        self.server.services.iter().find(is_it).map(|service| service.name.as_str())
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // The writer is not among the tasks and ends by this: cancels of calls that were dropped just now still leave.
        self.link.close();
        self.tasks.iter().for_each(AbortHandle::abort);
    }
}

/// A call's slot on a connection. Dropping it gives the slot back and cancels the call if the server has it.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) connection: Arc<Connection>,
    call_id: u32,
    _place: OwnedSemaphorePermit,
}

impl Call {
    /// Takes a slot. `sent`: it will be sent at once. `None`: the connection is gone.
    pub(super) fn start(
        connection: Arc<Connection>,
        place: OwnedSemaphorePermit,
        deadline: Instant,
        sent: bool,
    ) -> Option<Self> {
        let call_id = connection.link.pending().start(deadline, sent)?;
        Some(Self { connection, call_id, _place: place })
    }

    pub(super) fn send(&self, facts: RequestFacts, metadata: &Bytes, body: &Bytes) -> bool {
        Arc::clone(&self.connection.link).send(self.call_id, facts, metadata, body)
    }

    pub(super) fn send_oneway(&self, facts: RequestFacts, metadata: &Bytes, body: &Bytes) -> bool {
        Arc::clone(&self.connection.link).send_oneway(self.call_id, facts, metadata, body)
    }

    pub(super) fn send_stream(
        &self,
        facts: RequestFacts,
        metadata: &Bytes,
        body: &Bytes,
        ends: HandlerEnds,
    ) -> bool {
        Arc::clone(&self.connection.link).send_stream(self.call_id, facts, metadata, body, ends)
    }

    pub(super) fn mark_sent(&self) -> bool {
        self.connection.link.pending().mark_sent(self.call_id)
    }

    pub(super) fn poll_room(&self, cx: &mut Context<'_>) -> Poll<()> {
        self.connection.link.poll_room(self.call_id, cx)
    }

    pub(super) fn poll(&self, cx: &mut Context<'_>) -> Poll<Outcome> {
        self.connection.link.pending().poll(self.call_id, cx)
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        // A call whose outcome was taken has no slot any more: then this does nothing.
        self.connection.link.abandon(self.call_id);
    }
}
