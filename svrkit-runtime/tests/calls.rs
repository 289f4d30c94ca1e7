//! Calls from end to end, over real sockets and in process: both go the same way but for what carries them.

mod support;

use std::time::Duration;

use support::{ECHO, FAIL, GROW, METADATA, Note, PANIC, Running, TRIP, Test, WAIT};
use svrkit_runtime::wire::frame::{Facts, Header};
use svrkit_runtime::{
    Cause, Client, Code, Layer, Limits, Party, RouteKey, Server, Status, Tlv, UnknownFields,
};
use tokio::net::TcpListener;

/// Runs a test over a socket and in process.
macro_rules! both_ways {
    ($($name:ident: $test:expr;)+) => {$(
        #[tokio::test]
        async fn $name() {
            // Thousands of calls are more than a slow machine ends in the time that calls are to wait.
            let queue_wait = Duration::from_secs(60);
            let server = Running::with(Limits { queue_wait, ..Limits::default() }).await;
            let client = server.client().await;
            ($test)(client.clone(), server.gate.clone()).await;
            drop(client);
            assert_eq!(server.stop().await.calls_cut, 0);

            let test = Test::default();
            let gate = test.0.clone();
            ($test)(Server::new().service(test).in_process().unwrap(), gate).await;
        }
    )+};
}

type Gate = std::sync::Arc<support::Gate>;

async fn echo(client: &Client, number: u64) -> Result<Note, Status> {
    client.request(&ECHO, &Note::number(number)).await
}

both_ways! {
    a_call_is_answered: async |client: Client, _: Gate| {
        let note = Note { number: 7, text: "seven".into(), payload: vec![1; 70_000].into(), ..Note::default() };
        let answer: Note = client.request(&ECHO, &note).await.unwrap();
        assert_eq!(answer, note);
    };

    many_calls_share_a_connection_and_answers_come_in_any_order: async |client: Client, gate: Gate| {
        let waiting = client.request::<_, Note>(&WAIT, &Note::number(1));
        let waiting = tokio::spawn(waiting);
        gate.started.notified().await;
        let calls: Vec<_> = (0..500).map(|number| {
            let client = client.clone();
            tokio::spawn(async move { (number, echo(&client, number).await) })
        }).collect();
        for call in calls {
            let (number, answer) = call.await.unwrap();
            assert_eq!(answer.unwrap().number, number);
        }
        gate.go.notify_one();
        assert_eq!(waiting.await.unwrap().unwrap().number, 1);
    };

    a_status_keeps_its_facts_and_gains_the_method_and_the_endpoint: async |client: Client, _: Gate| {
        let status = client.request::<_, Note>(&FAIL, &Note::number(7)).await.unwrap_err();
        assert_eq!((status.code(), status.message()), (Code::NotFound, "note 7 is not here"));
        let facts = status.facts();
        assert_eq!((facts.party, facts.layer, facts.error_code), (Party::Caller, Layer::Handler, 1001));
        assert_eq!(facts.method.unwrap().to_string(), "test.Test.Fail");
        assert_eq!(facts.endpoint, Some(client.target()));
    };

    a_panic_is_internal_for_its_caller_alone: async |client: Client, gate: Gate| {
        let waiting = tokio::spawn(client.request::<_, Note>(&WAIT, &Note::number(1)));
        gate.started.notified().await;
        let status = client.request::<_, Note>(&PANIC, &Note::number(1)).await.unwrap_err();
        assert_eq!((status.code(), status.facts().party), (Code::Internal, Party::Callee));
        assert!(status.message().contains("panicked"), "{status}");
        gate.go.notify_one();
        assert_eq!(waiting.await.unwrap().unwrap().number, 1);
    };

    a_panic_before_the_handler_is_internal_as_well: async |client: Client, _: Gate| {
        let status = client.request::<_, Note>(&TRIP, &Note::number(1)).await.unwrap_err();
        assert_eq!((status.code(), status.facts().party), (Code::Internal, Party::Callee));
        assert_eq!(echo(&client, 2).await.unwrap().number, 2, "the connection goes on");
    };

    more_calls_than_the_server_takes_at_once_wait_for_their_places: async |client: Client, _: Gate| {
        let calls: Vec<_> = (0..3000).map(|number| tokio::spawn(client.request(&ECHO, &Note::number(number)))).collect();
        for (call, number) in calls.into_iter().zip(0..) {
            let answer: Note = call.await.unwrap().unwrap();
            assert_eq!(answer.number, number);
        }
    };

    a_request_awaited_after_its_end_says_so: async |client: Client, _: Gate| {
        let mut request = client.request::<_, Note>(&ECHO, &Note::number(1));
        assert_eq!((&mut request).await.unwrap().number, 1);
        assert!(request.await.unwrap_err().message().contains("awaited after its end"));
    };

    a_dropped_request_stops_its_handler: async |client: Client, gate: Gate| {
        let waiting = tokio::spawn(client.request::<_, Note>(&WAIT, &Note::number(1)));
        gate.started.notified().await;
        waiting.abort();
        gate.gone.notified().await;
        assert_eq!(echo(&client, 2).await.unwrap().number, 2);
    };

    a_deadline_ends_the_wait_and_the_handler: async |client: Client, gate: Gate| {
        let request = client.request::<_, Note>(&WAIT, &Note::number(1)).timeout(Duration::from_millis(20));
        let status = request.await.unwrap_err();
        assert_eq!((status.code(), status.facts().layer), (Code::DeadlineExceeded, Layer::Client));
        gate.gone.notified().await;
    };

    a_timeout_beyond_any_clock_is_a_long_time: async |client: Client, _: Gate| {
        let request = client.request::<_, Note>(&ECHO, &Note::number(1)).timeout(Duration::MAX);
        assert_eq!(request.await.unwrap().number, 1);
    };

    metadata_travels_beside_the_message: async |client: Client, _: Gate| {
        let note = Note { text: "color".into(), ..Note::default() };
        let request = client.request::<_, Note>(&METADATA, &note).metadata("color", "red").metadata("size", "xl");
        assert_eq!(request.await.unwrap().payload, "red");
    };

    what_cannot_be_decoded_is_the_callers_fault_and_says_where: async |client: Client, _: Gate| {
        #[derive(Default, Tlv)]
        struct Wrong {
            #[tlv(2)]
            text: Vec<u8>,
        }
        let status = client.request::<_, Note>(&ECHO, &Wrong { text: vec![0xff] }).await.unwrap_err();
        assert_eq!((status.code(), status.facts().party), (Code::InvalidArgument, Party::Caller));
        assert!(status.message().contains("Note.text"), "{status}");
    };

    all_broken_constraints_are_told_at_once_and_start_no_handler: async |client: Client, gate: Gate| {
        let note = Note { number: 1_000_000_001, text: "x".repeat(100_001), ..Note::default() };
        let status = client.request::<_, Note>(&WAIT, &note).await.unwrap_err();
        assert_eq!((status.code(), status.facts().party), (Code::InvalidArgument, Party::Caller));
        assert_eq!(
            status.message(),
            "Note.number: must be at most 1000000000, is 1000000001; Note.text: must be at most 100000 bytes, is 100001"
        );
        let started = tokio::time::timeout(Duration::ZERO, gate.started.notified()).await;
        assert!(started.is_err(), "the handler has started");
    };

    unknown_fields_come_back: async |client: Client, _: Gate| {
        #[derive(Clone, Debug, Default, PartialEq, Tlv)]
        struct Newer {
            #[tlv(1)]
            number: u64,
            #[tlv(1000)]
            news: String,
            #[tlv(unknown)]
            unknown: UnknownFields,
        }
        let newer = Newer { number: 1, news: "kept".into(), ..Newer::default() };
        assert_eq!(client.request::<_, Newer>(&ECHO, &newer).await.unwrap(), newer);
    };

    large_answers_arrive_among_small_ones: async |client: Client, _: Gate| {
        let calls: Vec<_> = (0..40).map(|round| {
            let number = if round % 4 == 0 { 1 << 20 } else { round };
            tokio::spawn(client.request::<_, Note>(&GROW, &Note::number(number)))
        }).collect();
        for call in calls {
            let note = call.await.unwrap().unwrap();
            assert_eq!(note.payload.len() as u64, note.number);
        }
    };
}

