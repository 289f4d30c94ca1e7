//! The clients of this process, for whoever shows them: one is listed when it is made, and goes with its last clone.
//!
//! Nothing a call waits for. *Absent:* clients of services in the same process, which have no connections and no protection.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use tokio::time::Instant;

use super::pool::{Dialed, RestrainedSeen};
use super::protection::Kept;
use super::{Client, Inner};
use crate::mode::Mode;
use crate::one_line::one_line;

/// Most bytes of a target that are kept: it may be a list of thousands of addresses.
const TARGET_LEN_MAX: usize = 120;

static CLIENTS: Mutex<BTreeMap<u64, Listed>> = Mutex::new(BTreeMap::new());

struct Listed {
    target: Arc<str>,
    client: Weak<Inner>,
}

/// A client's place on the list, which it gives back.
#[derive(Debug)]
pub(super) struct Listing(u64);

/// What clients do for the protection of their servers. Of all three the first ones, and how many more there are.
#[derive(Debug, Default)]
pub(crate) struct Protecting {
    pub(crate) clients: Vec<ClientSeen>,
    pub(crate) clients_left_out: usize,
    pub(crate) restrained: Vec<RestrainedSeen>,
    pub(crate) restrained_left_out: usize,
    /// What was decided last, by the target of its client; the last one first.
    pub(crate) decided: Vec<(Arc<str>, Kept)>,
    pub(crate) decided_left_out: usize,
}

/// A client at a glance.
#[derive(Debug)]
pub(crate) struct ClientSeen {
    /// What it was made for.
    pub(crate) target: Arc<str>,
    pub(crate) endpoints: usize,
    /// How many retries and second copies its budget has.
    pub(crate) attempts_left: u64,
    /// Last good answers that it keeps, and what these take of memory.
    pub(crate) kept_answers: (usize, usize),
    /// Its mechanisms of protection that do not act, by their keys.
    pub(crate) modes_not_on: Vec<(&'static str, Mode)>,
}

impl Listing {
    pub(super) fn of(client: &Client) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let target = one_line(format_args!("{}", client.target()), TARGET_LEN_MAX).into();
        clients().insert(number, Listed { target, client: Arc::downgrade(&client.0) });
        Self(number)
    }
}

impl Drop for Listing {
    fn drop(&mut self) {
        clients().remove(&self.0);
    }
}

/// What there is to be seen of the connections of this process's clients, those of the oldest client first: `max` of them, the rest
/// counted.
pub(crate) fn dialed(max: usize) -> Dialed {
    let mut all = Dialed::default();
    for (target, client) in listed() {
        let Dialed { connections, left_out, unconnected } =
            client.pool.seen(&target, max - all.connections.len());
        all.connections.extend(connections);
        all.left_out += left_out;
        all.unconnected += unconnected;
    }
    all
}

/// What this process's clients do for the protection of their servers, those of the oldest client first: of each `max`, the rest counted.
pub(crate) fn protecting(max: usize) -> Protecting {
    let now = Instant::now();
    let mut all = Protecting::default();
    for (target, client) in listed() {
        let (restrained, left_out) = client.pool.restrained(&target, max - all.restrained.len());
        all.restrained.extend(restrained);
        all.restrained_left_out += left_out;
        let decided = client.protection.decided().into_iter();
        all.decided.extend(decided.map(|kept| (Arc::clone(&target), kept)));
        all.decided.sort_by_key(|(_, kept)| std::cmp::Reverse(kept.last));
        all.decided_left_out += all.decided.len().saturating_sub(max);
        all.decided.truncate(max);
        if all.clients.len() >= max {
            all.clients_left_out += 1;
            continue;
        }
        all.clients.push(ClientSeen {
            target,
            endpoints: client.pool.endpoints(),
            attempts_left: client.protection.attempts_left(now),
            kept_answers: client.protection.kept_answers(),
            modes_not_on: client.protection.modes_not_on(),
        });
    }
    all
}

/// Not under the lock: what is the last handle to a client by then takes it off the list.
fn listed() -> Vec<(Arc<str>, Arc<Inner>)> {
    clients().values().filter_map(|it| Some((Arc::clone(&it.target), it.client.upgrade()?))).collect()
}

/// No change under the lock panics: a poisoned list is whole.
fn clients() -> MutexGuard<'static, BTreeMap<u64, Listed>> {
    CLIENTS.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_is_listed_by_the_beginning_of_its_target_until_its_last_clone_is_gone() {
        let target: Vec<_> = (1..=100).map(|port| format!("127.0.0.77:{port}")).collect();
        let client = Client::builder(target.join(",")).lazy();
        // Other tests of this process have clients, too.
        let listed = || {
            let of_this = |seen: &ClientSeen| seen.target.starts_with("127.0.0.77:1,127.0.0.77:2,");
            protecting(usize::MAX).clients.into_iter().find(of_this)
        };
        let seen = listed().unwrap();
        assert!(seen.target.ends_with(" and more"), "{seen:?}");
        assert_eq!((seen.endpoints, seen.attempts_left, seen.modes_not_on), (100, 10, Vec::new()));
        let clone = client.clone();
        drop(client);
        assert!(listed().is_some());
        drop(clone);
        // Another test may be looking at it.
        while listed().is_some() {
            std::thread::yield_now();
        }
    }

    #[test]
    fn so_many_are_shown_and_the_others_counted() {
        let clients: Vec<_> = (0..3).map(|_| Client::builder("127.0.0.78:1").lazy()).collect();
        let seen = protecting(2);
        assert_eq!(seen.clients.len(), 2);
        assert!(seen.clients_left_out >= 1, "{seen:?}");
        drop(clients);
    }
}
