//! Hooks: each attempt is told of once when it begins and once when it has ended, however that was, at both sides.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where what it stands on fails")]

mod support;

use std::panic::{catch_unwind, resume_unwind};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use support::{
    ECHO, FAIL, GROW, MISSING, Note, PANIC, Raw, Running, TEST, TEST_ID, TRIP, WAIT, request_header,
};
use svrkit_runtime::wire::frame::{FLAG_ONEWAY, Facts, Header, RequestFacts};
use svrkit_runtime::{
    Call, CallEnd, Cause, Client, Code, Context, Ending, Envelope, Event, Interceptor, Layer, Limits,
    Monitor, Next, Recorder, Reply, Server, Service, ServiceSpec, Side, Spec, Stages, Status, Tlv,
};
use tokio::net::TcpListener;

/// How one attempt ended: who says so, the method, code and cause, and whether it had started.
type End = (Side, &'static str, Code, Cause, bool);

/// Waits until as many attempts have ended as are expected, and compares: what, how often, and in which order for each.
async fn check(recorder: &Recorder, mut expected: Vec<End>) {
    let ended = |events: &[Event]| events.iter().filter(|event| event.ended().is_some()).count();
    let events = recorder.until(|events| ended(events) >= expected.len()).await;
    let mut told: Vec<_> = events
        .iter()
        .filter_map(|event| match event {
            Event::Ended { side, method, code, cause, started, .. } => {
                Some((*side, method.as_str(), *code, *cause, *started))
            }
            _ => None,
        })
        .collect();
    told.sort_by_key(|end| format!("{end:?}"));
    expected.sort_by_key(|end| format!("{end:?}"));
    assert_eq!(told, expected);
    // What has begun has ended, and in this order.
    let mut begun: Vec<(Side, &str)> = Vec::new();
    for event in &events {
        match event {
            Event::Began { side, method } => begun.push((*side, method)),
            Event::Ended { side, method, .. } => {
                let at = begun.iter().position(|begun| *begun == (*side, method.as_str()));
                begun.remove(at.unwrap_or_else(|| panic!("{event:?} without its beginning: {events:#?}")));
            }
            _ => {}
        }
    }
    assert_eq!(begun, [], "of these only the beginning was told");
}

/// A server and a client that tell one recorder.
async fn watched(limits: Limits) -> (Recorder, Running, Client) {
    let recorder = Recorder::default();
    let server = Running::of(Server::new().limits(limits).monitor(recorder.clone())).await;
    let client =
        Client::builder(server.address.to_string()).monitor(recorder.clone()).connect().await.unwrap();
    (recorder, server, client)
}

const CLIENT: Side = Side::Client;
const SERVER: Side = Side::Server;
const NONE: Cause = Cause::None;

#[tokio::test]
async fn every_ending_that_both_sides_see() {
    #[derive(Default, Tlv)]
    struct Wrong {
        #[tlv(2)]
        text: Vec<u8>,
    }
    static STRANGE: Spec = Spec::new("test.Strange", 77, "Ask", 5);
    let (recorder, server, client) = watched(Limits::default()).await;
    let call = |spec: &'static Spec, note: Note| client.request::<_, Note>(spec, &note);
    call(&ECHO, Note::number(1)).await.unwrap();
    call(&FAIL, Note::number(1)).await.unwrap_err();
    call(&PANIC, Note::number(1)).await.unwrap_err();
    call(&TRIP, Note::number(1)).await.unwrap_err();
    call(&MISSING, Note::number(1)).await.unwrap_err();
    call(&STRANGE, Note::number(1)).await.unwrap_err();
    client.request::<_, Note>(&ECHO, &Wrong { text: vec![0xff] }).await.unwrap_err();
    call(&ECHO, Note::number(1_000_000_001)).await.unwrap_err();
    // An answer that its caller cannot read is one for the server.
    client.request::<_, Unreadable>(&ECHO, &Note { text: "x".into(), ..Note::default() }).await.unwrap_err();
    client.oneway(&ECHO, &Note::number(2)).await.unwrap();

    let waiting = tokio::spawn(call(&WAIT, Note::number(3)));
    server.gate.started.notified().await;
    waiting.abort();
    server.gate.gone.notified().await;

    let both = |method, code, server_started| {
        [(CLIENT, method, code, NONE, true), (SERVER, method, code, NONE, server_started)]
    };
    let mut expected: Vec<End> = [
        both("test.Test.Echo", Code::Ok, true),
        both("test.Test.Fail", Code::NotFound, true),
        both("test.Test.Panic", Code::Internal, true),
        both("test.Test.Echo", Code::InvalidArgument, false),
        both("test.Test.Echo", Code::InvalidArgument, false),
        both("test.Test.Echo", Code::Ok, true),
        both("test.Test.Wait", Code::Cancelled, true),
    ]
    .concat();
    expected.extend([
        (CLIENT, "test.Test.Trip", Code::Internal, NONE, true),
        (SERVER, "4000.7", Code::Internal, NONE, false),
        (CLIENT, "test.Test.Missing", Code::Unimplemented, NONE, true),
        (SERVER, "4000.99", Code::Unimplemented, NONE, false),
        (CLIENT, "test.Strange.Ask", Code::Unimplemented, NONE, true),
        (SERVER, "77.5", Code::Unimplemented, NONE, false),
        (CLIENT, "test.Test.Echo", Code::Internal, NONE, true),
        (SERVER, "test.Test.Echo", Code::Ok, NONE, true),
    ]);
    check(&recorder, expected).await;
    let panics: Vec<_> =
        recorder.events().into_iter().filter(|event| matches!(event, Event::Panicked { .. })).collect();
    let [Event::Panicked { method: first, message, place }, Event::Panicked { method: second, .. }] =
        &panics[..]
    else {
        panic!("{panics:?}")
    };
    assert_eq!((first.as_str(), second.as_str()), ("test.Test.Panic", "4000.7"));
    assert!(message.contains("as the test wants it"), "{message}");
    assert!(place.contains("support/mod.rs:"), "{place}");
}

#[tokio::test]
async fn a_panic_that_is_resumed_has_no_place_and_not_that_of_an_older_one() {
    /// Its handlers resume a panic that no hook was told of.
    struct Resuming;

    impl Service for Resuming {
        fn spec(&self) -> &'static ServiceSpec {
            &TEST
        }

        fn dispatch(&self, call: Call) {
            match call.method_id() {
                1 => call.handle(&ECHO, |_: Note| async {
                    // Behind a wait: each poll is its own.
                    tokio::task::yield_now().await;
                    resume_unwind(Box::new("as the test wants it")) as Result<Note, Status>
                }),
                _ => resume_unwind(Box::new("as the test wants it")),
            }
        }
    }

    let recorder = Recorder::default();
    let server = Server::new().service(Resuming).monitor(recorder.clone());
    let client = server.in_process().unwrap();
    for spec in [&ECHO, &TRIP] {
        // On the thread that the handlers run on.
        catch_unwind(|| panic!("older")).unwrap_err();
        let status = client.request::<_, Note>(spec, &Note::default()).await.unwrap_err();
        assert_eq!(status.code(), Code::Internal);
    }
    let panics: Vec<_> = recorder
        .events()
        .into_iter()
        .filter_map(|event| match event {
            Event::Panicked { message, place, .. } => Some((message, place)),
            _ => None,
        })
        .collect();
    assert_eq!(panics, vec![(String::new(), String::new()); 2]);
}

