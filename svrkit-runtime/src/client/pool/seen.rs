//! The endpoints and connections of a client as pages show them.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::{Entry, Failure, Peer, Pool};
use crate::client::connection::Connection;
use crate::client::protection::Restrained;

/// What clients have of connections.
#[derive(Debug, Default)]
pub(crate) struct Dialed {
    pub(crate) connections: Vec<DialedSeen>,
    /// How many there are beside those.
    pub(crate) left_out: usize,
    /// Endpoints that nobody is connected to, and that nothing speaks against.
    pub(crate) unconnected: usize,
}

/// A connection that a client has, or cannot get, at a glance.
#[derive(Debug)]
pub(crate) struct DialedSeen {
    /// What its client was made for.
    pub(crate) target: Arc<str>,
    pub(crate) endpoint: Arc<str>,
    pub(crate) state: DialState,
    pub(crate) calls_in_flight: usize,
    /// Since it was opened; `None`: it is not open.
    pub(crate) age: Option<Duration>,
}

/// What becomes of a connection.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum DialState {
    /// Calls are in flight.
    Busy,
    Idle,
    /// It takes no calls any more.
    Leaving,
    /// It is being opened.
    Opening,
    /// It could not be opened, so often in a row.
    Failed {
        times: u32,
        next: Duration,
        why: String,
    },
}

/// An endpoint that something keeps calls from.
#[derive(Debug)]
pub(crate) struct RestrainedSeen {
    /// What its client was made for.
    pub(crate) target: Arc<str>,
    pub(crate) endpoint: Arc<str>,
    pub(crate) restrained: Restrained,
}

impl Pool {
    /// How many endpoints there are.
    pub(in crate::client) fn endpoints(&self) -> usize {
        self.read().table.entries().len()
    }

    /// What keeps calls from endpoints: at most `max`, and how many more there are.
    pub(in crate::client) fn restrained(
        &self,
        target: &Arc<str>,
        max: usize,
    ) -> (Vec<RestrainedSeen>, usize) {
        let now = Instant::now();
        let is_restrained = |peer: &Peer| peer.gate.is_guarded() || peer.standing.seen(now).is_some();
        // Not under the lock: gates have locks of their own.
        let peers: Vec<Arc<Peer>> = {
            let state = self.read();
            state
                .table
                .entries()
                .iter()
                .map(Entry::peer)
                .filter(|peer| is_restrained(peer))
                .cloned()
                .collect()
        };
        let (mut seen, mut left_out) = (Vec::new(), 0);
        for peer in peers {
            let by_gate = peer.gate.seen(self.settings.protection, now);
            for restrained in peer.standing.seen(now).into_iter().chain(by_gate) {
                if seen.len() >= max {
                    left_out += 1;
                    continue;
                }
                let (target, endpoint) = (Arc::clone(target), Arc::clone(&peer.name));
                seen.push(RestrainedSeen { target, endpoint, restrained });
            }
        }
        (seen, left_out)
    }

    /// What there is of connections: at most `max`, the rest counted.
    pub(in crate::client) fn seen(&self, target: &Arc<str>, max: usize) -> Dialed {
        let now = Instant::now();
        let mut seen = Dialed::default();
        let state = self.read();
        for entry in state.table.entries() {
            let of_entry = || entry.connections().iter().map(|it| open(it, now)).chain(unopened(entry, now));
            let count = of_entry().count();
            let room = max - seen.connections.len();
            seen.left_out += count.saturating_sub(room);
            seen.unconnected += usize::from(count == 0);
            let shown = of_entry().take(room).map(|(state, calls_in_flight, age)| DialedSeen {
                target: Arc::clone(target),
                endpoint: Arc::clone(&entry.peer().name),
                state,
                calls_in_flight,
                age,
            });
            seen.connections.extend(shown);
        }
        seen
    }
}

/// State, calls in flight, age.
type Row = (DialState, usize, Option<Duration>);

fn open(connection: &Arc<Connection>, now: Instant) -> Row {
    let calls = connection.in_flight();
    let state = match () {
        () if !connection.link.takes_calls() => DialState::Leaving,
        () if calls > 0 => DialState::Busy,
        () => DialState::Idle,
    };
    let age = connection.link.activity().map(|activity| now.saturating_duration_since(activity.born()));
    (state, calls, age)
}

/// What is under way to a connection, or in its way.
fn unopened(entry: &Entry, now: Instant) -> Option<Row> {
    let state = match (entry.opening(), entry.failure()) {
        (Some(_), _) => DialState::Opening,
        (None, Some(failure)) => failed(entry.failures(), failure, now),
        (None, None) => return None,
    };
    Some((state, 0, None))
}

fn failed(times: u32, failure: &Failure, now: Instant) -> DialState {
    let next = failure.until.saturating_duration_since(now);
    DialState::Failed { times, next, why: failure.why.message().to_owned() }
}
