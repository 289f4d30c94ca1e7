//! The endpoints of a client with their connections. Pure: it is told the time, opens nothing and waits for nothing.
//!
//! An endpoint is connected (in `open`), or it is not and stands in line (`line`), or its first connection is being opened
//! (in `opening`). Nothing here is linear in the number of endpoints but taking a new list.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use tokio::time::Instant;

use super::opening::Opening;
use super::peer::Peer;
use crate::client::connection::Connection;
use crate::client::picker::Candidates;
use crate::client::resolver::Endpoint;
use crate::random;
use crate::status::Status;
use crate::transport::Address;

/// The endpoints, in the order of the list that was found.
#[derive(Debug, Default)]
pub(in crate::client) struct Table {
    entries: Vec<Entry>,
    by_address: HashMap<Address, usize>,
    /// The connected ones, in no order.
    open: Vec<usize>,
    /// The others, by when they may be connected to of the client's own accord.
    line: BTreeSet<(Instant, u64, usize)>,
    /// Those whose first connection is being opened.
    opening: BTreeSet<usize>,
}

/// An endpoint with its connections.
#[derive(Debug)]
pub(in crate::client) struct Entry {
    endpoint: Endpoint,
    peer: Arc<Peer>,
    connections: Vec<Arc<Connection>>,
    opening: Option<Opening>,
    place: Place,
    /// Failures to connect, in a row.
    failures: u32,
    failure: Option<Failure>,
}

/// The last failure to connect, until one succeeds.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) at: Instant,
    /// Until when the endpoint is left alone.
    pub(super) until: Instant,
    pub(super) why: Status,
}

/// Where an endpoint stands in the table.
#[derive(Clone, Copy, Debug)]
enum Place {
    /// At this index of `open`.
    Open(usize),
    /// At these keys in `line`. The second one is random: clients of one list connect in different orders.
    InLine(Instant, u64),
    Opening,
}

impl Entry {
    pub(in crate::client) fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    pub(in crate::client) fn peer(&self) -> &Arc<Peer> {
        &self.peer
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
    pub(super) fn wants_another(&self, max: usize) -> bool {
        self.connections.len() < max
            && self.opening.is_none()
            && self.failure.as_ref().is_none_or(|failure| failure.until <= Instant::now())
            && self.connections.iter().all(|connection| connection.in_flight() > 0)
    }

    pub(super) fn opening(&self) -> Option<&Opening> {
        self.opening.as_ref()
    }

    pub(super) fn failures(&self) -> u32 {
        self.failures
    }

    /// Why it could not be connected to, if it was so the last time.
    pub(super) fn failure(&self) -> Option<&Failure> {
        self.failure.as_ref()
    }
}

impl Table {
    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    pub(super) fn open(&self) -> &[usize] {
        &self.open
    }

    pub(super) fn candidates(&self) -> Candidates<'_> {
        Candidates::new(&self.entries, &self.open)
    }

    /// The number of a peer that is still on the list.
    pub(super) fn index_of(&self, peer: &Arc<Peer>) -> Option<usize> {
        let index = *self.by_address.get(peer.address())?;
        Arc::ptr_eq(&self.entries[index].peer, peer).then_some(index)
    }

    /// First connections that are being opened.
    pub(super) fn opening(&self) -> &BTreeSet<usize> {
        &self.opening
    }

    /// The unconnected endpoints in the order in which they are to be connected to, with the time from which on the client
    /// does so of its own accord.
    pub(super) fn line(&self) -> impl Iterator<Item = (Instant, usize)> {
        self.line.iter().map(|(from, _, index)| (*from, *index))
    }

    /// Takes a new list. What is on it still keeps its connections; the connections to what is not are given back.
    pub(super) fn set(&mut self, endpoints: Vec<Endpoint>, now: Instant) -> Vec<Arc<Connection>> {
        let mut before = std::mem::take(self);
        let wanted = endpoints.len() > 1;
        for endpoint in endpoints {
            if self.by_address.contains_key(endpoint.address()) {
                continue;
            }
            let known = before.by_address.remove(endpoint.address());
            let entry = match known.map(|index| &mut before.entries[index]) {
                Some(old) => Entry {
                    endpoint,
                    peer: Arc::clone(&old.peer),
                    connections: std::mem::take(&mut old.connections),
                    opening: old.opening.take(),
                    place: old.place,
                    failures: old.failures,
                    failure: old.failure.take(),
                },
                None => Entry::new(endpoint, now),
            };
            self.by_address.insert(entry.endpoint.address().clone(), self.entries.len());
            self.enter(entry);
        }
        self.entries.iter().for_each(|entry| entry.peer.outcomes.want(wanted));
        before.entries.into_iter().flat_map(|entry| entry.connections).collect()
    }

