//! A service whose methods stream every way there is, and end every way they can.

use std::sync::Arc;
use std::time::Duration;

use svrkit_runtime::testing::TestServer;
use svrkit_runtime::{
    Call, Client, Code, Context, Limits, Receiver, Sender, Server, Service, ServiceSpec, Spec, Status,
    Streaming,
};
use tokio::sync::{Notify, mpsc};

use crate::support::Note;

pub(crate) const ID: u32 = 4001;

pub(crate) const fn spec(method: &'static str, method_id: u16, streaming: Streaming) -> Spec {
    Spec::new("test.Streams", ID, method, method_id)
        .messages("test.Note", "test.Note")
        .timeout(Duration::from_secs(30))
        .streaming(streaming)
}

/// Counts from 0 to below the request's number, then ends as its text says.
pub(crate) static COUNT: Spec = spec("Count", 1, Streaming::Server);
/// Sums the numbers up; fails at the first text.
pub(crate) static SUM: Spec = spec("Sum", 2, Streaming::Client);
/// Sends each note back, up to one that says `leave`.
pub(crate) static CHAT: Spec = spec("Chat", 3, Streaming::Both);
pub(crate) static NOTE: Spec = spec("Note", 4, Streaming::Unary).oneway();
static PLAIN: Spec = spec("Plain", 5, Streaming::Unary);
pub(crate) static STREAMS: ServiceSpec = ServiceSpec::new("test.Streams", ID, &[&COUNT, &SUM, &CHAT, &NOTE]);

#[derive(Clone)]
pub(crate) struct Streams {
    /// What handlers saw, in words.
    pub(crate) seen: mpsc::UnboundedSender<String>,
    pub(crate) go: Arc<Notify>,
}

pub(crate) fn streams() -> (Streams, mpsc::UnboundedReceiver<String>) {
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
            "own error" => {
                Err(Status::new(Code::Aborted, "own").error_code(1001).with_detail(b"detail".to_vec()))
            }
            "panic" => panic!("as the test wants it"),
            "label" => {
                let context = Context::current();
                let signed = context.metadata("signed").map(|value| value.to_vec()).unwrap_or_default();
                let label = context.label("tenant").unwrap_or_default();
                let text = format!("{label} {}", String::from_utf8_lossy(&signed));
                out.send(&note(99, &text)).await
            }
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
                Ok(Some(note)) if note.text == "wait" => self.go.notified().await,
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
                Ok(Some(note)) if note.text == "leave" => return Ok(()),
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
            5 => call.handle(&PLAIN, |note: Note| async move { Ok(note) }),
            _ => call.refuse_unknown_method(&STREAMS),
        }
    }
}

pub(crate) fn in_process(streams: &Streams, limits: Limits) -> Client {
    Server::new().limits(limits).service(streams.clone()).in_process().unwrap()
}

/// A client of these limits for the service over a socket, and one within the process. What serves goes with the first.
pub(crate) async fn clients(streams: &Streams, limits: Limits) -> (TestServer, [Client; 2]) {
    let server = TestServer::start(Server::new().limits(limits).service(streams.clone())).await;
    let over_a_socket = Client::builder(server.address()).limits(limits).connect().await.unwrap();
    (server, [over_a_socket, in_process(streams, limits)])
}

/// Limits under which about so many short messages wait for their reader.
pub(crate) fn room(messages: u32) -> Limits {
    // Each costs 64 bytes and its own two.
    Limits { stream_window: messages * 66, ..Limits::default() }
}

pub(crate) fn note(number: u64, text: &str) -> Note {
    Note { text: text.to_owned(), ..Note::number(number) }
}
