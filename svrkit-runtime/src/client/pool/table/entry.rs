//! An endpoint with its connections.

use std::sync::Arc;

use tokio::time::Instant;

use super::place::Place;
use crate::client::connection::Connection;
use crate::client::pool::opening::Opening;
use crate::client::pool::peer::Peer;
use crate::client::protection::Ward;
use crate::client::resolver::Endpoint;
use crate::status::Status;

/// An endpoint with its connections.
#[derive(Debug)]
pub(in crate::client) struct Entry {
    pub(super) endpoint: Endpoint,
    pub(super) peer: Arc<Peer>,
    pub(super) connections: Vec<Arc<Connection>>,
    pub(super) opening: Option<Opening>,
    pub(super) place: Place,
    /// Failures to connect, in a row.
    pub(super) failures: u32,
    pub(super) failure: Option<Failure>,
}

/// The last failure to connect, until one succeeds.
#[derive(Debug)]
pub(in crate::client::pool) struct Failure {
    pub(in crate::client::pool) at: Instant,
    /// Until when the endpoint is left alone.
    pub(in crate::client::pool) until: Instant,
    pub(in crate::client::pool) why: Status,
}

impl Entry {
    pub(super) fn new(endpoint: Endpoint, ward: &Arc<Ward>, now: Instant) -> Self {
        let peer = Arc::new(Peer::new(endpoint.address(), ward, now));
        Self {
            endpoint,
            peer,
            connections: Vec::new(),
            opening: None,
            place: Place::in_line(now),
            failures: 0,
            failure: None,
        }
    }

    pub(in crate::client) fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    pub(in crate::client) fn peer(&self) -> &Arc<Peer> {
        &self.peer
    }

    pub(in crate::client::pool) fn connections(&self) -> &[Arc<Connection>] {
        &self.connections
    }

    /// The connection for the next call: of those that take calls the one with the fewest in flight.
    pub(in crate::client) fn connection(&self) -> Option<&Arc<Connection>> {
        match &*self.connections {
            [only] => only.link.takes_calls().then_some(only),
            several => several
                .iter()
                .filter(|connection| connection.link.takes_calls())
                .min_by_key(|connection| connection.in_flight()),
        }
    }

    pub(in crate::client) fn in_flight(&self) -> usize {
        self.connections.iter().map(|connection| connection.in_flight()).sum()
    }

    pub(in crate::client) fn load(&self, now: Instant) -> f64 {
        self.peer.outcomes.load(now, self.in_flight())
    }

    /// Whether one more connection would do it good: there are fewer than `max`, all of them in use, and nothing speaks
    /// against opening one.
    pub(in crate::client::pool) fn wants_another(&self, max: usize) -> bool {
        self.connections.len() < max
            && self.opening.is_none()
            && self.failure.as_ref().is_none_or(|failure| failure.until <= Instant::now())
            && self.connections.iter().all(|connection| connection.in_flight() > 0)
    }

    pub(in crate::client::pool) fn opening(&self) -> Option<&Opening> {
        self.opening.as_ref()
    }

    pub(in crate::client::pool) fn failures(&self) -> u32 {
        self.failures
    }

    /// Why it could not be connected to, if it was so the last time.
    pub(in crate::client::pool) fn failure(&self) -> Option<&Failure> {
        self.failure.as_ref()
    }
}
