//! Endpoints on their way through the table: in line, opened, failed, idle, off the list.

use std::time::Duration;

use super::*;
use crate::client::in_process::{self, Services};
use crate::client::pool::opening;
use crate::limits::Limits;
use crate::status::Status;

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
    Arc::new(in_process::open(Services::default(), Limits::default(), Arc::clone(peer)))
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
    let orders: std::collections::BTreeSet<Vec<usize>> = (0..20).map(|_| line(&table(1..=9, now))).collect();
    assert!(orders.len() > 10, "{orders:?}");
}