/// What no note is.
#[derive(Debug, Default, Tlv)]
struct Unreadable {
    #[tlv(2)]
    text: Option<Box<Nothing>>,
}

#[derive(Debug, Default, Tlv)]
struct Nothing {}

#[tokio::test]
async fn a_deadline_at_each_stage() {
    // Before there is a connection: nobody accepts, and the server of this listener never says hello.
    let recorder = Recorder::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = listener.local_addr().unwrap().to_string();
    let nowhere = Client::builder(endpoint).monitor(recorder.clone()).lazy();
    let late = nowhere.request::<_, Note>(&ECHO, &Note::number(1)).timeout(Duration::from_millis(20));
    late.await.unwrap_err();
    // Before it is sent at all: that of the call it was made for.
    let over = Context::current().timeout(Duration::ZERO);
    nowhere.request::<_, Note>(&ECHO, &Note::number(1)).context(over).await.unwrap_err();
    let late = |cause| (CLIENT, "test.Test.Echo", Code::DeadlineExceeded, cause, false);
    check(&recorder, vec![late(NONE), late(Cause::Deadline)]).await;

    // On arrival, and in the handler, for a peer that sends no cancel.
    let recorder = Recorder::default();
    let server = Running::of(Server::new().monitor(recorder.clone())).await;
    let mut raw = Raw::greeted(server.address).await;
    for (call_id, method_id, remaining_us) in [(1, 1, 0), (2, 4, 20_000)] {
        let facts = RequestFacts { service_id: TEST_ID, method_id, remaining_us, ..RequestFacts::default() };
        raw.send(Header::new(call_id, Facts::Request(facts)), &[]).await;
        raw.receive().await.unwrap();
    }
    let expected = vec![
        (SERVER, "test.Test.Echo", Code::DeadlineExceeded, Cause::Deadline, false),
        (SERVER, "test.Test.Wait", Code::DeadlineExceeded, NONE, true),
    ];
    check(&recorder, expected).await;
}

