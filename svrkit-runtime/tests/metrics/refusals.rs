//! Calls that are refused, and those that a drain cuts.

use std::time::Duration;

use svrkit_runtime::wire::frame::{FLAG_ONEWAY, Header};
use svrkit_runtime::{Client, Envelope, Interceptor, Layer, Limits, Metrics, Next, Reply, Server, Status};

use crate::endings::counting;
use crate::ledger::check;
use crate::support::{ECHO, GROW, Note, Raw, Running, WAIT, request_header};

#[tokio::test]
async fn too_many_calls_at_once() {
    let limits = Limits { calls_in_flight: 1, ..Limits::default() };
    let metrics = Metrics::new();
    let server = Running::of(Server::new().limits(limits).metrics(metrics.clone())).await;
    let mut raw = Raw::greeted(server.address).await;
    raw.send(request_header(1, 4), &[]).await;
    server.gate.started.notified().await;
    // Too many, one of an id that is in use, one that nobody waits for, and one of a method that nobody knows.
    for (call_id, method_id) in [(2, 1), (3, 1), (1, 1), (4, 99)] {
        raw.send(request_header(call_id, method_id), &[]).await;
    }
    raw.send(Header { flags: FLAG_ONEWAY, ..request_header(5, 1) }, &[]).await;
    let full = |line| (line, 4_u64);
    let refused = [full("server test.Test Echo concurrency"), ("server unknown unknown concurrency", 1)];
    crate::ledger::until(&metrics, |snapshot| snapshot.counter("svrkit_calls_refused_total", &[]) == 5).await;
    // The one that runs loses its connection.
    drop(raw);
    server.gate.gone.notified().await;
    check(
        &metrics,
        &[
            full("server test.Test Echo RESOURCE_EXHAUSTED"),
            ("server unknown unknown RESOURCE_EXHAUSTED", 1),
            ("server test.Test Wait CANCELLED", 1),
        ],
        &[
            full("server test.Test Echo admission"),
            ("server unknown unknown admission", 1),
            ("server test.Test Wait client", 1),
        ],
        &refused,
    )
    .await;
}

struct Refuse;

impl Interceptor for Refuse {
    async fn intercept(&self, _: Envelope, _: Next<'_>) -> Result<Reply, Status> {
        Err(Status::unauthenticated("who are you?").layer(Layer::Admission))
    }
}

#[tokio::test]
async fn by_an_interceptor_of_either_side() {
    let metrics = Metrics::new();
    let server = Running::of(Server::new().interceptor(Refuse).metrics(metrics.clone())).await;
    let builder = || Client::builder(server.address.to_string()).metrics(metrics.clone());
    let client = builder().connect().await.unwrap();
    for _ in 0..2 {
        client.request::<_, Note>(&ECHO, &Note::default()).await.unwrap_err();
    }
    // Its own refuses before there is an attempt.
    let own = builder().interceptor(Refuse).connect().await.unwrap();
    own.request::<_, Note>(&ECHO, &Note::default()).await.unwrap_err();
    check(
        &metrics,
        &[("client test.Test Echo UNAUTHENTICATED", 2), ("server test.Test Echo UNAUTHENTICATED", 2)],
        &[("client test.Test Echo admission", 2), ("server test.Test Echo admission", 2)],
        &[],
    )
    .await;
}

#[tokio::test]
async fn a_message_that_is_too_long() {
    let limits = Limits { message_in: 2_000, ..Limits::default() };
    let (metrics, _server, client) = counting(limits).await;
    // One that the server would not take is not sent.
    let long = Note { text: "x".repeat(3_000), ..Note::default() };
    client.request::<_, Note>(&ECHO, &long).await.unwrap_err();
    let narrow = Client::builder(_server.address.to_string())
        .limits(Limits { message_in: 1_000, ..Limits::default() })
        .metrics(metrics.clone())
        .connect()
        .await
        .unwrap();
    narrow.request::<_, Note>(&GROW, &Note::number(1_500)).await.unwrap_err();
    check(
        &metrics,
        &[
            ("client test.Test Echo RESOURCE_EXHAUSTED", 1),
            ("client test.Test Grow RESOURCE_EXHAUSTED", 1),
            ("server test.Test Grow RESOURCE_EXHAUSTED", 1),
        ],
        &[
            ("client test.Test Echo codec", 1),
            ("client test.Test Grow codec", 1),
            ("server test.Test Grow codec", 1),
        ],
        &[
            ("client test.Test Echo size", 1),
            ("client test.Test Grow size", 1),
            ("server test.Test Grow size", 1),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_drain_cuts_what_does_not_end() {
    let limits = Limits { drain_timeout: Duration::from_millis(50), ..Limits::default() };
    let (metrics, server, client) = counting(limits).await;
    let waiting = tokio::spawn(client.request::<_, Note>(&WAIT, &Note::number(1)));
    server.gate.started.notified().await;
    assert_eq!(server.stop().await.calls_cut, 1);
    waiting.await.unwrap().unwrap_err();
    check(
        &metrics,
        &[("client test.Test Wait UNAVAILABLE", 1), ("server test.Test Wait UNAVAILABLE", 1)],
        &[("client test.Test Wait handler", 1), ("server test.Test Wait handler", 1)],
        &[("client test.Test Wait draining", 1), ("server test.Test Wait draining", 1)],
    )
    .await;
}
