//! What calls are held to by their headers, whatever there is to do.

use std::time::Duration;

use svrkit_runtime::testing::TestServer;
use svrkit_runtime::wire::frame::{FLAG_IN_PARTS, Facts, Frame, Header, RequestFacts};
use svrkit_runtime::{
    Call, Cause, Code, Limits, Metrics, Mode, Server, ServerProtection, Service, ServiceSpec, Spec, Tlv,
};
use tokio::time::sleep;

use crate::support::{ECHO, Note, Raw, Running, WAIT, request_header, words};

const ID: u32 = 4301;
const SLOW: u16 = 1;

static SLOW_SPEC: Spec = Spec::new("test.Slow", ID, "Do", SLOW).messages("test.Note", "test.Note");
static SLOW_SERVICE: ServiceSpec = ServiceSpec::new("test.Slow", ID, &[&SLOW_SPEC]);

/// Takes twenty milliseconds for each call.
struct Slow;

impl Service for Slow {
    fn spec(&self) -> &'static ServiceSpec {
        &SLOW_SERVICE
    }

    fn dispatch(&self, call: Call) {
        call.handle(&SLOW_SPEC, |note: Note| async move {
            sleep(Duration::from_millis(20)).await;
            Ok(note)
        });
    }
}

/// A server of [`Slow`] that has learned what is usual there: the machine may be slower than its handlers, so as often as that takes.
struct Learned {
    _server: TestServer,
    raw: Raw,
    call_id: u32,
}

impl Learned {
    async fn of(server: Server) -> Self {
        let server = TestServer::start(server.service(Slow)).await;
        let raw = Raw::greeted(server.address().parse().unwrap()).await;
        Self { _server: server, raw, call_id: 0 }
    }

    async fn call(&mut self, service_id: u32, remaining_us: u32, body: &[u8]) -> Frame {
        self.call_id += 1;
        let facts = RequestFacts { service_id, method_id: SLOW, remaining_us, ..RequestFacts::default() };
        self.raw.send(Header::new(self.call_id, Facts::Request(facts)), body).await;
        self.raw.receive().await.unwrap()
    }

    /// Calls with ample time and with little in turn, until one of these is not begun.
    async fn until_refused(&mut self) -> Frame {
        loop {
            assert_eq!(code(&self.call(ID, 30_000_000, b"").await), Code::Ok.number());
            // Bytes that are no message: what is not read cannot be found wrong.
            let answer = self.call(ID, 10_000, &[0xff]).await;
            if code(&answer) != Code::InvalidArgument.number() {
                return answer;
            }
        }
    }
}

fn code(answer: &Frame) -> u8 {
    let Facts::Response(facts) = answer.header.facts else { panic!("{answer:?}") };
    facts.code
}

#[tokio::test]
async fn a_call_with_less_time_than_its_method_usually_takes_is_refused_unread() {
    let metrics = Metrics::new();
    let mut learned = Learned::of(Server::new().metrics(metrics.clone())).await;
    let refused = learned.until_refused().await;
    let Facts::Response(facts) = refused.header.facts else { panic!("{refused:?}") };
    assert_eq!((facts.code, facts.cause), (Code::DeadlineExceeded.number(), Cause::Deadline.number()));
    assert!(words(&refused).contains("test.Slow.Do usually takes"), "{}", words(&refused));
    let counted = [("side", "server"), ("method", "Do"), ("cause", "deadline")];
    assert_eq!(metrics.snapshot().counter("svrkit_calls_refused_total", &counted), 1);
    let answer = learned.call(1, 10_000, b"").await;
    assert_eq!(code(&answer), Code::Ok.number(), "the kit's services are not held to it");
    let answer = learned.call(ID, 30_000_000, b"").await;
    assert_eq!(code(&answer), Code::Ok.number(), "nor is who has the time");
}