#[tokio::test]
async fn every_refusal() {
    let limits = Limits { calls_in_flight: 1, ..Limits::default() };
    let recorder = Recorder::default();
    let server = Running::of(Server::new().limits(limits).monitor(recorder.clone())).await;
    let mut raw = Raw::greeted(server.address).await;
    raw.send(request_header(1, 4), &[]).await;
    server.gate.started.notified().await;
    // One too many, one of an id that is in use, and one that nobody waits for.
    raw.send(request_header(2, 1), &[]).await;
    raw.send(request_header(1, 1), &[]).await;
    raw.send(Header { flags: FLAG_ONEWAY, ..request_header(3, 1) }, &[]).await;
    let full = |method| (SERVER, method, Code::ResourceExhausted, Cause::Concurrency, false);
    let mut expected = vec![full("4000.1"), full("4000.1"), full("4000.1")];
    check_ends(&recorder, &expected).await;
    // The one that runs loses its connection.
    drop(raw);
    server.gate.gone.notified().await;
    expected.push((SERVER, "test.Test.Wait", Code::Cancelled, NONE, true));
    check(&recorder, expected).await;

    let recorder = Recorder::default();
    let refuse = Refuse(Status::unauthenticated("who are you?").layer(Layer::Admission));
    let server = Running::of(Server::new().interceptor(refuse).monitor(recorder.clone())).await;
    server.client().await.request::<_, Note>(&ECHO, &Note::default()).await.unwrap_err();
    check(&recorder, vec![(SERVER, "test.Test.Echo", Code::Unauthenticated, NONE, true)]).await;
}

/// Waits for these ends, whatever else there is.
async fn check_ends(recorder: &Recorder, expected: &[End]) {
    let ended = |events: &[Event]| events.iter().filter(|event| event.ended().is_some()).count();
    recorder.until(|events| ended(events) >= expected.len()).await;
}

struct Refuse(Status);

impl Interceptor for Refuse {
    async fn intercept(&self, _: Envelope, _: Next<'_>) -> Result<Reply, Status> {
        Err(self.0.clone())
    }
}

#[tokio::test]
async fn a_drain_refuses_and_cuts() {
    let limits = Limits { drain_timeout: Duration::from_millis(50), ..Limits::default() };
    let (recorder, server, client) = watched(limits).await;
    let waiting = tokio::spawn(client.request::<_, Note>(&WAIT, &Note::number(1)));
    server.gate.started.notified().await;
    let drained = server.stop().await;
    assert_eq!(drained.calls_cut, 1);
    waiting.await.unwrap().unwrap_err();
    check(
        &recorder,
        vec![
            (SERVER, "test.Test.Wait", Code::Unavailable, Cause::Draining, true),
            (CLIENT, "test.Test.Wait", Code::Unavailable, Cause::Draining, true),
        ],
    )
    .await;
    let events = recorder.until(|events| events.contains(&Event::Drained(drained))).await;
    let order = |wanted: &dyn Fn(&Event) -> bool| events.iter().position(wanted).unwrap();
    let opened = order(&|event| matches!(event, Event::Opened { side: SERVER, .. }));
    let ended = order(&|event| matches!(event, Event::ConnectionEnded { side: SERVER, .. }));
    assert!(opened < ended);
}

#[tokio::test]
async fn a_server_that_dies_and_one_that_is_away() {
    let recorder = Recorder::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = listener.local_addr().unwrap().to_string();
    let client = Client::builder(&endpoint).monitor(recorder.clone()).lazy();
    let waiting = tokio::spawn(client.request::<_, Note>(&ECHO, &Note::number(1)));
    let mut raw = Raw::accept(&listener).await;
    raw.receive().await.unwrap();
    drop((raw, listener));
    waiting.await.unwrap().unwrap_err();
    client.request::<_, Note>(&ECHO, &Note::number(1)).await.unwrap_err();
    let unavailable = |started| (CLIENT, "test.Test.Echo", Code::Unavailable, NONE, started);
    check(&recorder, vec![unavailable(true), unavailable(false)]).await;
}

