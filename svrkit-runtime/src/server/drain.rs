//! Stopping without losing what was accepted.
//!
//! Stop accepting, tell every peer (goaway), wait for the calls in flight, at most `drain.timeout`; then cut what is
//! left and say how much that was.

use std::fmt;
use std::time::Duration;

use tokio::time::{Instant, timeout, timeout_at};

use super::Shared;
use crate::dispatch::StoppedBy;

/// What peers get to take their last answers and close, once no call is in flight.
const FLUSH: Duration = Duration::from_secs(1);

/// What a drain had to cut.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
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

/// Drains all connections. The accept loop has ended.
pub(super) async fn drain(shared: &Shared) -> Drained {
    let deadline = Instant::now() + shared.limits.drain_timeout;
    let connections = shared.connections.all();
    connections.iter().for_each(|connection| connection.drain());
    let mut drained = Drained::default();
    for connection in &connections {
        if timeout_at(deadline, connection.in_flight().until_idle()).await.is_err() {
            drained.calls_cut += connection.in_flight().len();
            connection.in_flight().stop_all(StoppedBy::Drain);
        }
    }
    // A peer closes when it has read the goaway and its answers: what it sent before that is still refused in words.
    if timeout(FLUSH, shared.connections.until_empty()).await.is_err() {
        for connection in shared.connections.all() {
            drained.connections_cut += 1;
            connection.cut();
        }
    }
    drained
}
