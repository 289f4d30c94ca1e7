//! The open connections of one server: counted, and within reach of the drain.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, Semaphore};

use super::capacity::{Capacity, Full, PeerNetwork};
use super::connection::Connection;

/// Peers that are told at once why they are turned away. Others are left without a word: in a flood, words and the time to read them
/// would take the files that connections need.
const FAREWELLS_MAX: usize = 64;

/// The open connections. A clone is the same set.
#[derive(Clone, Debug)]
pub(super) struct Connections(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    capacity: Capacity,
    open: Mutex<Open>,
    empty: Notify,
    farewells: Semaphore,
}

#[derive(Debug, Default)]
struct Open {
    next: u64,
    by_number: BTreeMap<u64, (Arc<Connection>, Option<PeerNetwork>)>,
    /// How many connections each peer has that has some.
    by_peer: HashMap<PeerNetwork, usize>,
}

/// An open connection's place; given back on drop.
#[derive(Debug)]
pub(super) struct Place {
    connections: Connections,
    number: u64,
}

impl Connections {
    pub(super) fn new(capacity: Capacity) -> Self {
        Self(Arc::new(Inner {
            capacity,
            open: Mutex::default(),
            empty: Notify::new(),
            farewells: Semaphore::new(FAREWELLS_MAX),
        }))
    }

    /// Takes a place, if there is one for this peer; one that is not known is no flood's.
    pub(super) fn enter(
        &self,
        connection: &Arc<Connection>,
        peer: Option<PeerNetwork>,
    ) -> Result<Place, Full> {
        let mut open = self.lock();
        let of_peer = peer.and_then(|peer| open.by_peer.get(&peer)).map_or(0, |count| *count);
        self.0.capacity.takes(open.by_number.len(), of_peer)?;
        let number = open.next;
        open.next += 1;
        open.by_number.insert(number, (Arc::clone(connection), peer));
        if let Some(peer) = peer {
            open.by_peer.insert(peer, of_peer + 1);
        }
        Ok(Place { connections: self.clone(), number })
    }

    pub(super) fn capacity(&self) -> &Capacity {
        &self.0.capacity
    }

    /// A permit for each peer that is told why it is turned away.
    pub(super) fn farewells(&self) -> &Semaphore {
        &self.0.farewells
    }

    pub(super) fn count(&self) -> usize {
        self.lock().by_number.len()
    }

    pub(super) fn all(&self) -> Vec<Arc<Connection>> {
        self.lock().by_number.values().map(|(connection, _)| Arc::clone(connection)).collect()
    }

    /// Waits until every place has been given back.
    pub(super) async fn until_empty(&self) {
        loop {
            let empty = self.0.empty.notified();
            if self.lock().by_number.is_empty() {
                return;
            }
            empty.await;
        }
    }

    /// Nothing that is done under the lock can panic.
    fn lock(&self) -> MutexGuard<'_, Open> {
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    fn leave(&mut self, peer: &PeerNetwork) {
        match self.by_peer.get_mut(peer) {
            Some(count) if *count > 1 => *count -= 1,
            _ => drop(self.by_peer.remove(peer)),
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.connections.lock();
        let connection = open.by_number.remove(&self.number);
        if let Some((_, Some(peer))) = &connection {
            open.leave(peer);
        }
        let empty = open.by_number.is_empty();
        drop(open);
        drop(connection);
        if empty {
            self.connections.0.empty.notify_waiters();
        }
    }
}