#[tokio::test]
async fn off_nothing_is_learned() {
    let mut learned = Learned::of(Server::new().protection(ServerProtection::off())).await;
    for _ in 0..40 {
        assert_eq!(code(&learned.call(ID, 30_000_000, b"").await), Code::Ok.number());
    }
    assert_eq!(code(&learned.call(ID, 1_000, &[0xff]).await), Code::InvalidArgument.number());
}

#[tokio::test]
async fn what_there_is_no_room_for_is_refused_before_its_body_has_come() {
    let limits = Limits { calls_memory: 400_000, message_in: 400_000, ..Limits::default() };
    let server = Running::with(limits).await;
    let mut raw = Raw::greeted(server.address).await;
    let body = Note { payload: vec![7; 300_000].into(), ..Note::default() }.encode().unwrap();
    raw.send(request_header(1, 4), &body).await;
    server.gate.started.notified().await;
    let announced =
        |call_id| Header { flags: FLAG_IN_PARTS, body_len: body.len() as u32, ..request_header(call_id, 1) };
    raw.send_bytes(&announced(2).to_bytes()).await;
    let refused = raw.receive().await.unwrap();
    assert_eq!(refused.header.call_id, 2);
    assert!(words(&refused).contains("calls.memory"), "{}", words(&refused));
    // What comes of it all the same is thrown away, and other calls pass between.
    let (first, rest) = body.split_at(100_000);
    raw.send(Header::new(2, Facts::Part), first).await;
    raw.send(request_header(3, 1), b"").await;
    assert_eq!(raw.receive().await.unwrap().header.call_id, 3);
    raw.send(Header::new(2, Facts::Part), rest).await;
    // When there is room again, the next one is put together.
    server.gate.go.notify_one();
    assert_eq!(raw.receive().await.unwrap().header.call_id, 1);
    raw.send_bytes(&announced(4).to_bytes()).await;
    raw.send(Header::new(4, Facts::Part), &body).await;
    let answer = raw.receive().await.unwrap();
    assert_eq!((answer.header.call_id, code(&answer)), (4, Code::Ok.number()));
}

#[tokio::test]
async fn a_client_whose_long_request_is_refused_while_it_sends_goes_on() {
    let limits = Limits { calls_memory: 400_000, message_in: 400_000, ..Limits::default() };
    let server = Running::with(limits).await;
    let client = server.client().await;
    let long = Note { payload: vec![7; 300_000].into(), ..Note::default() };
    let waiting = tokio::spawn(client.request::<_, Note>(&WAIT, &long));
    server.gate.started.notified().await;
    for _ in 0..3 {
        let refused = client.request::<_, Note>(&ECHO, &long).await.unwrap_err();
        assert!(refused.message().contains("calls.memory"), "{refused}");
        assert_eq!(client.request::<_, Note>(&ECHO, &Note::number(7)).await.unwrap().number, 7);
    }
    server.gate.go.notify_one();
    waiting.await.unwrap().unwrap();
    assert_eq!(client.request::<_, Note>(&ECHO, &long).await.unwrap(), long);
}

#[tokio::test]
async fn who_only_watches_the_memory_takes_all_calls() {
    let limits = Limits { calls_memory: 1024, message_in: 10_000, ..Limits::default() };
    let protection = ServerProtection::new().memory(Mode::Watching);
    let metrics = Metrics::new();
    let server = Server::new().limits(limits).protection(protection).metrics(metrics.clone());
    let server = Running::of(server).await;
    let mut raw = Raw::greeted(server.address).await;
    let body = Note { payload: vec![7; 6000].into(), ..Note::default() }.encode().unwrap();
    for call_id in 1..=2 {
        raw.send(request_header(call_id, 4), &body).await;
        server.gate.started.notified().await;
    }
    for call_id in 1..=2 {
        server.gate.go.notify_one();
        assert_eq!(raw.receive().await.unwrap().header.call_id, call_id);
    }
    let spared = [("method", "Wait"), ("cause", "concurrency")];
    assert_eq!(metrics.snapshot().counter("svrkit_calls_spared_total", &spared), 1);
}
