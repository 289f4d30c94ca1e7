//! Streams between the ends of one process, and oneway calls over both: how each can end, and who waits for whom.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper of tests that panics fails its test")]

mod support;

use std::sync::Arc;
use std::time::Duration;

use support::{Note, Raw, words};
use svrkit_runtime::wire::frame::{FLAG_ONEWAY, Facts, Header, RequestFacts};
use svrkit_runtime::{
    Call, Cause, Client, Code, Context, Envelope, Event, Interceptor, Limits, Next, Receiver, Recorder,
    Reply, RouteKey, Sender, Server, Service, ServiceSpec, Spec, Status, Streaming, Tlv,
};
use tokio::sync::{Notify, mpsc};

const ID: u32 = 4001;

const fn spec(method: &'static str, method_id: u16, streaming: Streaming) -> Spec {
    Spec::new("test.Streams", ID, method, method_id)
        .messages("test.Note", "test.Note")
        .timeout(Duration::from_secs(30))
        .streaming(streaming)
}

/// Counts from 0 to below the request's number, then ends as its text says.
static COUNT: Spec = spec("Count", 1, Streaming::Server);
/// Sums the numbers up; fails at the first text.
static SUM: Spec = spec("Sum", 2, Streaming::Client);
/// Sends each note back.
static CHAT: Spec = spec("Chat", 3, Streaming::Both);
static NOTE: Spec = spec("Note", 4, Streaming::Unary).oneway();
static STREAMS: ServiceSpec = ServiceSpec::new("test.Streams", ID, &[&COUNT, &SUM, &CHAT, &NOTE]);

#[derive(Clone)]
struct Streams {
    /// What handlers saw, in words.
    seen: mpsc::UnboundedSender<String>,
    go: Arc<Notify>,
}

fn streams() -> (Streams, mpsc::UnboundedReceiver<String>) {
    let (seen, told) = mpsc::unbounded_channel();
    (Streams { seen, go: Arc::default() }, told)
}

impl Streams {
    fn tell(&self, words: impl Into<String>) {
        self.seen.send(words.into()).unwrap();
    }

    async fn count(self, request: Note, mut out: Sender<Note>) -> Result<(), Status> {
        for number in 0..request.number {
            if let Err(status) = out.send(&Note::number(number)).await {
                self.tell(format!("{}", status.code()));
                return Err(status);
            }
            self.tell(format!("sent {number}"));
        }
        match request.text.as_str() {
            "fail" => Err(Status::not_found("no more notes")),
            "panic" => panic!("as the test wants it"),
            "wait" => {
                self.go.notified().await;
                Ok(())
            }
            "outlive" => {
                tokio::spawn(async move {
                    self.go.notified().await;
                    let outcome = out.send(&Note::number(99)).await;
                    self.tell(format!("{:?}", outcome.map_err(|status| status.code())));
                });
                Ok(())
            }
            _ => Ok(()),
        }
    }

    async fn sum(self, mut requests: Receiver<Note>) -> Result<Note, Status> {
        let mut sum = 0;
        loop {
            match requests.next().await {
                Ok(Some(note)) if note.text.is_empty() => sum += note.number,
                Ok(Some(note)) if note.text == "enough" => return Ok(Note::number(sum)),
                Ok(Some(note)) => return Err(Status::failed_precondition(note.text)),
                Ok(None) => return Ok(Note::number(sum)),
                Err(status) => {
                    self.tell(status.message());
                    return Err(status);
                }
            }
        }
    }

    async fn chat(self, mut requests: Receiver<Note>, mut out: Sender<Note>) -> Result<(), Status> {
        loop {
            match requests.next().await {
                Ok(Some(note)) => out.send(&note).await?,
                Ok(None) => return Ok(()),
                Err(status) => {
                    self.tell(status.message());
                    return Err(status);
                }
            }
        }
    }

    async fn note(self, note: Note) -> Result<(), Status> {
        self.tell(format!("began {}", note.number));
        if note.text == "wait" {
            self.go.notified().await;
        }
        self.tell(format!("ended {}", note.number));
        Err(Status::internal("nobody hears this"))
    }
}

