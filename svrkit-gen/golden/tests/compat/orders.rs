//! Old and new talk to each other: one row for each change that a schema allows.

use svrkit_runtime::{Bytes, Tlv, UnknownFields};
use tokio::sync::mpsc;

use crate::versions::{Echo, connect, new, old, serve};

/// An order that uses what the second version has.
pub(crate) fn plain() -> new::Order {
    new::Order {
        id: 7,
        mood: new::Mood::Glad,
        moods: vec![new::Mood::Glad, new::Mood::None],
        items: vec![item("pen"), item("ink")],
        payer: Some(new::order::Payer::Guest("Ada".into())),
        moods_by_name: [("Ada".into(), new::Mood::Glad)].into(),
        stock: [(3, item("pen"))].into(),
        ..new::Order::default()
    }
}

fn item(sku: &str) -> new::Item {
    new::Item { sku: sku.into(), count: 2, ..new::Item::default() }
}

fn new_item() -> new::Item {
    new::Item {
        note: Some("blue".into()),
        sizes: vec![1, 300],
        parts: vec![item("nib"), new::Item { note: Some(String::new()), ..item("cap") }],
        ..item("pen")
    }
}

/// What one change puts into an order.
type Set = fn(&mut new::Order);

/// Everything that may be added, one at a time, then all at once.
pub(crate) const CHANGES: &[(&str, Set)] = &[
    ("nothing", |_| {}),
    ("a field", |it| it.total = -5),
    ("a field of eight bytes", |it| it.weight = -0.0),
    ("a field of four bytes", |it| it.stamp = i32::MIN),
    ("an optional field", |it| it.comment = Some("fragile".into())),
    ("an optional field, empty", |it| it.comment = Some(String::new())),
    ("a message", |it| it.gift = Some(new_item())),
    ("packed numbers", |it| it.codes = vec![0, u64::MAX]),
    ("numbers that are not packed", |it| it.loose_codes = vec![0, 7]),
    ("many texts", |it| it.notes = vec![String::new(), "second".into()]),
    ("an enum's number", |it| it.mood = new::Mood::Calm),
    ("an enum's number below zero", |it| it.mood = new::Mood::Sad),
    ("an enum's numbers in a list", |it| it.moods = vec![new::Mood::Sad, new::Mood::Glad, new::Mood::Calm]),
    ("an enum's number in a map", |it| it.moods_by_name = [("Eve".into(), new::Mood::Calm)].into()),
    ("a member of a oneof", |it| it.payer = Some(new::order::Payer::Voucher(Bytes::from_static(b"\0\xff")))),
    ("a message in a oneof", |it| {
        it.payer = Some(new::order::Payer::Account(new::Account { number: 9, ..new::Account::default() }));
    }),
    ("a oneof", |it| it.way = Some(new::order::Way::ByShip(false))),
    ("a map", |it| it.labels = [("a".into(), "b".into()), (String::new(), String::new())].into()),
    ("a map of messages", |it| it.accounts = [(-3, new::Account::default())].into()),
    ("fields in an item", |it| it.items.push(new_item())),
    ("fields in a map's message", |it| {
        it.stock.insert(4, new_item());
    }),
    ("everything", |it| {
        for (_, set) in &CHANGES[..CHANGES.len() - 1] {
            set(it);
        }
    }),
];

/// The order with one change.
pub(crate) fn changed(set: Set) -> new::Order {
    let mut order = plain();
    set(&mut order);
    order
}

#[tokio::test]
async fn an_old_server_keeps_what_a_new_client_sends() {
    let (seen, mut orders) = mpsc::unbounded_channel::<old::Order>();
    let server = serve(old::OrdersServer::new(Echo(seen))).await;
    let client = new::OrdersClient::new(connect(server).await);
    for (name, set) in CHANGES {
        let order = changed(*set);
        let answer = client.place(&order).await.unwrap();
        assert_eq!(answer, order, "{name}");
        assert_eq!(answer.encode().unwrap(), order.encode().unwrap(), "{name}");
        // The old one read what it knows, and serves it.
        let seen = orders.recv().await.unwrap();
        assert_eq!(seen.id, 7, "{name}");
        assert_eq!(
            seen.items.iter().map(|item| &item.sku[..]).take(2).collect::<Vec<_>>(),
            ["pen", "ink"],
            "{name}"
        );
        assert_eq!(seen.stock[&3].count, 2, "{name}");
    }
}

#[tokio::test]
async fn an_old_server_sees_new_numbers_and_members_for_what_they_are() {
    let (seen, mut orders) = mpsc::unbounded_channel::<old::Order>();
    let server = serve(old::OrdersServer::new(Echo(seen))).await;
    let client = new::OrdersClient::new(connect(server).await);
    client.place(&changed(|it| it.mood = new::Mood::Sad)).await.unwrap();
    assert_eq!(orders.recv().await.unwrap().mood, old::Mood::Unknown(-1));
    let by_voucher = new::order::Payer::Voucher(Bytes::from_static(b"x"));
    client.place(&new::Order { payer: Some(by_voucher), ..plain() }).await.unwrap();
    let order = orders.recv().await.unwrap();
    assert_eq!(order.payer, None);
    assert_eq!(order.unknown.iter().map(|record| record.tag).collect::<Vec<_>>(), [10]);
}

#[tokio::test]
async fn a_new_server_reads_what_an_old_client_sends() {
    let (seen, mut orders) = mpsc::unbounded_channel::<new::Order>();
    let server = serve(new::OrdersServer::new(Echo(seen))).await;
    let client = old::OrdersClient::new(connect(server).await);
    let order = old::Order::decode(&plain().encode().unwrap()).unwrap();
    assert!(order.unknown.is_empty(), "the old version knows all of it");
    let answer = client.place(&order).await.unwrap();
    // What is new is absent.
    assert_eq!(orders.recv().await.unwrap(), plain());
    assert_eq!(answer, order);
}

/// Answers with the order and one change.
struct Adds(fn(&mut new::Order));

impl new::Orders for Adds {
    async fn place(&self, mut order: new::Order) -> Result<new::Order, svrkit_runtime::Status> {
        (self.0)(&mut order);
        Ok(order)
    }

    async fn cancel(&self, _: new::CancelRequest) -> Result<new::CancelReply, svrkit_runtime::Status> {
        Ok(new::CancelReply::default())
    }
}

#[tokio::test]
async fn an_old_client_keeps_what_a_new_server_answers() {
    for (name, set) in CHANGES {
        let server = serve(new::OrdersServer::new(Adds(*set))).await;
        let client = old::OrdersClient::new(connect(server).await);
        let order = old::Order::decode(&plain().encode().unwrap()).unwrap();
        let answer = client.place(&order).await.unwrap();
        assert_eq!(answer.id, 7, "{name}");
        // What it holds is the new order, to the byte.
        assert_eq!(answer.encode().unwrap(), changed(*set).encode().unwrap(), "{name}");
        let back = new::Order::decode(&answer.encode().unwrap()).unwrap();
        assert_eq!(back, changed(*set), "{name}");
        assert_eq!(back.unknown, UnknownFields::new(), "{name}");
    }
}
