//! A service with a method of every kind, served in process.

use std::collections::BTreeMap;
use std::sync::Arc;

use svrkit_golden::golden::everything as e;
use svrkit_golden::golden::everything::payment::Payer;
use svrkit_runtime::{Bytes, Client, Code, ErrorCode, Receiver, Sender, Server, Status};

use super::check_round_trip;

struct Desk;

impl e::Desk for Desk {
    async fn pay(&self, payment: e::Payment) -> Result<e::Settings, e::OrderError> {
        match payment.payer {
            Some(Payer::Uin(1)) => Err(e::OrderError::SoldOut),
            Some(Payer::Uin(uin)) => Err(e::OrderError::TooBusy(e::Settings {
                retries: u32::try_from(uin).ok(),
                ..Default::default()
            })),
            _ => Ok(e::Settings::default()),
        }
    }

    async fn keep(&self, maps: e::Maps) -> Result<e::Maps, Status> {
        Ok(maps)
    }

    async fn watch(&self, settings: e::Settings, mut out: Sender<e::Order>) -> Result<(), Status> {
        for id in 0..u64::from(settings.retries()) {
            out.send(&e::Order { id, ..Default::default() }).await?;
        }
        Ok(())
    }

    async fn upload(&self, mut orders: Receiver<e::Order>) -> Result<e::Maps, Status> {
        let mut maps = e::Maps::default();
        while let Some(order) = orders.next().await? {
            maps.orders.insert(order.id, order);
        }
        Ok(maps)
    }

    async fn talk(&self, mut orders: Receiver<e::Order>, mut out: Sender<e::Order>) -> Result<(), Status> {
        while let Some(order) = orders.next().await? {
            out.send(&order).await?;
        }
        Ok(())
    }

    async fn note(&self, _: e::Payment) -> Result<(), Status> {
        Ok(())
    }

    #[expect(deprecated, reason = "it is served as long as somebody may call it")]
    async fn place_old(&self, order: e::OldOrder) -> Result<e::OldOrder, Status> {
        Ok(order)
    }
}

pub(crate) fn client() -> Client {
    Server::new().service(e::DeskServer::from_arc(Arc::new(Desk))).in_process().unwrap()
}

fn desk() -> e::DeskClient {
    e::DeskClient::new(client())
}

/// One that breaks nothing.
fn payment(payer: Payer) -> e::Payment {
    e::Payment { payer: Some(payer), rate: 1.0, receipt: Some(e::Order::default()), ..Default::default() }
}

#[tokio::test]
async fn a_request_that_keeps_its_constraints_reaches_the_handler() {
    let paid = desk().pay(&payment(Payer::CardNumber("4000000000001".into()))).await.unwrap();
    assert_eq!((paid.retries(), paid.ratio(), paid.title()), (100_000, 0.1, "none"));
    assert_eq!(
        (paid.status(), paid.blob(), paid.delta(), paid.is_on()),
        (e::Status::Placed, "\"é".as_bytes(), -1, true)
    );
}

#[tokio::test]
async fn a_request_that_breaks_its_constraints_is_told_all_of_them_at_once() {
    let broken = e::Payment {
        payer: Some(Payer::Uin(0)),
        cents: -101,
        rate: f64::INFINITY,
        notes: vec![String::new(), "x".repeat(81), String::new(), String::new()],
        pin: Bytes::from_static(b"12345"),
        ..Default::default()
    };
    let status = desk().pay(&broken).await.unwrap_err();
    let expected = "Payment.cents: must be at least -100, is -101; Payment.rate: must be finite; \
                    Payment.payer.uin: must be at least 1, is 0; Payment.notes[1]: must be at most 80 bytes, is 81; \
                    Payment.notes: must have at most 3 items, has 4; Payment.pin: must be at most 4 bytes; \
                    Payment.receipt: is required";
    assert_eq!((status.code(), status.message()), (Code::InvalidArgument, expected));
}

#[tokio::test]
async fn an_error_of_the_service_comes_back_as_it_was() {
    let status = desk().pay(&payment(Payer::Uin(1))).await.unwrap_err();
    assert_eq!((status.code(), status.message()), (Code::FailedPrecondition, "nothing left to sell"));
    assert_eq!(e::OrderError::from_status(&status), Some(e::OrderError::SoldOut));

    let status = desk().pay(&payment(Payer::Uin(7))).await.unwrap_err();
    assert_eq!(status.code(), Code::ResourceExhausted);
    let detail = e::Settings { retries: Some(7), ..Default::default() };
    assert_eq!(e::OrderError::from_status(&status), Some(e::OrderError::TooBusy(detail)));
    assert_eq!(e::DESK_PAY.errors, e::OrderError::NAME);
}

#[tokio::test]
async fn maps_come_back_from_a_call() {
    let maps = e::Maps {
        labels: BTreeMap::from([("a".into(), "b".into())]),
        deltas: BTreeMap::from([(-1, i64::MIN)]),
        orders: BTreeMap::from([(7, e::Order { id: 7, ..Default::default() })]),
        statuses: BTreeMap::from([(true, e::Status::Returned)]),
        ..Default::default()
    };
    check_round_trip(&maps);
    assert_eq!(desk().keep(&maps).await.unwrap(), maps);
}

#[tokio::test]
async fn streams_run_in_every_direction() {
    let mut watched = desk().watch(&e::Settings { retries: Some(3), ..Default::default() });
    let mut ids = Vec::new();
    while let Some(order) = watched.next().await.unwrap() {
        ids.push(order.id);
    }
    assert_eq!(ids, [0, 1, 2]);

    let mut uploaded = desk().upload();
    for id in [5, 6] {
        uploaded.send(&e::Order { id, ..Default::default() }).await.unwrap();
    }
    let maps = uploaded.finish().await.unwrap();
    assert_eq!(maps.orders.keys().copied().collect::<Vec<_>>(), [5, 6]);

    let mut talk = desk().talk();
    for id in [8, 9] {
        talk.send(&e::Order { id, ..Default::default() }).await.unwrap();
        assert_eq!(talk.next().await.unwrap().unwrap().id, id);
    }
    talk.end().await.unwrap();
    assert_eq!(talk.next().await.unwrap(), None);
}

#[tokio::test]
async fn what_is_noted_is_not_answered() {
    desk().note(&payment(Payer::Uin(2))).await.unwrap();
}
