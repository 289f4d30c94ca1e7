//! A request on its way through the interceptors, with another request for the same thing at their end.

use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::error::Elapsed;
use tokio::time::{Instant, timeout, timeout_at};

use super::Client;
use super::request::Request;
use crate::interceptor::{Boxed, Envelope, Reply};
use crate::spec::Spec;
use crate::status::Status;

/// What of a request no interceptor changes.
pub(super) struct Outline {
    pub(super) client: Client,
    pub(super) spec: &'static Spec,
    pub(super) route_hash: u32,
    pub(super) deadline: Instant,
    /// Whether a oneway request ends when it has left.
    pub(super) until_written: bool,
    /// The time it had until the deadline, and who set that.
    pub(super) time: (Duration, &'static str),
}

/// What a request that stands at the end gets to end by the deadline, which is its own as well: it knows how far it had come, and
/// has its connection asked whether anyone is there.
const GRACE: Duration = Duration::from_millis(20);

/// Passes all interceptors, until the deadline.
pub(super) async fn in_time(
    outline: Outline,
    envelope: Envelope,
    is_awaited: bool,
) -> Result<Result<Reply, Status>, Elapsed> {
    let deadline = outline.deadline;
    let mut passing = pin!(pass(outline, envelope, is_awaited));
    match timeout_at(deadline, passing.as_mut()).await {
        Ok(outcome) => Ok(outcome),
        Err(_) => timeout(GRACE, passing).await,
    }
}

/// Passes all interceptors of the client, sends what they have left, and comes back through them with the answer.
async fn pass(outline: Outline, envelope: Envelope, is_awaited: bool) -> Result<Reply, Status> {
    let client = outline.client.clone();
    let nothing = Reply::new(Bytes::new(), client.limits());
    let send = |envelope| -> Boxed<'_, Result<Reply, Status>> {
        if is_awaited {
            let request = Request::<Reply>::behind_interceptors(outline, envelope).with_marks();
            return Box::pin(async move {
                request.await.map(|reply| reply.message.marked(reply.is_degraded, reply.age))
            });
        }
        let request = Request::<()>::behind_interceptors(outline, envelope);
        Box::pin(async move { request.await.map(|()| nothing) })
    };
    client.interceptors().run(envelope, send).await
}