impl Service for Streams {
    fn spec(&self) -> &'static ServiceSpec {
        &STREAMS
    }

    fn dispatch(&self, call: Call) {
        let it = self.clone();
        match call.method_id() {
            1 => call.handle_server_stream(&COUNT, |request, out| it.count(request, out)),
            2 => call.handle_client_stream(&SUM, |requests| it.sum(requests)),
            3 => call.handle_both_streams(&CHAT, |requests, out| it.chat(requests, out)),
            4 => call.handle_oneway(&NOTE, |note| it.note(note)),
            _ => call.refuse_unknown_method(&STREAMS),
        }
    }
}

fn in_process(streams: &Streams, room: usize) -> Client {
    let limits = Limits { stream_room: room, ..Limits::default() };
    Server::new().limits(limits).service(streams.clone()).in_process().unwrap()
}

fn note(number: u64, text: &str) -> Note {
    Note { text: text.to_owned(), ..Note::number(number) }
}

#[tokio::test]
async fn a_server_stream_ends_as_its_handler_does() {
    let (service, _told) = streams();
    let client = in_process(&service, 4);
    for (text, ended) in [
        ("", Ok(())),
        ("fail", Err((Code::NotFound, "no more notes"))),
        ("panic", Err((Code::Internal, "the handler panicked; the server's log has the place"))),
    ] {
        let mut stream = client.server_stream::<_, Note>(&COUNT, &note(10, text));
        for number in 0..10 {
            assert_eq!(stream.next().await.unwrap().unwrap().number, number);
        }
        // It stays as it is.
        for _ in 0..2 {
            let end = stream.next().await;
            let end = end.as_ref().map(|end| assert_eq!(*end, None)).map_err(|it| (it.code(), it.message()));
            assert_eq!(end, ended, "{text}");
        }
    }
    let mut stream = client.server_stream::<_, Note>(&COUNT, &note(0, "fail"));
    let status = stream.next().await.unwrap_err();
    assert_eq!(
        (status.facts().method.unwrap().method, status.facts().endpoint),
        ("Count", Some("in process"))
    );
}

#[tokio::test]
async fn a_sender_waits_when_as_many_messages_wait_as_there_is_room_for() {
    let (service, mut told) = streams();
    let mut stream = in_process(&service, 3).server_stream::<_, Note>(&COUNT, &note(9, ""));
    assert_eq!(stream.next().await.unwrap().unwrap().number, 0);
    tokio::task::yield_now().await;
    let mut sent = 0;
    while let Ok(words) = told.try_recv() {
        assert_eq!(words, format!("sent {sent}"));
        sent += 1;
    }
    assert_eq!(sent, 4, "one was taken, three wait");
    while stream.next().await.unwrap().is_some() {}
}

#[tokio::test]
async fn a_stream_that_is_dropped_stops_its_handler() {
    let (service, mut told) = streams();
    let client = in_process(&service, 1);
    let mut stream = client.server_stream::<_, Note>(&COUNT, &note(1_000_000, ""));
    assert_eq!(stream.next().await.unwrap().unwrap().number, 0);
    drop(stream);
    drop(client);
    drop(service);
    // All that could tell is gone with the handler.
    while told.recv().await.is_some() {}
}

#[tokio::test]
async fn what_a_sender_sends_after_its_handler_goes_nowhere() {
    let (service, mut told) = streams();
    let mut stream = in_process(&service, 4).server_stream::<_, Note>(&COUNT, &note(1, "outlive"));
    assert_eq!(stream.next().await.unwrap().unwrap().number, 0);
    assert_eq!(stream.next().await.unwrap(), None);
    service.go.notify_one();
    assert_eq!(told.recv().await.unwrap(), "sent 0");
    assert_eq!(told.recv().await.unwrap(), "Err(Cancelled)");
}

