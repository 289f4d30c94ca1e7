//! The limits of streams at their edges.

use std::time::Duration;

use svrkit_runtime::testing::TestServer;
use svrkit_runtime::wire::frame::{
    FLAG_STREAM, Facts, GoawayReason, Header, Hello, RequestFacts, hello_header,
};
use svrkit_runtime::{
    Call, Client, Code, Limits, Receiver, Sender, Server, Service, ServiceSpec, Spec, Status, Streaming, Tlv,
};
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::support::{Note, Raw, words};

const ID: u32 = 4301;

const fn spec(method: &'static str, method_id: u16, streaming: Streaming) -> Spec {
    Spec::new("test.Flood", ID, method, method_id)
        .messages("test.Note", "test.Note")
        .timeout(Duration::from_secs(30))
        .streaming(streaming)
}

/// Sends numbers for as long as there is room, and tells of each that was taken.
static COUNT: Spec = spec("Count", 1, Streaming::Server);
/// Takes nothing.
static IGNORE: Spec = spec("Ignore", 2, Streaming::Client);
static FLOOD: ServiceSpec = ServiceSpec::new("test.Flood", ID, &[&COUNT, &IGNORE]);

struct Flood(mpsc::UnboundedSender<u64>);

impl Service for Flood {
    fn spec(&self) -> &'static ServiceSpec {
        &FLOOD
    }

    fn dispatch(&self, call: Call) {
        let taken = self.0.clone();
        match call.method_id() {
            1 => call.handle_server_stream(&COUNT, |_: Note, mut answers: Sender<Note>| async move {
                for number in 1.. {
                    answers.send(&Note::number(number)).await?;
                    taken.send(number).map_err(|_| Status::internal("the test has ended"))?;
                }
                Ok(())
            }),
            _ => call.handle_client_stream(&IGNORE, |requests: Receiver<Note>| async move {
                std::future::pending::<()>().await;
                drop(requests);
                Ok(Note::default())
            }),
        }
    }
}

fn flood() -> (Flood, mpsc::UnboundedReceiver<u64>) {
    let (taken, told) = mpsc::unbounded_channel();
    (Flood(taken), told)
}

/// What a message of the flood costs: two bytes and 64.
const COST: u32 = 66;

async fn sent(told: &mut mpsc::UnboundedReceiver<u64>) -> u64 {
    let mut last = 0;
    // On a clock that stands still, a wait that ends means that nobody has anything to do.
    while let Ok(number) = timeout(Duration::from_secs(1), told.recv()).await {
        last = number.unwrap();
    }
    last
}

#[tokio::test(start_paused = true)]
pub(crate) async fn stream_window() {
    for (stream_window, fit) in [(10 * COST - 1, 10), (10 * COST, 10), (10 * COST + 1, 11)] {
        let (flood, mut told) = flood();
        let limits = Limits { stream_window, ..Limits::default() };
        let client = Server::new().limits(limits).service(flood).in_process().unwrap();
        let mut stream = client.server_stream::<_, Note>(&COUNT, &Note::default());
        assert_eq!(stream.next().await.unwrap(), Some(Note::number(1)));
        assert_eq!(sent(&mut told).await, fit, "of {stream_window} bytes");
        // Credit comes back when half of it was taken.
        for number in 2..=4 {
            assert_eq!(stream.next().await.unwrap(), Some(Note::number(number)));
        }
        assert_eq!(sent(&mut told).await, 0);
        assert_eq!(stream.next().await.unwrap(), Some(Note::number(5)));
        assert_eq!(stream.next().await.unwrap(), Some(Note::number(6)));
        assert!(sent(&mut told).await > fit, "of {stream_window} bytes");
    }
}

async fn greeted(server: &TestServer) -> Raw {
    let mut raw = Raw::connect(server.address().parse().unwrap()).await;
    raw.send(hello_header(), &Hello::default().encode().unwrap()).await;
    raw.receive().await.unwrap();
    raw
}

