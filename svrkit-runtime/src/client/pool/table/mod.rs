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
    /// Those in line that have no failure.
    rested: BTreeSet<(Instant, u64, usize)>,
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

    /// The unconnected endpoints that nothing speaks against, in the same order.
    pub(super) fn rested(&self) -> impl Iterator<Item = usize> {
        self.rested.iter().map(|(_, _, index)| *index)
    }

    /// Takes a new list, of different addresses. What is on it still keeps its connections; the connections to what is not are
    /// given back.
    pub(super) fn set(&mut self, endpoints: Vec<Endpoint>, now: Instant) -> Vec<Arc<Connection>> {
        let mut before = std::mem::take(self);
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::client::in_process;
    use crate::client::pool::opening;
    use crate::dispatch::Router;
    use crate::interceptor::Chain;
    use crate::limits::Limits;
    use crate::monitor::Hooks;

    fn endpoints(ports: impl IntoIterator<Item = u16>) -> Vec<Endpoint> {
        let endpoint = |port| Endpoint::new(Address::Tcp(([127, 0, 0, 1], port).into()));
        ports.into_iter().map(endpoint).collect()
    }

    fn table(ports: impl IntoIterator<Item = u16>, now: Instant) -> Table {
        let mut table = Table::default();
        assert!(table.set(endpoints(ports), now).is_empty());
        table
    }

    impl Table {
        fn peer(&self, index: usize) -> Arc<Peer> {
            Arc::clone(self.entries[index].peer())
        }

        /// Each endpoint is in one place, and the place is the one that it says.
        fn check(&self) {
            assert_eq!(self.open.len() + self.line.len() + self.opening.len(), self.entries.len());
            assert!(self.rested.is_subset(&self.line));
            for (index, entry) in self.entries.iter().enumerate() {
                let is_there = match entry.place {
                    Place::Open(at) => self.open[at] == index,
                    Place::InLine(from, tie) => {
                        let is_rested = self.rested.contains(&(from, tie, index));
                        self.line.contains(&(from, tie, index)) && is_rested == entry.failure.is_none()
                    }
                    Place::Opening => self.opening.contains(&index),
                };
                assert!(is_there, "{index} is not at {:?}", entry.place);
                assert_eq!(matches!(entry.place, Place::Open(_)), !entry.connections.is_empty());
                assert_eq!(self.by_address[entry.endpoint.address()], index);
            }
        }
    }

    /// What carries it does not matter here.
    fn connection(peer: &Arc<Peer>) -> Arc<Connection> {
        let router = Arc::new(Router::new(Vec::new(), Chain::default()).unwrap());
        Arc::new(in_process::open(router, Hooks::default(), Limits::default(), Arc::clone(peer)))
    }

    fn begin(table: &mut Table, index: usize) {
        let (opening, _task) = opening::begin(std::sync::Weak::new(), table.peer(index));
        table.begin(index, opening);
        table.check();
    }

    fn open(table: &mut Table, index: usize) -> Arc<Connection> {
        begin(table, index);
        let connection = connection(&table.peer(index));
        assert!(table.opened(&table.peer(index), &connection));
        table.check();
        connection
    }

    fn fail(table: &mut Table, index: usize, at: Instant, until: Instant) {
        begin(table, index);
        table.failed(&table.peer(index), Failure { at, until, why: Status::unavailable("no") });
        table.check();
    }

    fn line(table: &Table) -> Vec<usize> {
        table.line().map(|(_, index)| index).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn endpoints_stand_in_line_by_when_they_may_be_tried() {
        let now = Instant::now();
        let at = |seconds| now + Duration::from_secs(seconds);
        let mut table = table([1, 2, 3, 4], now);
        table.check();
        fail(&mut table, 0, now, at(9));
        fail(&mut table, 1, now, at(3));
        let connection = open(&mut table, 2);
        assert_eq!(line(&table), [3, 1, 0], "who was never tried is first");
        assert_eq!(table.open(), [2]);
        // Idle: not needed for as long again.
        assert!(table.ended(&table.peer(2), Arc::as_ptr(&connection), at(5)).is_some());
        table.check();
        assert_eq!(line(&table), [3, 1, 2, 0]);
        assert_eq!(table.rested().collect::<Vec<_>>(), [3, 2]);
        assert!(table.ended(&table.peer(2), Arc::as_ptr(&connection), at(5)).is_none(), "it is gone");
        // Whoever was opening it is gone without a result.
        begin(&mut table, 3);
        assert_eq!(line(&table), [1, 2, 0]);
        table.forsaken(&table.peer(3), at(1));
        assert_eq!(line(&table), [3, 1, 2, 0]);
        table.check();
    }

    #[tokio::test(start_paused = true)]
    async fn failures_count_until_a_success() {
        let now = Instant::now();
        let mut table = table([1], now);
        for failures in 1..=3 {
            fail(&mut table, 0, now, now);
            assert_eq!(table.entries()[0].failures(), failures);
        }
        let connection = open(&mut table, 0);
        assert_eq!(table.entries()[0].failures(), 0);
        assert!(table.entries()[0].failure().is_none());
        // A further connection that cannot be opened leaves those there are.
        fail(&mut table, 0, now, now + Duration::from_secs(1));
        assert_eq!((table.open(), table.entries()[0].failures()), (&[0][..], 1));
        assert!(!table.entries()[0].wants_another(9), "it is left alone");
        // No longer than that, once the last connection was idle.
        let idle = now + Duration::from_secs(60);
        assert!(table.ended(&table.peer(0), Arc::as_ptr(&connection), idle).is_some());
        assert_eq!(table.line().next(), Some((now + Duration::from_secs(1), 0)));
        table.check();
    }

    #[tokio::test(start_paused = true)]
    async fn a_new_list_keeps_what_is_on_it_and_gives_back_the_rest() {
        let now = Instant::now();
        let mut table = table([1, 2, 3, 4], now);
        let (kept, left) = (open(&mut table, 0), open(&mut table, 1));
        fail(&mut table, 2, now, now + Duration::from_secs(9));
        let (first, third) = (table.peer(0), table.peer(2));
        let gone = table.peer(1);
        let given_back = table.set(endpoints([3, 1, 5]), now);
        table.check();
        assert_eq!(given_back.len(), 1);
        assert!(Arc::ptr_eq(&given_back[0], &left));
        assert!(Arc::ptr_eq(&table.peer(1), &first) && Arc::ptr_eq(&table.peer(0), &third));
        assert_eq!((table.open(), line(&table)), (&[1][..], vec![2, 0]), "its back-off holds");
        assert!(Arc::ptr_eq(table.entries()[1].connection().unwrap(), &kept));
        // What comes of an opening to an endpoint that is gone is nobody's, also when its address comes back.
        assert!(!table.opened(&gone, &left));
        table.set(endpoints([2]), now);
        assert!(!table.opened(&gone, &left));
        table.check();
    }

    #[tokio::test(start_paused = true)]
    async fn ten_thousand_endpoints_come_and_go() {
        let now = Instant::now();
        let mut table = table(1..=10_000, now);
        for index in (0..10_000).step_by(100) {
            fail(&mut table, index, now, now + Duration::from_secs(1));
        }
        let connection = open(&mut table, 77);
        for ports in [1..=10_000, 5_000..=15_000, 1..=10_000] {
            table.set(endpoints(ports), now);
            table.check();
        }
        assert_eq!(table.line().count(), 10_000, "the open one was not on the second list");
        drop(connection);
    }

    #[tokio::test(start_paused = true)]
    async fn clients_of_one_list_connect_in_different_orders() {
        let now = Instant::now();
        let orders: std::collections::BTreeSet<Vec<usize>> =
            (0..20).map(|_| line(&table(1..=9, now))).collect();
        assert!(orders.len() > 10, "{orders:?}");
    }
}
