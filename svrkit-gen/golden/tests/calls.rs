//! A client calls a server, both generated, and what every type carries comes back.

use std::sync::Arc;

use svrkit_golden::golden::everything as e;
use svrkit_golden::golden::parts;
use svrkit_runtime::{Bytes, Client, Code, Server, Status, Tlv};

struct Shop;

impl e::Orders for Shop {
    async fn place(&self, order: e::Order) -> Result<e::order::Item, Status> {
        let first = order.items.into_iter().next();
        first.ok_or_else(|| Status::invalid_argument("an order needs an item"))
    }

    async fn get(&self, request: e::Option) -> Result<e::Order, Status> {
        Ok(e::Order { children: vec![request.from_order().clone()], ..Default::default() })
    }

    async fn new_(&self, _: e::String) -> Result<parts::Money, Status> {
        Ok(parts::Money::default())
    }

    async fn new_degraded(&self, _: e::String) -> Result<parts::Money, Status> {
        Ok(parts::Money::default())
    }

    async fn clone_(&self, lists: e::Lists) -> Result<e::Scalars, Status> {
        Ok(lists.scalars.into_iter().next_back().unwrap_or_default())
    }

    async fn r#match(&self, optionals: e::Optionals) -> Result<e::Optionals, Status> {
        Ok(optionals)
    }
}

async fn client() -> Client {
    Server::new()
        .service(e::OrdersServer::from_arc(Arc::new(Shop)))
        .in_process()
        .expect("one service alone has an id of its own")
}

#[tokio::test]
async fn every_scalar_makes_the_round_trip() {
    let scalars = e::Scalars {
        flag: true,
        int32: i32::MIN,
        int64: i64::MIN,
        uint32: u32::MAX,
        uint64: u64::MAX,
        sint32: i32::MIN,
        sint64: i64::MAX,
        fixed_u32: u32::MAX,
        fixed_u64: 1,
        fixed_i32: -1,
        fixed_i64: i64::MIN,
        float: 1.5,
        double: -0.0,
        text: "text".into(),
        blob: Bytes::from_static(b"\0\xff"),
        last: true,
        ..Default::default()
    };
    let lists = e::Lists { scalars: vec![e::Scalars::default(), scalars.clone()], ..Default::default() };
    let answer = e::OrdersClient::new(client().await).clone_(&lists).await.unwrap();
    assert_eq!(answer, scalars);
    assert!(answer.double.is_sign_negative());
}

#[tokio::test]
async fn presence_is_kept() {
    let set = e::Optionals {
        flag: Some(false),
        delta: Some(0),
        stamp: Some(0),
        double: Some(0.0),
        text: Some(String::new()),
        blob: Some(Bytes::new()),
        status: Some(e::Status::Unknown(77)),
        ..Default::default()
    };
    let orders = e::OrdersClient::new(client().await);
    assert_eq!(orders.r#match(&set).await.unwrap(), set);
    assert_eq!(orders.r#match(&e::Optionals::default()).await.unwrap(), e::Optionals::default());
}

#[tokio::test]
async fn lists_packed_and_loose_are_read_back() {
    let lists = e::Lists {
        flags: vec![true, false],
        deltas: vec![i64::MIN, 0, i64::MAX],
        stamps: vec![-1, 0],
        loose_deltas: vec![5, -5],
        doubles: vec![0.5],
        texts: vec!["a".into(), String::new()],
        blobs: vec![Bytes::new(), Bytes::from_static(b"b")],
        statuses: vec![e::Status::Placed, e::Status::Returned, e::Status::Unknown(3)],
        loose_statuses: vec![e::Status::Unspecified],
        ..Default::default()
    };
    assert_eq!(e::Lists::decode(&lists.encode().unwrap()).unwrap(), lists);
}

#[tokio::test]
async fn messages_within_messages_are_read_without_unwrapping() {
    let gift = e::order::item::Gift {
        order: Some(Box::new(e::Order { id: 7, ..Default::default() })),
        ..Default::default()
    };
    let item = e::order::Item { sku: "bread".into(), gift: Some(Box::new(gift)), ..Default::default() };
    let order = e::Order { items: vec![item.clone()], ..Default::default() };
    let orders = e::OrdersClient::new(client().await);
    let answer = orders.place(&order).await.unwrap();
    assert_eq!((answer.gift().order().id, answer.gift().order().first().sku.as_str()), (7, ""));
    assert_eq!(orders.place(&e::Order::default()).await.unwrap_err().code(), Code::InvalidArgument);
}