fn begin(call_id: u32) -> Header {
    let facts =
        RequestFacts { service_id: ID, method_id: 2, remaining_us: u32::MAX, ..RequestFacts::default() };
    Header { flags: FLAG_STREAM, ..Header::new(call_id, Facts::Request(facts)) }
}

/// What the server says to so many messages on each of so many streams: nothing, or why it leaves.
async fn said_to(server: &TestServer, calls: u32, messages: u32) -> Option<String> {
    let mut raw = greeted(server).await;
    for call_id in 1..=calls {
        raw.send(begin(call_id), b"").await;
        for _ in 0..messages {
            raw.send(Header::new(call_id, Facts::Message), &Note::number(1).encode().unwrap()).await;
        }
    }
    raw.send(Header::new(0, Facts::Ping(7)), b"").await;
    let frame = raw.receive().await.unwrap();
    match frame.header.facts {
        Facts::Pong(7) => None,
        Facts::Goaway { reason } => {
            assert_eq!(reason, GoawayReason::Protocol);
            Some(words(&frame))
        }
        other => panic!("{other:?}"),
    }
}

/// It may send its window and one message more, whose length it cannot know to be short.
#[tokio::test]
pub(crate) async fn stream_window_of_a_peer_that_has_no_credit() {
    let message_in = 1024;
    let limits = Limits { stream_window: 4000, message_in, ..Limits::default() };
    let server = TestServer::start(Server::new().limits(limits).service(flood().0)).await;
    let fit = (4000 + message_in + 64) / COST;
    assert_eq!(said_to(&server, 1, fit).await, None);
    let told = said_to(&server, 1, fit + 1).await.unwrap();
    assert!(told.contains("beyond their credit") && told.contains("stream.window"), "{told}");
}

#[tokio::test]
pub(crate) async fn connection_window() {
    let message_in = 1024;
    let limits = Limits { connection_window: 4000, message_in, ..Limits::default() };
    let server = TestServer::start(Server::new().limits(limits).service(flood().0)).await;
    let fit = (4000 + message_in + 64) / COST / 7;
    assert_eq!(said_to(&server, 7, fit).await, None);
    let told = said_to(&server, 7, fit + 1).await.unwrap();
    assert!(told.contains("the credit of the connection") && told.contains("connection.window"), "{told}");

    // And a client of ours sends no more than fits.
    let client = Client::connect(server.address()).await.unwrap();
    let mut streams = Vec::new();
    for _ in 0..7 {
        let mut stream = client.client_stream::<Note, Note>(&IGNORE);
        // It waits for ever where the window is full.
        while timeout(Duration::from_millis(20), stream.send(&Note::number(1))).await.is_ok() {}
        streams.push(stream);
    }
    assert_eq!(said_to(&server, 1, 1).await, None, "the server has not left");
    let other: Result<Note, Status> = client.request(spec_of_nothing(), &Note::default()).await;
    assert_eq!(other.unwrap_err().code(), Code::FailedPrecondition, "nor that connection");
}

fn spec_of_nothing() -> &'static Spec {
    static PLAIN: Spec = spec("Count", 1, Streaming::Unary);
    &PLAIN
}

#[tokio::test(start_paused = true)]
pub(crate) async fn stream_idle() {
    for (pause, ends) in [(3900, false), (5100, true)] {
        let (flood, _told) = flood();
        let limits = Limits { stream_idle: Duration::from_secs(4), ..Limits::default() };
        let client = Server::new().limits(limits).service(flood).in_process().unwrap();
        let mut stream = client.client_stream::<Note, Note>(&IGNORE);
        let mut outcomes = Vec::new();
        for _ in 0..4 {
            outcomes.push(stream.send(&Note::number(1)).await);
            tokio::time::sleep(Duration::from_millis(pause)).await;
        }
        let status = outcomes.into_iter().find_map(Result::err);
        assert_eq!(status.is_some(), ends);
        if let Some(status) = status {
            assert_eq!(status.code(), Code::DeadlineExceeded);
            assert!(status.message().contains("for 4000 ms (stream.idle)"), "{status}");
        }
    }
}
