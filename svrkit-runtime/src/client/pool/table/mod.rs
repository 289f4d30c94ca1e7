//! The endpoints of a client with their connections. Pure: it is told the time, opens nothing and waits for nothing.
//!
//! An endpoint is connected (in `open`), or it is not and stands in line (`line`), or its first connection is being opened
//! (in `opening`). Nothing here is linear in the number of endpoints but taking a new list.

mod entry;
mod place;
#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use tokio::time::Instant;

pub(in crate::client) use self::entry::Entry;
pub(super) use self::entry::Failure;
use self::place::Place;
use super::opening::Opening;
use super::peer::Peer;
use crate::client::connection::Connection;
use crate::client::picker::Candidates;
use crate::client::protection::Ward;
use crate::client::resolver::Endpoint;
use crate::transport::Address;

/// The endpoints, in the order of the list that was found.
#[derive(Debug, Default)]
pub(in crate::client) struct Table {
    /// Which of the endpoints are ejected.
    ward: Arc<Ward>,
    entries: Vec<Entry>,
    by_address: HashMap<Address, usize>,
    /// The connected ones, in no order.
    open: Vec<usize>,
    /// The others, by when they may be connected to of the client's own accord.
    line: BTreeSet<(Instant, u64, usize)>,
    /// Those in line that have no failure.
    rested: BTreeSet<(Instant, u64, usize)>,
    /// Those whose first connection is being opened.
    opening: BTreeSet<usize>,
}

impl Table {
    pub(super) fn new(ward: Arc<Ward>) -> Self {
        Self { ward, ..Self::default() }
    }

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

    /// The unconnected endpoints that nothing speaks against, in the same order.
    pub(super) fn rested(&self) -> impl Iterator<Item = usize> {
        self.rested.iter().map(|(_, _, index)| *index)
    }

    /// Takes a new list, of different addresses. What is on it still keeps its connections; the connections to what is not are
    /// given back.
    pub(super) fn set(&mut self, endpoints: Vec<Endpoint>, now: Instant) -> Vec<Arc<Connection>> {
        let ward = Arc::clone(&self.ward);
        let mut before = std::mem::replace(self, Self::new(Arc::clone(&ward)));
        let wanted = endpoints.len() > 1;
        for endpoint in endpoints {
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
                None => Entry::new(endpoint, &ward, now),
            };
            self.by_address.insert(entry.endpoint.address().clone(), self.entries.len());
            self.enter(entry);
        }
        self.entries.iter().for_each(|entry| entry.peer.outcomes.want(wanted));
        ward.set(self.entries.iter().map(|entry| Arc::clone(&entry.peer.standing)).collect(), now);
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
                if entry.failure.is_none() {
                    self.rested.insert((*from, *tie, index));
                }
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
            // A further connection may have failed: its back-off is the shorter wait.
            let from = entry.failure.as_ref().map_or(from, |failure| from.min(failure.until));
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
                self.rested.remove(&(from, tie, index));
            }
            Place::Opening => {
                self.opening.remove(&index);
            }
        }
        match place {
            Place::Open(_) => self.open.push(index),
            Place::InLine(from, tie) => {
                self.line.insert((from, tie, index));
                if self.entries[index].failure.is_none() {
                    self.rested.insert((from, tie, index));
                }
            }
            Place::Opening => {
                self.opening.insert(index);
            }
        }
        self.entries[index].place = place;
    }
}
