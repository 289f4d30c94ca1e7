//! The open connections of one server: counted, and within reach of the drain.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::connection::Connection;

/// The open connections. A clone is the same set.
#[derive(Clone, Debug, Default)]
pub(super) struct Connections(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    open: Mutex<Open>,
    empty: Notify,
}

#[derive(Debug, Default)]
struct Open {
    next: u64,
    by_number: BTreeMap<u64, Arc<Connection>>,
}

/// An open connection's place; given back on drop.
#[derive(Debug)]
pub(super) struct Place {
    connections: Connections,
    number: u64,
}

impl Connections {
    /// Takes a place, if fewer than `max` are taken.
    pub(super) fn enter(&self, connection: &Arc<Connection>, max: usize) -> Option<Place> {
        let mut open = self.lock();
        if open.by_number.len() >= max {
            return None;
        }
        let number = open.next;
        open.next += 1;
        open.by_number.insert(number, Arc::clone(connection));
        Some(Place { connections: self.clone(), number })
    }

    pub(super) fn all(&self) -> Vec<Arc<Connection>> {
        self.lock().by_number.values().cloned().collect()
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

    /// Each change under the lock is one map operation: a panic cannot leave it half done.
    fn lock(&self) -> MutexGuard<'_, Open> {
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.connections.lock();
        let connection = open.by_number.remove(&self.number);
        let empty = open.by_number.is_empty();
        drop(open);
        drop(connection);
        if empty {
            self.connections.0.empty.notify_waiters();
        }
    }
}
