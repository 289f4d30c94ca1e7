//! Oneway calls: ready when they have left, and served whatever becomes of their callers.

use std::sync::Arc;
use std::time::Duration;

use svrkit_runtime::wire::frame::{FLAG_ONEWAY, Facts, Header, RequestFacts};
use svrkit_runtime::{Client, Code, Event, Limits, Recorder, Server, Tlv};

use crate::service::{ID, NOTE, in_process, note, streams};
use crate::support::{Note, Raw, Running, WAIT, words};

#[tokio::test]
async fn a_oneway_call_is_ready_while_its_handler_runs_and_outlives_its_caller() {
    let (service, mut told) = streams();
    let bound = Server::new().service(service.clone()).bind("127.0.0.1:0").await.unwrap();
    let address = bound.local_addr().socket_addr().unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = tokio::spawn(bound.run_until(async {
        let _ = stopped.await;
    }));
    let over_a_socket = Client::connect(address.to_string()).await.unwrap();
    for client in [over_a_socket, in_process(&service, Limits::default())] {
        client.oneway(&NOTE, &note(7, "wait")).await.unwrap();
        assert_eq!(told.recv().await.unwrap(), "began 7");
        drop(client);
        service.go.notify_one();
        assert_eq!(told.recv().await.unwrap(), "ended 7");
    }
    stop.send(()).unwrap();
    assert_eq!(serving.await.unwrap().calls_cut, 0);
}

#[tokio::test]
async fn a_oneway_call_is_not_answered_whatever_comes_of_it_and_counts_among_those_in_flight() {
    let (service, mut told) = streams();
    let limits = Limits { calls_in_flight: 1, ..Limits::default() };
    let bound = Server::new().limits(limits).service(service.clone()).bind("127.0.0.1:0").await.unwrap();
    let address = bound.local_addr().socket_addr().unwrap();
    let serving = tokio::spawn(bound.run_until(std::future::pending()));
    let mut raw = Raw::greeted(address).await;
    let request = |call_id, method_id, flags| {
        let facts =
            RequestFacts { service_id: ID, method_id, remaining_us: u32::MAX, ..RequestFacts::default() };
        Header { flags, ..Header::new(call_id, Facts::Request(facts)) }
    };
    let waiting = note(1, "wait").encode().unwrap();
    raw.send(request(1, 4, FLAG_ONEWAY), &waiting).await;
    assert_eq!(told.recv().await.unwrap(), "began 1");
    // Over the limit, undecodable, of no method: nothing is said of any.
    raw.send(request(2, 4, FLAG_ONEWAY), &waiting).await;
    raw.send(request(3, 4, 0), &waiting).await;
    let refusal = raw.receive().await.unwrap();
    assert_eq!(refusal.header.call_id, 3);
    assert!(words(&refusal).contains("calls.in_flight"), "{refusal:?}");
    service.go.notify_one();
    assert_eq!(told.recv().await.unwrap(), "ended 1");
    raw.send(request(4, 4, FLAG_ONEWAY), b"\xff").await;
    raw.send(request(5, 99, FLAG_ONEWAY), b"").await;
    loop {
        raw.send(request(6, 4, 0), b"").await;
        let refusal = raw.receive().await.unwrap();
        assert_eq!(refusal.header.call_id, 6);
        if words(&refusal).contains("is oneway here") {
            break;
        }
        // The first one's place is given back a moment after its last words.
        assert!(words(&refusal).contains("calls.in_flight"), "{refusal:?}");
    }
    serving.abort();
}

#[tokio::test]
async fn a_drain_waits_for_what_nobody_waits_for_and_says_what_it_cut() {
    for in_time in [true, false] {
        let drain_timeout = Duration::from_millis(if in_time { 60_000 } else { 20 });
        let recorder = Recorder::default();
        let limits = Limits { drain_timeout, ..Limits::default() };
        let server = Running::of(Server::new().limits(limits).monitor(recorder.clone())).await;
        let client = server.client().await;
        client.oneway(&WAIT, &Note::number(1)).await.unwrap();
        server.gate.started.notified().await;
        // Its caller leaves for good.
        drop(client);
        let has_left = |event: &Event| matches!(event, Event::ConnectionEnded { .. });
        recorder.until(|events| events.iter().any(has_left)).await;
        let gate = Arc::clone(&server.gate);
        let stopping = tokio::spawn(server.stop());
        if in_time {
            tokio::task::yield_now().await;
            gate.go.notify_one();
        }
        let drained = stopping.await.unwrap();
        assert_eq!(drained.calls_cut, usize::from(!in_time));
        let ended: Vec<Code> = recorder.events().iter().filter_map(Event::ended).collect();
        assert_eq!(ended, [if in_time { Code::Ok } else { Code::Unavailable }]);
    }
}
