//! Stopping without losing what was accepted.
//!
//! Stop accepting, tell every peer (goaway), wait for the calls in flight, at most `drain.timeout`; then cut what is
//! left and say how much that was.

use std::fmt;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use tokio::time::timeout;

use super::Shared;
use super::connection::Connection;
use crate::dispatch::StoppedBy;

/// What peers get to take their last answers and close, once no call is in flight.
const FLUSH: Duration = Duration::from_secs(1);

/// What a drain had to cut.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Drained {
    /// Calls whose handlers had not ended within `drain.timeout`.
    pub calls_cut: usize,
    /// Connections whose peers did not take their last answers.
    pub connections_cut: usize,
}

impl fmt::Display for Drained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self { calls_cut: 0, connections_cut: 0 } => f.write_str("every call was answered"),
            Self { calls_cut, connections_cut } => write!(
                f,
                "{calls_cut} calls had not ended in time (drain.timeout), {connections_cut} connections did not close"
            ),
        }
    }
}

/// Drains all connections, without further patience from `hurry` on. The accept loop has ended.
pub(super) async fn drain(shared: &Shared, hurry: impl Future<Output = ()>) -> Drained {
    shared.draining.begin();
    let connections = shared.connections.all();
    connections.iter().for_each(|connection| connection.drain());
    let calmly = async {
        let answered = async {
            for connection in &connections {
                connection.in_flight().until_idle().await;
            }
        };
        let calls_cut = match timeout(shared.limits.drain_timeout, answered).await {
            Ok(()) => 0,
            Err(_) => cut_calls(&connections),
        };
        // A peer closes when it has read the goaway and its answers: what it sent before that is still refused in
        // words. Who has not closed then is cut below.
        let _ = timeout(FLUSH, shared.connections.until_empty()).await;
        calls_cut
    };
    let calls_cut = before(calmly, hurry).await.unwrap_or_else(|| cut_calls(&connections));
    let left = shared.connections.all();
    left.iter().for_each(|connection| connection.cut());
    let drained = Drained { calls_cut, connections_cut: left.len() };
    shared.hooks.tell(|monitor| monitor.server_drained(&drained));
    drained
}

/// What `future` gives, if it does so before `other` is ready.
async fn before<F: Future>(future: F, other: impl Future<Output = ()>) -> Option<F::Output> {
    let (mut future, mut other) = (pin!(future), pin!(other));
    poll_fn(|cx| match future.as_mut().poll(cx) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => other.as_mut().poll(cx).map(|()| None),
    })
    .await
}

fn cut_calls(connections: &[Arc<Connection>]) -> usize {
    connections
        .iter()
        .map(|connection| {
            let calls = connection.in_flight().len();
            connection.in_flight().stop_all(StoppedBy::Drain);
            calls
        })
        .sum()
}