#[tokio::test(start_paused = true)]
async fn the_first_answer_has_to_come_before_the_call_above_ends() {
    let (service, _told) = streams();
    let client = in_process(&service, 16);
    let began = tokio::time::Instant::now();
    let context = svrkit_runtime::Context::current().timeout(Duration::from_secs(2));
    let late = async {
        let mut stream = client.server_stream::<_, Note>(&COUNT, &note(0, "wait"));
        let late = stream.next().await.unwrap_err();
        (late, client.server_stream::<_, Note>(&COUNT, &note(1, "")).next().await.unwrap_err())
    };
    let (late, unsent) = context.scope(late).await;
    assert_eq!(began.elapsed(), Duration::from_secs(2));
    assert_eq!((late.code(), unsent.code()), (Code::DeadlineExceeded, Code::DeadlineExceeded));
    assert!(late.message().contains("2000 ms (what is left to the call it was made for)"), "{late}");
    assert!(unsent.message().contains("before it was sent"), "{unsent}");
}

#[tokio::test(start_paused = true)]
async fn a_place_for_a_stream_is_waited_for_no_longer_than_for_its_first_answer() {
    let (service, mut told) = streams();
    let limits = Limits { calls_in_flight: 1, ..Limits::default() };
    let client = Server::new().limits(limits).service(service).in_process().unwrap();
    let mut first = client.server_stream::<_, Note>(&COUNT, &note(1, "wait"));
    assert_eq!(first.next().await.unwrap().unwrap().number, 0);
    assert_eq!(told.recv().await.unwrap(), "sent 0");

    let began = tokio::time::Instant::now();
    let mut second =
        client.server_stream::<_, Note>(&COUNT, &note(1, "wait")).timeout(Duration::from_secs(5));
    let status = second.next().await.unwrap_err();
    assert_eq!((status.code(), began.elapsed()), (Code::DeadlineExceeded, Duration::from_secs(5)));
    let words = "no place among 1 calls in flight (the server's calls.in_flight) within 5000 ms";
    assert!(status.message().starts_with(words), "{status}");
    let context = Context::current().timeout(Duration::from_secs(2));
    let late = async { client.server_stream::<_, Note>(&COUNT, &note(1, "")).next().await.unwrap_err() };
    let status = context.scope(late).await;
    assert!(status.message().contains("2000 ms (what is left to the call it was made for)"), "{status}");
}

#[tokio::test(start_paused = true)]
async fn the_first_answer_has_to_come_in_time_and_the_next_one_has_not() {
    let (service, _told) = streams();
    let client = in_process(&service, 4);
    let mut stream =
        client.server_stream::<_, Note>(&COUNT, &note(0, "wait")).timeout(Duration::from_secs(5));
    let status = stream.next().await.unwrap_err();
    assert_eq!(status.code(), Code::DeadlineExceeded);
    assert!(status.message().contains("within 5000 ms (the call's timeout)"), "{status}");

    let mut stream =
        client.server_stream::<_, Note>(&COUNT, &note(1, "wait")).timeout(Duration::from_secs(5));
    assert_eq!(stream.next().await.unwrap().unwrap().number, 0);
    let go = Arc::clone(&service.go);
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_secs(3600)).await;
        go.notify_one();
    });
    assert_eq!(stream.next().await.unwrap(), None);
}