    /// Appends an entry at the place it says.
    fn enter(&mut self, mut entry: Entry) {
        let index = self.entries.len();
        match &mut entry.place {
            Place::Open(at) => {
                *at = self.open.len();
                self.open.push(index);
            }
            Place::InLine(from, tie) => {
                self.line.insert((*from, *tie, index));
            }
            Place::Opening => {
                self.opening.insert(index);
            }
        }
        self.entries.push(entry);
    }

    /// Notes that a connection is being opened.
    pub(super) fn begin(&mut self, index: usize, opening: Opening) {
        self.entries[index].opening = Some(opening);
        if self.entries[index].connections.is_empty() {
            self.move_to(index, Place::Opening);
        }
    }

    /// Takes a connection in. False: its endpoint is no longer on the list.
    pub(super) fn opened(&mut self, peer: &Arc<Peer>, connection: &Arc<Connection>) -> bool {
        let Some(index) = self.index_of(peer) else { return false };
        let entry = &mut self.entries[index];
        entry.opening = None;
        (entry.failures, entry.failure) = (0, None);
        entry.connections.push(Arc::clone(connection));
        if !matches!(entry.place, Place::Open(_)) {
            self.move_to(index, Place::Open(self.open.len()));
        }
        true
    }

    /// Notes that a connection could not be opened.
    pub(super) fn failed(&mut self, peer: &Arc<Peer>, failure: Failure) {
        let Some(index) = self.index_of(peer) else { return };
        let entry = &mut self.entries[index];
        entry.opening = None;
        entry.failures = entry.failures.saturating_add(1);
        let until = failure.until;
        entry.failure = Some(failure);
        if entry.connections.is_empty() {
            self.move_to(index, Place::in_line(until));
        }
    }

    /// Notes that whoever was opening a connection is gone without a result.
    pub(super) fn forsaken(&mut self, peer: &Arc<Peer>, now: Instant) {
        let Some(index) = self.index_of(peer) else { return };
        let entry = &mut self.entries[index];
        entry.opening = None;
        if entry.connections.is_empty() {
            self.move_to(index, Place::in_line(now));
        }
    }

    /// Lets go of a connection that takes no calls any more. The endpoint may be connected to again from `from` on.
    pub(super) fn ended(
        &mut self,
        peer: &Arc<Peer>,
        connection: *const Connection,
        from: Instant,
    ) -> Option<Arc<Connection>> {
        let index = self.index_of(peer)?;
        let entry = &mut self.entries[index];
        let at = entry.connections.iter().position(|open| std::ptr::eq(Arc::as_ptr(open), connection))?;
        let ended = entry.connections.swap_remove(at);
        if entry.connections.is_empty() {
            let place = if entry.opening.is_some() { Place::Opening } else { Place::in_line(from) };
            self.move_to(index, place);
        }
        Some(ended)
    }

    fn move_to(&mut self, index: usize, place: Place) {
        match self.entries[index].place {
            Place::Open(at) => {
                self.open.swap_remove(at);
                if let Some(moved) = self.open.get(at) {
                    self.entries[*moved].place = Place::Open(at);
                }
            }
            Place::InLine(from, tie) => {
                self.line.remove(&(from, tie, index));
            }
            Place::Opening => {
                self.opening.remove(&index);
            }
        }
        match place {
            Place::Open(_) => self.open.push(index),
            Place::InLine(from, tie) => {
                self.line.insert((from, tie, index));
            }
            Place::Opening => {
                self.opening.insert(index);
            }
        }
        self.entries[index].place = place;
    }
}

impl Entry {
    fn new(endpoint: Endpoint, now: Instant) -> Self {
        let peer = Arc::new(Peer::new(endpoint.address(), now));
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
}

impl Place {
    fn in_line(from: Instant) -> Self {
        Self::InLine(from, random::next())
    }
}
