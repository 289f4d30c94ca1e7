//! How many handlers may be under way, and how many calls wait for them.

use std::net::Ipv4Addr;
use std::time::Duration;
use svrkit_runtime::wire::frame::{Facts, Frame};
use svrkit_runtime::{Cause, Code, Config, Limits, Server, Tlv};

use crate::support::{Note, Raw, Running, request_header, words};

const WAIT: u16 = 4;
const ECHO: u16 = 1;

#[tokio::test]
pub(crate) async fn handlers_running() {
    let limits = Limits { handlers_running: 2, queue_calls: 0, ..Limits::default() };
    let server = Running::with(limits).await;
    let mut raw = Raw::greeted(server.address).await;
    for call_id in 1..=2 {
        raw.send(request_header(call_id, WAIT), b"").await;
        server.gate.started.notified().await;
    }
    raw.send(request_header(3, WAIT), b"").await;
    let refused = raw.receive().await.unwrap();
    assert_eq!(refused.header.call_id, 3);
    check(&refused);
}

#[tokio::test]
pub(crate) async fn queue_calls() {
    let server = Running::with(Limits { handlers_running: 1, queue_calls: 2, ..Limits::default() }).await;
    let mut raw = Raw::greeted(server.address).await;
    for call_id in 1..=4 {
        raw.send(request_header(call_id, WAIT), b"").await;
    }
    let refused = raw.receive().await.unwrap();
    assert_eq!(refused.header.call_id, 4);
    check(&refused);
    for call_id in 1..=3 {
        server.gate.started.notified().await;
        server.gate.go.notify_one();
        assert_eq!(raw.receive().await.unwrap().header.call_id, call_id);
    }
}

#[tokio::test]
pub(crate) async fn queue_wait() {
    let refused = flood(Duration::from_millis(1), usize::MAX).await.unwrap();
    check(&refused);
    assert!(flood(Duration::from_secs(3600), 20).await.is_none(), "an hour's calls have room");
}

/// Nine callers, each by an address of its own, and eight places: one has to go, and has its burst again.
#[tokio::test]
pub(crate) async fn rate_callers() {
    for (places, forgotten) in [(8, 1), (1024, 0)] {
        let rates = Config::builder().set("server.caller_rate", "1/min burst 1").load().unwrap();
        let limits = Limits { rate_callers: places, ..Limits::default() };
        let server = Running::of(Server::new().config(&rates).limits(limits)).await;
        let mut callers = Vec::new();
        for host in 1..=9 {
            let mut raw = Raw::greeted_from(Ipv4Addr::new(127, 0, 0, host), server.address).await;
            raw.send(request_header(1, ECHO), b"").await;
            assert_eq!(code(&raw.receive().await.unwrap()), Code::Ok.number(), "its first");
            callers.push(raw);
        }
        let mut taken = 0;
        for raw in &mut callers {
            // Who is forgotten takes the place of another one: after the first it would be everybody in turn.
            raw.send(request_header(2, ECHO), b"").await;
            let answer = raw.receive().await.unwrap();
            if code(&answer) == Code::Ok.number() {
                taken += 1;
                break;
            }
            assert!(words(&answer).contains("calls of this caller come too often"), "{}", words(&answer));
        }
        assert_eq!(taken, forgotten, "{places} places");
    }
}

fn code(answer: &Frame) -> u8 {
    let Facts::Response(facts) = answer.header.facts else { panic!("{answer:?}") };
    facts.code
}

/// What is refused first of bursts of calls, at most so many, to a server that holds one of two handlers.
async fn flood(queue_wait: Duration, bursts: usize) -> Option<Frame> {
    let server = Running::with(Limits { handlers_running: 2, queue_wait, ..Limits::default() }).await;
    let mut raw = Raw::greeted(server.address).await;
    raw.send(request_header(1, WAIT), b"").await;
    server.gate.started.notified().await;
    let body = Note::number(7).encode().unwrap();
    for burst in 0..bursts {
        let ids = (2..502).map(|call| (burst * 500) as u32 + call);
        for call_id in ids.clone() {
            raw.send(request_header(call_id, ECHO), &body).await;
        }
        for _ in ids {
            let answer = raw.receive().await.unwrap();
            let Facts::Response(facts) = answer.header.facts else { panic!("{answer:?}") };
            if facts.cause == Cause::Queue.number() {
                return Some(answer);
            }
            assert_eq!(facts.code, Code::Ok.number(), "{}", words(&answer));
        }
    }
    None
}

#[track_caller]
fn check(refused: &Frame) {
    let Facts::Response(facts) = refused.header.facts else { panic!("{refused:?}") };
    assert_eq!((facts.code, facts.cause), (Code::ResourceExhausted.number(), Cause::Queue.number()));
    let words = words(refused);
    assert!(words.contains("queue.wait"), "{words}");
}
