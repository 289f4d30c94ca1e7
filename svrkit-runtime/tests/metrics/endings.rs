//! Calls that come to their handler, or to nobody's.

use svrkit_runtime::{Client, Limits, Metrics, Server, Spec, Tlv};

use crate::ledger::{check, counted, lines};
use crate::support::{ECHO, FAIL, GROW, MISSING, Note, PANIC, Running, TRIP, WAIT};

/// A server and a client that count in the same place.
pub(crate) async fn counting(limits: Limits) -> (Metrics, Running, Client) {
    let metrics = Metrics::limited(&limits);
    let server = Running::of(Server::new().limits(limits).metrics(metrics.clone())).await;
    let client =
        Client::builder(server.address.to_string()).metrics(metrics.clone()).connect().await.unwrap();
    (metrics, server, client)
}

/// What no note is.
#[derive(Debug, Default, Tlv)]
struct Unreadable {
    #[tlv(2)]
    text: Option<Box<Nothing>>,
}

#[derive(Debug, Default, Tlv)]
struct Nothing {}

#[derive(Default, Tlv)]
struct Wrong {
    #[tlv(2)]
    text: Vec<u8>,
}

static STRANGE: Spec = Spec::new("test.Strange", 77, "Ask", 5);

#[tokio::test]
async fn every_ending_is_counted_once_at_either_side() {
    let (metrics, server, client) = counting(Limits::default()).await;
    let call = |spec: &'static Spec, note: Note| client.request::<_, Note>(spec, &note);
    for _ in 0..5 {
        call(&ECHO, Note::number(1)).await.unwrap();
    }
    for (spec, count) in [(&FAIL, 4), (&PANIC, 3), (&TRIP, 2), (&MISSING, 2), (&STRANGE, 3)] {
        for _ in 0..count {
            call(spec, Note::number(1)).await.unwrap_err();
        }
    }
    for _ in 0..2 {
        client.request::<_, Note>(&ECHO, &Wrong { text: vec![0xff] }).await.unwrap_err();
    }
    call(&ECHO, Note::number(1_000_000_001)).await.unwrap_err();
    let text = Note { text: "x".into(), ..Note::default() };
    for _ in 0..3 {
        client.request::<_, Unreadable>(&ECHO, &text).await.unwrap_err();
    }
    for _ in 0..6 {
        client.oneway(&ECHO, &Note::number(2)).await.unwrap();
    }
    for _ in 0..2 {
        let waiting = tokio::spawn(call(&WAIT, Note::number(3)));
        server.gate.started.notified().await;
        assert_eq!(
            metrics.snapshot().gauge("svrkit_calls_in_flight", &[("method", "Wait")]),
            2,
            "one at each side"
        );
        waiting.abort();
        server.gate.gone.notified().await;
    }
    // Made, and never awaited: no attempt.
    drop(call(&ECHO, Note::number(1)));

    let calls = [
        ("client test.Test Echo OK", 5 + 6),
        ("server test.Test Echo OK", 5 + 3 + 6),
        ("client test.Test Fail NOT_FOUND", 4),
        ("server test.Test Fail NOT_FOUND", 4),
        ("client test.Test Panic INTERNAL", 3),
        ("server test.Test Panic INTERNAL", 3),
        ("client test.Test Trip INTERNAL", 2),
        ("server unknown unknown INTERNAL", 2),
        ("client test.Test Missing UNIMPLEMENTED", 2),
        ("client test.Strange Ask UNIMPLEMENTED", 3),
        ("server unknown unknown UNIMPLEMENTED", 2 + 3),
        ("client test.Test Echo INVALID_ARGUMENT", 2 + 1),
        ("server test.Test Echo INVALID_ARGUMENT", 2 + 1),
        ("client test.Test Echo INTERNAL", 3),
        ("client test.Test Wait CANCELLED", 2),
        ("server test.Test Wait CANCELLED", 2),
    ];
    let failed = [
        ("client test.Test Fail handler", 4),
        ("server test.Test Fail handler", 4),
        ("client test.Test Panic handler", 3),
        ("server test.Test Panic handler", 3),
        ("client test.Test Trip handler", 2),
        ("server unknown unknown handler", 2),
        ("client test.Test Missing dispatch", 2),
        ("client test.Strange Ask dispatch", 3),
        ("server unknown unknown dispatch", 2 + 3),
        ("client test.Test Echo codec", 2 + 1 + 3),
        ("server test.Test Echo codec", 2 + 1),
        ("client test.Test Wait client", 2),
        ("server test.Test Wait client", 2),
    ];
    let snapshot = check(&metrics, &calls, &failed, &[]).await;
    assert_eq!(
        counted(&snapshot, "svrkit_handler_panics_total"),
        lines(&[("test.Test Panic", 3), ("unknown unknown", 2)])
    );
    let waits = |side| {
        let labels = [("side", side), ("service", "test.Test"), ("method", "Echo")];
        snapshot.histogram("svrkit_call_wait_seconds", &labels).unwrap().count()
    };
    // At the client all of them were sent, at the server three did not get as far as a handler.
    assert_eq!((waits("client"), waits("server")), (17, 14));
    assert_eq!(counted(&snapshot, "svrkit_metrics_uncounted_total"), lines(&[]));
}