#[tokio::test]
async fn a_request_that_is_never_awaited_is_no_attempt() {
    let (recorder, _server, client) = watched(Limits::default()).await;
    drop(client.request::<_, Note>(&ECHO, &Note::number(1)));
    client.request::<_, Note>(&ECHO, &Note::number(1)).await.unwrap();
    check(
        &recorder,
        vec![
            (CLIENT, "test.Test.Echo", Code::Ok, NONE, true),
            (SERVER, "test.Test.Echo", Code::Ok, NONE, true),
        ],
    )
    .await;
}

#[tokio::test]
async fn an_answer_that_is_too_long_is_a_failure() {
    let recorder = Recorder::default();
    let server = Running::of(Server::new().monitor(recorder.clone())).await;
    let limits = Limits { message_in: 1000, ..Limits::default() };
    let client = Client::builder(server.address.to_string()).limits(limits).connect().await.unwrap();
    client.request::<_, Note>(&GROW, &Note::number(2000)).await.unwrap_err();
    check(&recorder, vec![(SERVER, "test.Test.Grow", Code::ResourceExhausted, Cause::Size, true)]).await;
}

#[tokio::test]
async fn in_process_the_same_is_told() {
    let recorder = Recorder::default();
    let test = support::Test::default();
    let server = Server::new().service(test).monitor(recorder.clone());
    let client = server.in_process().unwrap();
    client.request::<_, Note>(&ECHO, &Note::number(1)).await.unwrap();
    client.request::<_, Note>(&FAIL, &Note::number(1)).await.unwrap_err();
    client.request::<_, Note>(&PANIC, &Note::number(1)).await.unwrap_err();
    client.request::<_, Note>(&MISSING, &Note::number(1)).await.unwrap_err();
    check(
        &recorder,
        vec![
            (SERVER, "test.Test.Echo", Code::Ok, NONE, true),
            (SERVER, "test.Test.Fail", Code::NotFound, NONE, true),
            (SERVER, "test.Test.Panic", Code::Internal, NONE, true),
            (SERVER, "4000.99", Code::Unimplemented, NONE, false),
        ],
    )
    .await;
}

#[tokio::test]
async fn sizes_peers_and_who_calls_are_told() {
    /// Peer, length of request and answer, label.
    type Told = (String, usize, usize, Option<String>);
    #[derive(Clone, Default)]
    struct Keep(Arc<Mutex<Vec<Told>>>);
    impl Monitor for Keep {
        fn call_ended(&self, end: &CallEnd<'_>) {
            let label = end.call.context.label("tenant").map(str::to_owned);
            self.0.lock().unwrap().push((
                end.call.peer.into(),
                end.call.request_len,
                end.response_len,
                label,
            ));
        }
    }
    let keep = Keep::default();
    let server = Running::of(Server::new().monitor(keep.clone())).await;
    let endpoint = server.address.to_string();
    let client = Client::builder(&endpoint).name("shop").monitor(keep.clone()).connect().await.unwrap();
    let context = Context::current().with_label("tenant", "blue");
    let request = client.request::<_, Note>(&GROW, &Note::number(100)).context(context);
    let response_len = request.await.unwrap().encode().unwrap().len();
    let told = keep.0.lock().unwrap().clone();
    let request_len = Note::number(100).encode().unwrap().len();
    let of = |peer: &str| -> Told { (peer.to_owned(), request_len, response_len, Some("blue".to_owned())) };
    assert_eq!(told, [of("shop"), of(&endpoint)]);
}