#[tokio::test]
async fn a_route_key_travels_as_its_hash_in_the_header() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = listener.local_addr().unwrap().to_string();
    let (mut peer, client) = tokio::join!(support::Raw::accept(&listener), Client::connect(&endpoint));
    let client = client.unwrap();
    for (request, expected) in [
        (client.request::<_, Note>(&ECHO, &Note::number(1)), 0),
        (client.request(&ECHO, &Note::number(2)).route_key(&7_u64), 7_u64.route_hash()),
        (client.request(&ECHO, &Note::number(3)).route_key("alice"), "alice".route_hash()),
    ] {
        let call = tokio::spawn(request);
        let frame = peer.receive().await.unwrap();
        let Facts::Request(facts) = frame.header.facts else { panic!("{frame:?}") };
        assert_eq!(facts.route_hash, expected);
        peer.send(Header::new(frame.header.call_id, Facts::Response(Default::default())), &frame.body).await;
        call.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn two_services_of_one_id_are_refused_by_name() {
    let server = Server::new().service(Test::default()).service(Test::default());
    let error = server.bind("127.0.0.1:0").await.unwrap_err();
    assert_eq!(error.to_string(), "the service test.Test was added twice");
}

#[tokio::test]
async fn a_lost_connection_is_opened_again_by_the_next_request() {
    let server = Running::start().await;
    let address = server.address.to_string();
    let client = server.client().await;
    assert_eq!(echo(&client, 1).await.unwrap().number, 1);
    server.stop().await;
    let status = echo(&client, 2).await.unwrap_err();
    assert_eq!((status.code(), status.facts().layer), (Code::Unavailable, Layer::Connect));

    let bound = Server::new().service(Test::default()).bind(&address).await.unwrap();
    let task = tokio::spawn(bound.run_until(std::future::pending()));
    assert_eq!(echo(&client, 3).await.unwrap().number, 3);
    task.abort();
}

#[tokio::test]
async fn a_draining_server_answers_what_it_has_and_refuses_the_rest() {
    let server = Running::start().await;
    let client = server.client().await;
    let mut raw = support::Raw::greeted(server.address).await;
    let gate = server.gate.clone();
    let waiting = tokio::spawn(client.request::<_, Note>(&WAIT, &Note::number(1)));
    gate.started.notified().await;
    let stopping = tokio::spawn(server.stop());

    let goaway = raw.receive().await.unwrap();
    assert_eq!(support::words(&goaway), "the server is about to stop");
    raw.send(support::request_header(5, 1), &Note::number(1).encode().unwrap()).await;
    let refusal = raw.receive().await.unwrap();
    let svrkit_runtime::wire::frame::Facts::Response(facts) = refusal.header.facts else {
        panic!("{refusal:?}")
    };
    assert_eq!((facts.code, facts.cause), (Code::Unavailable.number(), Cause::Draining.number()));

    gate.go.notify_one();
    assert_eq!(waiting.await.unwrap().unwrap().number, 1);
    drop(raw);
    let drained = stopping.await.unwrap();
    assert_eq!((drained.calls_cut, drained.to_string().as_str()), (0, "every call was answered"));
}

#[tokio::test]
async fn a_drain_cuts_what_does_not_end_and_says_so() {
    let limits = svrkit_runtime::Limits { drain_timeout: Duration::from_millis(10), ..Default::default() };
    let server = Running::with(limits).await;
    let client = server.client().await;
    let gate = server.gate.clone();
    let waiting = tokio::spawn(client.request::<_, Note>(&WAIT, &Note::number(1)));
    gate.started.notified().await;
    let drained = server.stop().await;
    assert_eq!(drained.calls_cut, 1);
    assert!(drained.to_string().contains("drain.timeout"), "{drained}");
    let status = waiting.await.unwrap().unwrap_err();
    assert_eq!((status.code(), status.facts().cause), (Code::Unavailable, Cause::Draining));
}

#[tokio::test]
async fn a_deadline_that_is_over_starts_no_handler() {
    let server = Running::start().await;
    let mut raw = support::Raw::greeted(server.address).await;
    let mut header = support::request_header(5, 4);
    let Facts::Request(facts) = &mut header.facts else { panic!("{header:?}") };
    facts.remaining_us = 0;
    raw.send(header, &Note::number(1).encode().unwrap()).await;
    let refusal = raw.receive().await.unwrap();
    let Facts::Response(facts) = refusal.header.facts else { panic!("{refusal:?}") };
    assert_eq!((facts.code, facts.cause), (Code::DeadlineExceeded.number(), Cause::Deadline.number()));
    let started = tokio::time::timeout(Duration::ZERO, server.gate.started.notified()).await;
    assert!(started.is_err(), "the handler has started");
}

#[tokio::test]
async fn an_answer_that_comes_after_the_cancel_is_not_sent() {
    let server = Running::start().await;
    let mut raw = support::Raw::greeted(server.address).await;
    raw.send(support::request_header(5, 4), &Note::number(1).encode().unwrap()).await;
    server.gate.started.notified().await;
    // Both are there before the handler runs again: it ends, and nobody waits for it any more.
    server.gate.go.notify_one();
    raw.send(Header::new(5, Facts::Cancel), b"").await;
    server.gate.gone.notified().await;
    raw.send(support::request_header(5, 1), &Note::number(2).encode().unwrap()).await;
    let next = raw.receive().await.unwrap();
    if next.header.call_id == 5 && Note::decode(&next.body).is_ok_and(|note| note.number == 1) {
        // The handler was quicker than the cancel: then its answer came first, and the new call's comes now.
        assert_eq!(Note::decode(&raw.receive().await.unwrap().body).unwrap().number, 2);
    } else {
        assert_eq!(Note::decode(&next.body).unwrap().number, 2);
    }
}

#[tokio::test]
async fn a_server_whose_future_is_dropped_serves_no_more() {
    let bound = Server::new().service(Test::default()).bind("127.0.0.1:0").await.unwrap();
    let address = bound.local_addr().to_string();
    let serving = tokio::spawn(bound.run_until(std::future::pending()));
    let client = Client::connect(&address).await.unwrap();
    assert_eq!(echo(&client, 1).await.unwrap().number, 1);
    serving.abort();
    assert!(serving.await.unwrap_err().is_cancelled());
    let status = Client::connect(&address).await.unwrap_err();
    assert_eq!((status.code(), status.facts().layer), (Code::Unavailable, Layer::Connect));
}
