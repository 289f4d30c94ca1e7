//! Stopping without losing what was accepted.
//!
//! Stop accepting, tell every peer (goaway), wait for the calls in flight, at most `drain.timeout`; then cut what is
//! left and say how much that was.

use std::fmt;
use std::future::{pending, ready};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;

use super::Shared;
use super::connection::Connection;
use crate::dispatch::StoppedBy;
use crate::race::before;

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

/// Drains all connections, and waits for `jobs`, those that have begun; without further patience from `hurry` on. The accept loop has ended.
pub(super) async fn drain(
    shared: &Shared,
    jobs: impl Future<Output = ()>,
    hurry: impl Future<Output = ()>,
) -> Drained {
    drain_within(shared, shared.limits.drain_timeout, jobs, hurry).await
}

/// Lets all connections go to the server that accepts here by now. Nothing is refused: who has been told to leave calls there next, and what
/// was on its way is served. Those that have not left after `drain.timeout`, or at `hurry`, are drained without further patience.
pub(super) async fn hand_over(
    shared: &Shared,
    jobs: impl Future<Output = ()>,
    hurry: impl Future<Output = ()>,
) -> Drained {
    shared.connections.all().iter().for_each(|connection| connection.leave_to_successor());
    let leaving = timeout(shared.limits.drain_timeout, shared.connections.until_empty());
    match before(leaving, hurry).await {
        Some(_) => drain_within(shared, Duration::ZERO, jobs, pending()).await,
        None => drain_within(shared, Duration::ZERO, jobs, ready(())).await,
    }
}

async fn drain_within(
    shared: &Shared,
    patience: Duration,
    jobs: impl Future<Output = ()>,
    hurry: impl Future<Output = ()>,
) -> Drained {
    shared.draining.begin();
    let connections = shared.connections.all();
    connections.iter().for_each(|connection| connection.drain());
    let calmly = async {
        let answered = async {
            for connection in &connections {
                connection.in_flight().until_idle().await;
            }
        };
        let calls_cut = match timeout(patience, answered).await {
            Ok(()) => 0,
            Err(_) => cut_calls(&connections),
        };
        // A peer closes when it has read the goaway and its answers: what it sent before that is still refused in
        // words. Who has not closed then is cut below.
        let _ = timeout(FLUSH, shared.connections.until_empty()).await;
        jobs.await;
        calls_cut
    };
    let calls_cut = before(calmly, hurry).await.unwrap_or_else(|| cut_calls(&connections));
    let left = shared.connections.all();
    left.iter().for_each(|connection| connection.cut());
    let drained = Drained { calls_cut, connections_cut: left.len() };
    shared.hooks.tell(|monitor| monitor.server_drained(&drained));
    drained
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
