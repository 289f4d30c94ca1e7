//! One connection of a client, whatever carries it.

use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use tokio::task::AbortHandle;

use super::pending::Pending;
use crate::wire::frame::{Hello, RequestFacts, ServedService};

/// What carries calls to a server and answers back.
pub(super) trait Link: Send + Sync + fmt::Debug {
    /// The calls that wait for answers.
    fn pending(&self) -> &Pending;

    /// Whether a new call can be sent here.
    fn takes_calls(&self) -> bool;

    /// Ready while the link takes more bytes (`outbound.queue`).
    fn poll_room(&self, cx: &mut Context<'_>) -> Poll<()>;

    /// Sends a call that has its slot. False: the link takes none any more; the server has not seen it.
    fn send(self: Arc<Self>, call_id: u32, facts: RequestFacts, metadata: &Bytes, body: &Bytes) -> bool;

    /// Tells the server that nobody waits for this call any more.
    fn cancel(&self, call_id: u32);

    /// Sends what is queued and nothing after it.
    fn close(&self);
}

/// A link with its tasks. They end with the last handle to it.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) link: Arc<dyn Link>,
    /// What the server said of itself.
    pub(super) server: Hello,
    tasks: Vec<AbortHandle>,
}

impl Connection {
    pub(super) fn new(link: Arc<dyn Link>, server: Hello, tasks: Vec<AbortHandle>) -> Self {
        Self { link, server, tasks }
    }

    /// The name under which the server serves `service_id`; `None` where it said nothing of it.
    pub(super) fn served_name(&self, service_id: u32) -> Option<&str> {
        let is_it = |service: &&ServedService| service.id == service_id;
        self.server.services.iter().find(is_it).map(|service| service.name.as_str())
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
        // Cancels of calls that were dropped just now still leave.
        self.link.close();
    }
}
