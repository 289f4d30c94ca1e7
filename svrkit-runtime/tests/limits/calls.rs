//! How many calls there may be, how much of them, and for how long.

use std::time::Duration;

use svrkit_runtime::wire::frame::{Facts, Header};
use svrkit_runtime::{Call, Cause, Client, Code, Layer, Limits, Server, Service, ServiceSpec, Spec, Tlv};
use tokio::time::sleep;

use crate::support::{self, ECHO, Note, Raw, Running, WAIT, words};
use crate::{check, note_of};

#[tokio::test]
pub(crate) async fn calls_in_flight() {
    let server = Running::with(Limits { calls_in_flight: 2, ..Limits::default() }).await;
    let client = server.client().await;
    let wait = || tokio::spawn(client.request::<_, Note>(&WAIT, &Note::default()));
    let (first, second) = (wait(), wait());
    server.gate.started.notified().await;
    server.gate.started.notified().await;
    // The caller knows the server's limit and waits for a place, until its deadline.
    let late = client.request::<_, Note>(&ECHO, &Note::default()).timeout(Duration::from_millis(20));
    let status = late.await.unwrap_err();
    assert_eq!(status.code(), Code::DeadlineExceeded);
    assert!(
        status.message().contains("no place among 2 calls in flight (the server's calls.in_flight)"),
        "{status}"
    );
    let third = tokio::spawn(client.request::<_, Note>(&ECHO, &Note::number(3)));
    server.gate.go.notify_one();
    server.gate.go.notify_one();
    assert!(first.await.unwrap().is_ok() && second.await.unwrap().is_ok());
    assert_eq!(third.await.unwrap().unwrap().number, 3, "their places are free again");

    let mut raw = Raw::greeted(server.address).await;
    for call_id in 1..=3 {
        raw.send(support::request_header(call_id, 4), b"").await;
    }
    let refusal = raw.receive().await.unwrap();
    assert_eq!(refusal.header.call_id, 3);
    assert_eq!(
        words(&refusal),
        "2 calls are in flight on this connection already (the server's calls.in_flight)"
    );
}

#[tokio::test]
pub(crate) async fn calls_bytes() {
    let limits = Limits { message_in: 10_000, calls_bytes: 20_000, ..Limits::default() };
    let server = Running::with(limits).await;
    let client = server.client().await;
    let wait = || tokio::spawn(client.request::<_, Note>(&WAIT, &note_of(10_000)));
    let (first, second) = (wait(), wait());
    server.gate.started.notified().await;
    server.gate.started.notified().await;
    let echo = |len| client.request::<_, Note>(&ECHO, &note_of(len));
    check(
        &echo(4096).await.unwrap_err(),
        Cause::Concurrency,
        "the requests in flight on this connection would have more than 20000 bytes (the server's calls.bytes)",
    );
    assert!(echo(4095).await.is_ok(), "what is short is not counted");
    server.gate.go.notify_one();
    server.gate.go.notify_one();
    assert!(first.await.unwrap().is_ok() && second.await.unwrap().is_ok());
    assert!(echo(10_000).await.is_ok(), "their bytes are free again");

    // In process it is the same; and the longest message has room alone, whatever the limit is.
    let limits = Limits { calls_bytes: 5000, ..limits };
    let test = support::Test::default();
    let (gate, client) = (std::sync::Arc::clone(&test.0), Server::new().limits(limits).service(test));
    let client = client.in_process().unwrap();
    let waiting = tokio::spawn(client.request::<_, Note>(&WAIT, &note_of(5000)));
    gate.started.notified().await;
    let echo = |len| client.request::<_, Note>(&ECHO, &note_of(len));
    assert!(echo(5000).await.is_ok());
    check(
        &echo(5001).await.unwrap_err(),
        Cause::Concurrency,
        "more than 10000 bytes (the server's calls.bytes)",
    );
    gate.go.notify_one();
    assert!(waiting.await.unwrap().is_ok());
}

#[tokio::test]
pub(crate) async fn calls_memory() {
    let limits = Limits { message_in: 10_000, calls_memory: 20_000, ..Limits::default() };
    let server = Running::with(limits).await;
    // Each on a connection of its own, which has room for more.
    let (one, other) = (server.client().await, server.client().await);
    let wait = |client: &Client| tokio::spawn(client.request::<_, Note>(&WAIT, &note_of(10_000)));
    let waiting = (wait(&one), wait(&other));
    server.gate.started.notified().await;
    server.gate.started.notified().await;
    let third = server.client().await;
    let echo = |len| third.request::<_, Note>(&ECHO, &note_of(len));
    check(
        &echo(4096).await.unwrap_err(),
        Cause::Concurrency,
        "the requests in flight at the server would have more than 20000 bytes (the server's calls.memory)",
    );
    assert!(echo(4095).await.is_ok(), "what is short is not counted");
    server.gate.go.notify_one();
    server.gate.go.notify_one();
    assert!(waiting.0.await.unwrap().is_ok() && waiting.1.await.unwrap().is_ok());
    assert!(echo(10_000).await.is_ok(), "their bytes are free again");
}

