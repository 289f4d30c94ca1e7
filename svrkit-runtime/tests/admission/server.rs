//! A server whose handlers are held until the test lets them go, one by one.

use std::sync::{Arc, Mutex};

use svrkit_runtime::testing::TestServer;
use svrkit_runtime::wire::frame::{Facts, Frame, Header, RequestFacts, ResponseFacts};
use svrkit_runtime::{Call, Limits, Mode, Priority, Server, Service, ServiceSpec, Spec, Tlv};
use tokio::sync::{Semaphore, mpsc};

use crate::support::{Note, Raw, in_time};

const ID: u32 = 4300;
pub(crate) const HOLD: u16 = 1;
pub(crate) const ECHO: u16 = 2;
/// As [`HOLD`].
pub(crate) const KEPT: u16 = 3;

static HOLD_SPEC: Spec = Spec::new("test.Held", ID, "Hold", HOLD).messages("test.Note", "test.Note");
static ECHO_SPEC: Spec = Spec::new("test.Held", ID, "Echo", ECHO).messages("test.Note", "test.Note");
static KEPT_SPEC: Spec = Spec::new("test.Held", ID, "Kept", KEPT).messages("test.Note", "test.Note");
static HELD: ServiceSpec = ServiceSpec::new("test.Held", ID, &[&HOLD_SPEC, &ECHO_SPEC, &KEPT_SPEC]);

/// Tells which handlers start, and holds each until it is let go.
struct Held {
    started: mpsc::UnboundedSender<u64>,
    go: Arc<Semaphore>,
}

impl Service for Held {
    fn spec(&self) -> &'static ServiceSpec {
        &HELD
    }

    fn dispatch(&self, call: Call) {
        let (started, go) = (self.started.clone(), Arc::clone(&self.go));
        let hold = move |note: Note| async move {
            started.send(note.number).unwrap();
            go.acquire().await.unwrap().forget();
            Ok(note)
        };
        match call.method_id() {
            HOLD => call.handle(&HOLD_SPEC, hold),
            KEPT => call.handle(&KEPT_SPEC, hold),
            ECHO => call.handle(&ECHO_SPEC, |note: Note| async move { Ok(note) }),
            _ => call.refuse_unknown_method(&HELD),
        }
    }
}

/// The server, and one caller of it.
pub(crate) struct Holding {
    pub(crate) server: TestServer,
    pub(crate) raw: Raw,
    pub(crate) go: Arc<Semaphore>,
    started: Mutex<mpsc::UnboundedReceiver<u64>>,
}

impl Holding {
    /// One that lets so many handlers be under way, and so many calls wait.
    pub(crate) async fn with(handlers_running: u32, queue_calls: usize, admission: Mode) -> Self {
        let limits = Limits { handlers_running, queue_calls, ..Limits::default() };
        Self::of(Server::new().limits(limits).admission(admission)).await
    }

    pub(crate) async fn of(server: Server) -> Self {
        let (started, receiver) = mpsc::unbounded_channel();
        let go = Arc::new(Semaphore::new(0));
        let server = TestServer::start(server.service(Held { started, go: Arc::clone(&go) })).await;
        let raw = Raw::greeted(server.address().parse().unwrap()).await;
        Self { server, raw, go, started: Mutex::new(receiver) }
    }

    /// Sends a call whose number is its id, with more time than any machine takes.
    pub(crate) async fn send(&mut self, number: u32, priority: Priority) {
        self.send_to(HOLD, number, priority).await;
    }

    /// The same to a method.
    pub(crate) async fn send_to(&mut self, method_id: u16, number: u32, priority: Priority) {
        let body = Note::number(number.into()).encode().unwrap();
        self.raw.send(request(number, method_id, priority), &body).await;
    }

    /// Waits until the server has read all that was sent.
    pub(crate) async fn is_read(&mut self) {
        self.raw.send(Header::new(0, Facts::Ping(7)), b"").await;
        assert_eq!(self.raw.receive().await.unwrap().header.facts, Facts::Pong(7));
    }

    /// The number of the handler that starts next.
    pub(crate) async fn started(&mut self) -> u64 {
        in_time(self.started.get_mut().unwrap().recv()).await.unwrap()
    }

    /// Lets the handlers go that have waited for longest, so many of them.
    pub(crate) fn let_go(&self, handlers: usize) {
        self.go.add_permits(handlers);
    }

    /// The next answer: whose it is, and its header.
    pub(crate) async fn answer(&mut self) -> (u32, ResponseFacts) {
        facts(&self.raw.receive().await.unwrap())
    }
}

pub(crate) fn request(call_id: u32, method_id: u16, priority: Priority) -> Header {
    let facts =
        RequestFacts { service_id: ID, method_id, priority, remaining_us: 600_000_000, route_hash: 0 };
    Header::new(call_id, Facts::Request(facts))
}

pub(crate) fn facts(frame: &Frame) -> (u32, ResponseFacts) {
    let Facts::Response(facts) = frame.header.facts else { panic!("{frame:?}") };
    (frame.header.call_id, facts)
}