#[tokio::test]
async fn stages_come_in_their_order_and_only_where_they_are_wanted() {
    struct Keep(bool, Arc<Mutex<Option<Stages>>>);
    impl Monitor for Keep {
        fn wants_stages(&self) -> bool {
            self.0
        }
        fn call_ended(&self, end: &CallEnd<'_>) {
            *self.1.lock().unwrap() = Some(end.stages);
        }
    }
    for wants_stages in [true, false] {
        let stages = Arc::new(Mutex::new(None));
        let server = Server::new().monitor(Keep(wants_stages, Arc::clone(&stages)));
        let server = Running::of(server).await;
        server.client().await.request::<_, Note>(&ECHO, &Note::number(1)).await.unwrap();
        let stages = stages.lock().unwrap().take().unwrap();
        assert_eq!((stages.decoded.is_some(), stages.handled.is_some()), (wants_stages, wants_stages));
        let mut instants = vec![stages.began];
        instants.extend([stages.decoded, stages.started, stages.handled].into_iter().flatten());
        instants.push(stages.ended);
        assert!(instants.is_sorted(), "{instants:?}");
        assert!(stages.wait().unwrap() <= stages.latency());
    }
}

#[tokio::test]
async fn a_client_tells_of_its_connections() {
    let recorder = Recorder::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = listener.local_addr().unwrap().to_string();
    let connection = |event: &Event| match event {
        Event::Opened { side, peer } => Some((*side, peer.clone(), None)),
        Event::ConnectionEnded { side, peer, ending } => Some((*side, peer.clone(), Some(*ending))),
        _ => None,
    };
    let told = async |count: usize| {
        let of = |events: &[Event]| -> Vec<_> { events.iter().filter_map(connection).collect() };
        of(&recorder.until(|events| of(events).len() >= count).await)
    };
    let at = |ending| (CLIENT, endpoint.clone(), ending);
    // Left by dropping the client, closed by the server, lost in the middle of a frame, broken.
    let connect = async || {
        let client = Client::builder(&endpoint).monitor(recorder.clone());
        let (raw, client) = tokio::join!(Raw::accept(&listener), client.connect());
        (raw, client.unwrap())
    };
    let (_raw, client) = connect().await;
    drop(client);
    assert_eq!(told(2).await, [at(None), at(Some(Ending::Left))]);
    let (raw, _client) = connect().await;
    drop(raw);
    assert_eq!(told(4).await[2..], [at(None), at(Some(Ending::Closed))]);
    let (mut raw, _client) = connect().await;
    raw.send_bytes(&Header::new(0, Facts::Ping(1)).to_bytes()[..20]).await;
    drop(raw);
    assert_eq!(told(6).await[4..], [at(None), at(Some(Ending::Lost))]);
    let (mut raw, _client) = connect().await;
    raw.send(Header::new(1, Facts::Cancel), &[]).await;
    assert_eq!(told(8).await[6..], [at(None), at(Some(Ending::Protocol))]);
    // Nobody there.
    drop(listener);
    let away = Client::builder(&endpoint).monitor(recorder.clone()).connect().await;
    away.unwrap_err();
    assert_eq!(told(9).await[8..], [at(Some(Ending::NotOpened))]);
}

#[tokio::test]
async fn connections_are_told_of_by_how_they_end() {
    let recorder = Recorder::default();
    let limits = Limits { connections: 1, hello_timeout: Duration::from_secs(60), ..Limits::default() };
    let server = Running::of(Server::new().limits(limits).monitor(recorder.clone())).await;
    let ended = |count: usize| {
        let recorder = recorder.clone();
        async move {
            let ends = |events: &[Event]| -> Vec<Ending> {
                let ending = |event: &Event| match event {
                    Event::ConnectionEnded { ending, .. } => Some(*ending),
                    _ => None,
                };
                events.iter().filter_map(ending).collect()
            };
            let events = recorder.until(|events| ends(events).len() == count).await;
            *ends(&events).last().unwrap()
        }
    };
    // Turned away while another has the one place.
    let held = Raw::greeted(server.address).await;
    let turned_away = Raw::connect(server.address).await;
    assert_eq!(ended(1).await, Ending::Limit);
    drop(turned_away);
    drop(held);
    assert_eq!(ended(2).await, Ending::Closed);

    // The place is free when its end has been told; a server may take a moment for the next.
    let mut raw = Raw::greeted(server.address).await;
    raw.send_bytes(&Header::new(1, Facts::Cancel).to_bytes()[..20]).await;
    drop(raw);
    assert_eq!(ended(3).await, Ending::Lost);

    let mut raw = Raw::connect(server.address).await;
    raw.send_bytes(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n").await;
    drop(raw);
    assert_eq!(ended(4).await, Ending::Protocol);
    let opened = recorder.events().iter().filter(|event| matches!(event, Event::Opened { .. })).count();
    assert_eq!(opened, 2);
}
