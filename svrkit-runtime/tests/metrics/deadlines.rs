//! Deadlines at each stage, and connections that are lost or never were.

use std::time::Duration;

use svrkit_runtime::wire::frame::{Facts, Header, RequestFacts};
use svrkit_runtime::{Client, Context, Limits, Metrics, Server};
use tokio::net::TcpListener;

use crate::endings::counting;
use crate::ledger::check;
use crate::support::{ECHO, Note, Raw, Running, TEST_ID, WAIT};

#[tokio::test]
async fn a_deadline_before_the_call_is_sent() {
    // Nobody accepts: the server of this listener never says hello.
    let metrics = Metrics::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nowhere = Client::builder(listener.local_addr().unwrap().to_string()).metrics(metrics.clone()).lazy();
    for _ in 0..2 {
        let late = nowhere.request::<_, Note>(&ECHO, &Note::number(1)).timeout(Duration::from_millis(20));
        late.await.unwrap_err();
    }
    // That of the call it was made for.
    let over = Context::current().timeout(Duration::ZERO);
    nowhere.request::<_, Note>(&ECHO, &Note::number(1)).context(over).await.unwrap_err();
    let snapshot = check(
        &metrics,
        &[("client test.Test Echo DEADLINE_EXCEEDED", 3)],
        &[("client test.Test Echo connect", 2), ("client test.Test Echo client", 1)],
        &[("client test.Test Echo deadline", 1)],
    )
    .await;
    assert_eq!(snapshot.histogram("svrkit_call_wait_seconds", &[]).unwrap().count(), 0, "none was sent");
}

#[tokio::test]
async fn a_deadline_on_arrival_in_the_handler_and_at_the_client() {
    let metrics = Metrics::new();
    let server = Running::of(Server::new().metrics(metrics.clone())).await;
    let mut raw = Raw::greeted(server.address).await;
    for (call_id, method_id, remaining_us) in [(1, 1, 0), (2, 1, 0), (3, 4, 300_000)] {
        let facts = RequestFacts { service_id: TEST_ID, method_id, remaining_us, ..RequestFacts::default() };
        raw.send(Header::new(call_id, Facts::Request(facts)), &[]).await;
        raw.receive().await.unwrap();
    }
    check(
        &metrics,
        &[("server test.Test Echo DEADLINE_EXCEEDED", 2), ("server test.Test Wait DEADLINE_EXCEEDED", 1)],
        &[("server test.Test Echo admission", 2), ("server test.Test Wait handler", 1)],
        &[("server test.Test Echo deadline", 2)],
    )
    .await;

    // A client that waits for a server that reads nothing more.
    let metrics = Metrics::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = Client::builder(listener.local_addr().unwrap().to_string()).metrics(metrics.clone()).lazy();
    let late = client.request::<_, Note>(&ECHO, &Note::number(1)).timeout(Duration::from_millis(200));
    let waiting = tokio::spawn(late);
    let _raw = Raw::accept(&listener).await;
    waiting.await.unwrap().unwrap_err();
    let snapshot = check(
        &metrics,
        &[("client test.Test Echo DEADLINE_EXCEEDED", 1)],
        &[("client test.Test Echo client", 1)],
        &[],
    )
    .await;
    let took = snapshot.histogram("svrkit_call_duration_seconds", &[("outcome", "failed")]).unwrap();
    assert!(took.sum() >= 200_000_000, "it has had its time: {} ns", took.sum());
}

#[tokio::test]
async fn a_connection_that_is_lost_and_one_that_is_not_there() {
    let metrics = Metrics::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = Client::builder(listener.local_addr().unwrap().to_string()).metrics(metrics.clone()).lazy();
    let waiting: Vec<_> =
        (0..3).map(|_| tokio::spawn(client.request::<_, Note>(&ECHO, &Note::number(1)))).collect();
    let mut raw = Raw::accept(&listener).await;
    for _ in 0..3 {
        raw.receive().await.unwrap();
    }
    drop((raw, listener));
    for waiting in waiting {
        waiting.await.unwrap().unwrap_err();
    }
    client.request::<_, Note>(&ECHO, &Note::number(1)).await.unwrap_err();
    let snapshot = check(
        &metrics,
        &[("client test.Test Echo UNAVAILABLE", 4)],
        &[("client test.Test Echo transport", 3), ("client test.Test Echo connect", 1)],
        &[],
    )
    .await;
    assert_eq!(
        snapshot.histogram("svrkit_call_wait_seconds", &[]).unwrap().count(),
        3,
        "the last was not sent"
    );
}

#[tokio::test]
async fn calls_in_flight_are_those_that_have_not_ended() {
    let (metrics, server, client) = counting(Limits::default()).await;
    let waiting: Vec<_> =
        (0..4).map(|_| tokio::spawn(client.request::<_, Note>(&WAIT, &Note::number(1)))).collect();
    for _ in 0..4 {
        crate::ledger::until(&metrics, |snapshot| {
            snapshot.gauge("svrkit_calls_in_flight", &[("side", "server")]) == 4
        })
        .await;
    }
    server.gate.go.notify_waiters();
    for waiting in waiting {
        waiting.await.unwrap().unwrap();
    }
    check(&metrics, &[("client test.Test Wait OK", 4), ("server test.Test Wait OK", 4)], &[], &[]).await;
}