#[tokio::test]
pub(crate) async fn outbound_queue() {
    let limits =
        Limits { outbound_queue: 64 << 10, drain_timeout: Duration::from_millis(10), ..Limits::default() };
    let server = Running::with(limits).await;
    let client = server.client().await;
    // More answers than the sockets' buffers hold, none of them read.
    let asked = 64;
    let body = Note::number(1 << 20).encode().unwrap();
    let asks = (1..=asked).flat_map(|call_id| {
        let header = Header { body_len: body.len() as u32, ..support::request_header(call_id, 5) };
        [&header.to_bytes()[..], &body].concat()
    });
    let asks: Vec<u8> = asks.collect();
    // By one write, so that all are read before the first answer stops the reading.
    let ask = async |raw: &mut Raw| raw.send_bytes(&asks).await;
    let mut reader = Raw::greeted(server.address).await;
    ask(&mut reader).await;
    // A call of somebody else's goes on meanwhile.
    assert!(client.request::<_, Note>(&ECHO, &Note::default()).await.is_ok());
    // Who reads in the end gets everything.
    let mut answered: Vec<u32> = Vec::new();
    for _ in 0..asked {
        answered.push(reader.receive().await.unwrap().header.call_id);
    }
    answered.sort_unstable();
    assert_eq!(answered, (1..=asked).collect::<Vec<_>>());

    // Who never reads keeps his own calls in flight: their answers are not piled up.
    let mut never = Raw::greeted(server.address).await;
    ask(&mut never).await;
    assert!(client.request::<_, Note>(&ECHO, &Note::default()).await.is_ok());
    drop((client, reader));
    let drained = server.stop().await;
    assert!(drained.calls_cut > asked as usize / 2, "{drained}");
    assert_eq!(drained.connections_cut, 1, "{drained}");
}

#[tokio::test]
pub(crate) async fn deadline_default() {
    static PATIENT: Spec = Spec::new("test.Test", support::TEST_ID, "Wait", 4);
    let server = Running::start().await;
    let limits = Limits { deadline_default: Duration::from_millis(20), ..Limits::default() };
    let client = Client::builder(server.address.to_string()).limits(limits).connect().await.unwrap();
    let status = client.request::<_, Note>(&PATIENT, &Note::default()).await.unwrap_err();
    assert_eq!(status.code(), Code::DeadlineExceeded);
    assert!(status.message().contains("20 ms (deadline.default)"), "{status}");
}

/// Takes its time, and counts.
struct Slow;

const SLOW_ID: u32 = 4100;

/// Answers after `number` milliseconds.
static PAUSE: Spec = Spec::new("test.Slow", SLOW_ID, "Pause", 1)
    .messages("test.Note", "test.Note")
    .timeout(Duration::from_secs(30));
static SLOW: ServiceSpec = ServiceSpec::new("test.Slow", SLOW_ID, &[&PAUSE]);

impl Service for Slow {
    fn spec(&self) -> &'static ServiceSpec {
        &SLOW
    }

    fn dispatch(&self, call: Call) {
        call.handle(&PAUSE, |note: Note| async move {
            sleep(Duration::from_millis(note.number)).await;
            Ok(note)
        });
    }
}

fn slow(limits: Limits) -> Client {
    Server::new().limits(limits).service(Slow).in_process().unwrap()
}

#[tokio::test(start_paused = true)]
pub(crate) async fn deadline_max() {
    let client = slow(Limits { deadline_max: Duration::from_millis(500), ..Limits::default() });
    let pause = |number| client.request::<_, Note>(&PAUSE, &Note::number(number));
    assert_eq!(pause(499).await.unwrap().number, 499);
    let status = pause(501).await.unwrap_err();
    assert_eq!((status.code(), status.facts().layer), (Code::DeadlineExceeded, Layer::Handler));
    assert!(status.message().contains("the server's deadline.max"), "{status}");
}

#[tokio::test]
pub(crate) async fn deadline_max_beyond_every_clock() {
    let server = Running::with(Limits { deadline_max: Duration::MAX, ..Limits::default() }).await;
    let mut raw = Raw::greeted(server.address).await;
    let mut header = support::request_header(1, 1);
    let Facts::Request(facts) = &mut header.facts else { unreachable!("it is a request's") };
    // No deadline: as long as the server gives.
    facts.remaining_us = u32::MAX;
    raw.send(header, b"").await;
    assert_eq!(raw.receive().await.unwrap().header.call_id, 1);
}

#[tokio::test]
pub(crate) async fn drain_timeout() {
    for (drain_timeout, cut) in [(Duration::from_secs(3600), 0), (Duration::ZERO, 1)] {
        let server = Running::with(Limits { drain_timeout, ..Limits::default() }).await;
        let client = server.client().await;
        let gate = std::sync::Arc::clone(&server.gate);
        let waiting = tokio::spawn(client.request::<_, Note>(&WAIT, &Note::default()));
        gate.started.notified().await;
        let stopping = tokio::spawn(server.stop());
        if cut == 0 {
            gate.go.notify_one();
        }
        let outcome = waiting.await.unwrap();
        drop(client);
        assert_eq!(stopping.await.unwrap().calls_cut, cut);
        match outcome {
            Ok(_) => assert_eq!(cut, 0),
            Err(status) => {
                assert_eq!(
                    (cut, status.code(), status.facts().cause),
                    (1, Code::Unavailable, Cause::Draining)
                );
                assert!(status.message().contains("(drain.timeout)"), "{status}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
pub(crate) async fn health_timeout() {
    let timeout = Duration::from_millis(300);
    let server = Server::new().limits(Limits { health_timeout: timeout, ..Limits::default() });
    for (name, takes) in
        [("in time", timeout - Duration::from_millis(1)), ("late", timeout + Duration::from_millis(1))]
    {
        server.health().readiness_check(name, move || async move {
            sleep(takes).await;
            Ok::<_, String>(())
        });
    }
    let health = svrkit_runtime::health::HealthClient::new(server.in_process().unwrap());
    let reply = health.ready(&Default::default()).await.unwrap();
    let obstacles: Vec<_> = reply.obstacles.iter().map(|it| (&*it.name, &*it.reason)).collect();
    assert_eq!(obstacles, [("late", "no result within 300 ms (health.timeout)")]);
}