#[tokio::test]
async fn in_process_the_services_count() {
    let metrics = Metrics::new();
    let server = Server::new().service(crate::support::Test::default()).metrics(metrics.clone());
    let client = server.in_process().unwrap();
    for _ in 0..3 {
        client.request::<_, Note>(&ECHO, &Note::number(1)).await.unwrap();
    }
    client.request::<_, Note>(&FAIL, &Note::number(1)).await.unwrap_err();
    client.request::<_, Note>(&TRIP, &Note::number(1)).await.unwrap_err();
    let calls = [
        ("server test.Test Echo OK", 3),
        ("server test.Test Fail NOT_FOUND", 1),
        ("server unknown unknown INTERNAL", 1),
    ];
    let failed = [("server test.Test Fail handler", 1), ("server unknown unknown handler", 1)];
    check(&metrics, &calls, &failed, &[]).await;
}

#[tokio::test]
async fn lengths_add_up_to_the_byte() {
    let (metrics, _server, client) = counting(Limits::default()).await;
    let (mut requests, mut responses) = (0, 0);
    for number in [0, 1, 100, 5_000, 70_000] {
        let note = Note::number(number);
        let answer = client.request::<_, Note>(&GROW, &note).await.unwrap();
        requests += note.encode().unwrap().len() as u64;
        responses += answer.encode().unwrap().len() as u64;
    }
    let both = [("client test.Test Grow OK", 5), ("server test.Test Grow OK", 5)];
    let snapshot = check(&metrics, &both, &[], &[]).await;
    for side in ["client", "server"] {
        let sum = |name| snapshot.histogram(name, &[("side", side), ("method", "Grow")]).unwrap().sum();
        assert_eq!(
            (sum("svrkit_request_bytes"), sum("svrkit_response_bytes")),
            (requests, responses),
            "{side}"
        );
    }
    let lengths = snapshot.histogram("svrkit_response_bytes", &[("side", "server")]).unwrap();
    let longest = lengths.percentile(100.0).unwrap();
    assert!((65_536..131_072).contains(&longest), "70,000 and a few bytes lie there, {longest} does not");
}

#[tokio::test]
async fn who_counts_nothing_counts_nothing() {
    let metrics = Metrics::new();
    let server = Running::of(Server::new().metrics(metrics.clone()).without_metrics()).await;
    let client = Client::builder(server.address.to_string()).without_metrics().connect().await.unwrap();
    client.request::<_, Note>(&ECHO, &Note::number(1)).await.unwrap();
    for snapshot in [metrics.snapshot(), Metrics::process().snapshot()] {
        assert_eq!(counted(&snapshot, "svrkit_calls_total"), lines(&[]));
    }
}