#[tokio::test]
async fn a_client_stream_is_answered_when_it_is_finished_or_earlier() {
    let (service, _told) = streams();
    let client = in_process(&service, 2);
    let mut stream = client.client_stream::<Note, Note>(&SUM);
    for number in 1..=10 {
        stream.send(&Note::number(number)).await.unwrap();
    }
    assert_eq!(stream.finish().await.unwrap().number, 55);
    assert_eq!(client.client_stream::<Note, Note>(&SUM).finish().await.unwrap().number, 0);

    let mut stream = client.client_stream::<Note, Note>(&SUM);
    stream.send(&note(7, "")).await.unwrap();
    stream.send(&note(0, "enough")).await.unwrap();
    let refused = loop {
        if let Err(status) = stream.send(&note(1, "")).await {
            break status;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(refused.code(), Code::Cancelled);
    assert_eq!(stream.finish().await.unwrap().number, 7);
}

#[tokio::test]
async fn a_handlers_error_reaches_who_sends() {
    let (service, _told) = streams();
    let client = in_process(&service, 2);
    let mut stream = client.client_stream::<Note, Note>(&SUM);
    stream.send(&note(0, "not like this")).await.unwrap();
    let status = loop {
        if let Err(status) = stream.send(&note(1, "")).await {
            break status;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!((status.code(), status.message()), (Code::FailedPrecondition, "not like this"));
    assert_eq!(stream.finish().await.unwrap_err().message(), "not like this");
}

#[tokio::test]
async fn messages_of_a_stream_are_held_to_their_constraints_and_limits() {
    let (service, mut told) = streams();
    let client = in_process(&service, 2);
    let mut stream = client.client_stream::<Note, Note>(&SUM);
    stream.send(&Note::number(1_000_000_001)).await.unwrap();
    let status = stream.finish().await.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
    assert_eq!(told.recv().await.unwrap(), "Note.number: must be at most 1000000000, is 1000000001");

    let payload = vec![0; 4 << 20].into();
    let mut stream = client.client_stream::<Note, Note>(&SUM);
    let status = stream.send(&Note { payload, ..Note::default() }).await.unwrap_err();
    assert_eq!((status.code(), status.facts().cause), (Code::ResourceExhausted, Cause::Size));
    assert!(status.message().contains("message.in"), "{status}");
    stream.send(&Note::number(2)).await.unwrap();
    assert_eq!(stream.finish().await.unwrap().number, 2, "the stream goes on");
}

#[tokio::test]
async fn both_sides_send_and_end() {
    let (service, _told) = streams();
    let client = in_process(&service, 1);
    let mut stream = client.both_streams::<Note, Note>(&CHAT);
    for number in 0..5 {
        stream.send(&Note::number(number)).await.unwrap();
        assert_eq!(stream.next().await.unwrap().unwrap().number, number);
    }
    stream.end().await.unwrap();
    assert_eq!(stream.next().await.unwrap(), None);
    assert_eq!(stream.send(&Note::number(6)).await.unwrap_err().code(), Code::Cancelled);

    let (mut requests, mut answers) = client.both_streams::<Note, Note>(&CHAT).split().await.unwrap();
    let sending = tokio::spawn(async move {
        for number in 0..100 {
            requests.send(&Note::number(number)).await.unwrap();
        }
        requests.end().await;
    });
    let mut number = 0;
    while let Some(note) = answers.next().await.unwrap() {
        assert_eq!(note.number, number);
        number += 1;
    }
    assert_eq!(number, 100);
    sending.await.unwrap();
}

#[tokio::test]
async fn a_caller_that_leaves_without_an_end_is_no_good_end() {
    let (service, mut told) = streams();
    let client = in_process(&service, 1);
    let (requests, mut answers) = client.both_streams::<Note, Note>(&CHAT).split().await.unwrap();
    drop(requests);
    let status = answers.next().await.unwrap_err();
    assert_eq!(status.code(), Code::Cancelled);
    assert_eq!(told.recv().await.unwrap(), "the caller left before the end of its stream");
}

#[tokio::test]
async fn streams_over_connections_are_refused_on_both_sides() {
    let (service, _told) = streams();
    let bound = Server::new().service(service).bind("127.0.0.1:0").await.unwrap();
    let address = bound.local_addr().socket_addr().unwrap();
    let serving = tokio::spawn(bound.run_until(std::future::pending()));

    let client = Client::connect(address.to_string()).await.unwrap();
    let status = client.server_stream::<_, Note>(&COUNT, &note(1, "")).next().await.unwrap_err();
    assert_eq!(status.code(), Code::Unimplemented);
    assert!(status.message().contains("a later version"), "{status}");
    let status = client.client_stream::<Note, Note>(&SUM).send(&note(1, "")).await.unwrap_err();
    assert_eq!(status.code(), Code::Unimplemented);
    let status = client.both_streams::<Note, Note>(&CHAT).next().await.unwrap_err();
    assert_eq!(status.code(), Code::Unimplemented);

    // One that does not know that they are streams.
    for spec in [&COUNT, &SUM, &CHAT] {
        let status = client.request::<_, Note>(spec, &note(1, "")).await.unwrap_err();
        assert_eq!(status.code(), Code::Unimplemented, "{spec}");
        assert!(status.message().contains("a later version"), "{status}");
    }
    serving.abort();
}

/// Tells the facts of each call and answers none.
struct Heard(mpsc::UnboundedSender<String>);

impl Service for Heard {
    fn spec(&self) -> &'static ServiceSpec {
        &STREAMS
    }

    fn dispatch(&self, call: Call) {
        self.0.send(format!("{call:?}")).unwrap();
    }
}

#[tokio::test]
async fn a_server_stream_carries_the_hash_of_its_route_key() {
    let (heard, mut told) = mpsc::unbounded_channel();
    let client = Server::new().service(Heard(heard)).in_process().unwrap();
    let count = || client.server_stream::<_, Note>(&COUNT, &Note::number(1));
    for (mut stream, expected) in [
        (count(), 0),
        (count().route_key(&7_u64), 7_u64.route_hash()),
        (count().route_key("alice"), "alice".route_hash()),
    ] {
        stream.next().await.unwrap_err();
        let facts = told.recv().await.unwrap();
        assert!(facts.contains(&format!("route_hash: {expected} }}")), "{facts}");
    }
}

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
    for client in [over_a_socket, in_process(&service, 1)] {
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
async fn streams_pass_the_servers_interceptors_and_are_told_of_once() {
    /// Refuses who has no label, and tells how streams end.
    struct Door(mpsc::UnboundedSender<String>);
    impl Interceptor for Door {
        async fn intercept(&self, envelope: Envelope, next: Next<'_>) -> Result<Reply, Status> {
            if envelope.context().label("tenant").is_none() {
                return Err(Status::permission_denied("no tenant"));
            }
            let (method, len) = (envelope.spec().method, envelope.body().len());
            let outcome = next.run(envelope).await;
            let end = outcome.as_ref().map(|reply| reply.body().len()).map_err(|status| status.code());
            self.0.send(format!("{method} of {len}: {end:?}")).unwrap();
            outcome
        }
    }
    let (ends, mut told) = mpsc::unbounded_channel();
    let recorder = Recorder::default();
    let (streams, _seen) = streams();
    let server = Server::new().service(streams).interceptor(Door(ends)).monitor(recorder.clone());
    let client = server.in_process().unwrap();

    let refused = client.server_stream::<_, Note>(&COUNT, &Note::number(2)).next().await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
    let context = Context::current().with_label("tenant", "blue");
    let sum = context.scope(async {
        let mut counted = client.server_stream::<_, Note>(&COUNT, &Note::number(2));
        while counted.next().await.unwrap().is_some() {}
        let mut sum = client.client_stream::<Note, Note>(&SUM);
        sum.send(&Note::number(3)).await.unwrap();
        sum.finish().await.unwrap().number
    });
    assert_eq!(sum.await, 3);
    assert_eq!(told.recv().await.unwrap(), "Count of 2: Ok(0)");
    assert_eq!(told.recv().await.unwrap(), "Sum of 0: Ok(2)");
    let ended: Vec<Code> = recorder.events().iter().filter_map(Event::ended).collect();
    assert_eq!(ended, [Code::PermissionDenied, Code::Ok, Code::Ok]);
}

#[tokio::test]
async fn a_drain_waits_for_what_nobody_waits_for_and_says_what_it_cut() {
    for in_time in [true, false] {
        let drain_timeout = Duration::from_millis(if in_time { 60_000 } else { 20 });
        let recorder = Recorder::default();
        let limits = Limits { drain_timeout, ..Limits::default() };
        let server = support::Running::of(Server::new().limits(limits).monitor(recorder.clone())).await;
        let client = server.client().await;
        client.oneway(&support::WAIT, &Note::number(1)).await.unwrap();
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
