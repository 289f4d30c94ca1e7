//! A service with a method for each way a call can go, and a peer that speaks frames by hand.
#![allow(dead_code, reason = "each test program uses its own part of this module")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where what it stands on fails")]

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use svrkit_runtime::testing::TestServer;
use svrkit_runtime::wire::frame::{
    Facts, Frame, FrameDecoder, Header, Hello, RequestFacts, ResponseFacts, hello_header,
};
use svrkit_runtime::{
    Bytes, Call, Client, Context, Drained, Limits, Priority, Server, Service, ServiceSpec, Spec, Status, Tlv,
    UnknownFields,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::Notify;

#[derive(Clone, Debug, Default, PartialEq, Tlv)]
#[tlv(name = "test.Note")]
pub(crate) struct Note {
    #[tlv(1, max = 1_000_000_000)]
    pub(crate) number: u64,
    #[tlv(2, max_len = 100_000)]
    pub(crate) text: String,
    #[tlv(3)]
    pub(crate) payload: Bytes,
    #[tlv(unknown)]
    pub(crate) unknown: UnknownFields,
}

#[derive(Clone, Debug, Default, PartialEq, Tlv)]
struct Kept {
    #[tlv(unknown)]
    unknown: UnknownFields,
}

impl Note {
    pub(crate) fn number(number: u64) -> Self {
        Self { number, ..Self::default() }
    }
}

pub(crate) const TEST_ID: u32 = 4000;

pub(crate) const fn spec(method: &'static str, method_id: u16) -> Spec {
    Spec::new("test.Test", TEST_ID, method, method_id)
        .messages("test.Note", "test.Note")
        .timeout(Duration::from_secs(30))
}

pub(crate) static ECHO: Spec = spec("Echo", 1);
pub(crate) static FAIL: Spec = spec("Fail", 2);
pub(crate) static PANIC: Spec = spec("Panic", 3);
/// Waits until the test lets it go, and tells when it starts and when its future is gone.
pub(crate) static WAIT: Spec = spec("Wait", 4);
/// Answers with a payload of `number` bytes.
pub(crate) static GROW: Spec = spec("Grow", 5);
/// Answers with the value of the metadata entry `text`.
pub(crate) static METADATA: Spec = spec("Metadata", 6);
/// Not dispatched.
pub(crate) static MISSING: Spec = spec("Missing", 99);

/// Keeps whatever it gets as unknown fields, and sends it back.
pub(crate) static KEEP: Spec = spec("Keep", 8);
/// Panics where it is dispatched.
pub(crate) static TRIP: Spec = spec("Trip", 7);

pub(crate) static TEST: ServiceSpec =
    ServiceSpec::new("test.Test", TEST_ID, &[&ECHO, &FAIL, &PANIC, &WAIT]).fingerprint(7);

#[derive(Clone, Default)]
pub(crate) struct Test(pub(crate) Arc<Gate>);

#[derive(Default)]
pub(crate) struct Gate {
    pub(crate) started: Notify,
    pub(crate) gone: Notify,
    pub(crate) go: Notify,
}

/// Tells when the future it lives in is dropped.
struct Gone(Arc<Gate>);

impl Drop for Gone {
    fn drop(&mut self) {
        self.0.gone.notify_one();
    }
}

impl Service for Test {
    fn spec(&self) -> &'static ServiceSpec {
        &TEST
    }

    fn dispatch(&self, call: Call) {
        let gate = Arc::clone(&self.0);
        match call.method_id() {
            1 => call.handle(&ECHO, |note: Note| async move { Ok(note) }),
            2 => call.handle(&FAIL, |note: Note| async move {
                Err::<Note, _>(
                    Status::not_found(format!("note {} is not here", note.number)).error_code(1001),
                )
            }),
            3 => call.handle(&PANIC, |note: Note| async move {
                assert!(note.number == u64::MAX, "as the test wants it");
                Ok(note)
            }),
            4 => {
                let gone = Gone(Arc::clone(&gate));
                call.handle(&WAIT, move |note: Note| async move {
                    let _gone = gone;
                    gate.started.notify_one();
                    gate.go.notified().await;
                    Ok(note)
                });
            }
            5 => call.handle(&GROW, |note: Note| async move {
                Ok(Note { payload: vec![7; note.number as usize].into(), ..note })
            }),
            6 => call.handle(&METADATA, |note: Note| async move {
                let context = Context::current();
                let value = context.metadata(&note.text).ok_or_else(|| Status::not_found("no such entry"))?;
                Ok(Note { payload: value.clone(), ..note })
            }),
            7 => {
                drop(gate);
                panic!("as the test wants it");
            }
            8 => call.handle(&KEEP, |kept: Kept| async move { Ok(kept) }),
            _ => call.refuse_unknown_method(&TEST),
        }
    }
}

/// A server of [`Test`], and what its handlers wait for.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    pub(crate) gate: Arc<Gate>,
    server: TestServer,
}

impl Running {
    pub(crate) async fn start() -> Self {
        Self::with(Limits::default()).await
    }

    pub(crate) async fn with(limits: Limits) -> Self {
        Self::of(Server::new().limits(limits)).await
    }

    /// With the test service added to `server`.
    pub(crate) async fn of(server: Server) -> Self {
        let test = Test::default();
        let gate = Arc::clone(&test.0);
        let server = TestServer::start(server.name("tests").service(test)).await;
        Self { address: server.address().parse().unwrap(), gate, server }
    }

    pub(crate) async fn client(&self) -> Client {
        self.server.client().await
    }

    pub(crate) async fn stop(self) -> Drained {
        self.server.stop().await
    }
}

/// A folder of its own that goes with it.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("svrkit-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.0.join("test.sock")
    }

    pub(crate) fn address(&self) -> String {
        format!("unix:{}", self.path().display())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A peer that speaks frames by hand.
pub(crate) struct Raw {
    pub(crate) stream: TcpStream,
    inbound: BytesMut,
}

impl Raw {
    pub(crate) fn new(stream: TcpStream) -> Self {
        Self { stream, inbound: BytesMut::new() }
    }

    pub(crate) async fn connect(address: SocketAddr) -> Self {
        Self::new(TcpStream::connect(address).await.unwrap())
    }

    /// The next client of `listener`, past the hellos.
    pub(crate) async fn accept(listener: &TcpListener) -> Self {
        let mut raw = Self::new(in_time(listener.accept()).await.unwrap().0);
        raw.receive().await.unwrap();
        raw.send(hello_header(), &Hello::default().encode().unwrap()).await;
        raw
    }

    /// Connected and past the hellos.
    pub(crate) async fn greeted(address: SocketAddr) -> Self {
        Self::connect(address).await.greet("").await
    }

    /// The same from an address of its own: this machine has sixteen million of them.
    pub(crate) async fn greeted_from(local: Ipv4Addr, address: SocketAddr) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::from((local, 0))).unwrap();
        Self::new(socket.connect(address).await.unwrap()).greet("").await
    }

    /// Past the hellos, in which it calls itself `name`.
    pub(crate) async fn greet(self, name: &str) -> Self {
        let mut raw = self;
        raw.send(hello_header(), &Hello { name: name.into(), ..Hello::default() }.encode().unwrap()).await;
        let hello = raw.receive().await.unwrap();
        assert!(matches!(hello.header.facts, Facts::Hello { .. }), "{hello:?}");
        raw
    }

    pub(crate) async fn send(&mut self, mut header: Header, body: &[u8]) {
        header.body_len = body.len() as u32;
        self.send_bytes(&[&header.to_bytes(), body].concat()).await;
    }

    pub(crate) async fn send_bytes(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.unwrap();
    }

    /// The next frame; `None` at the end of the connection.
    pub(crate) async fn receive(&mut self) -> Option<Frame> {
        let decoder = FrameDecoder { body_len_max: u32::MAX, metadata_len_max: u16::MAX };
        loop {
            if let Some(frame) = decoder.decode(&mut self.inbound).unwrap() {
                return Some(frame);
            }
            if in_time(self.stream.read_buf(&mut self.inbound)).await.unwrap() == 0 {
                return None;
            }
        }
    }
}

/// Fails where what is waited for will never come: a test that hangs says nothing.
pub(crate) async fn in_time<F: Future>(wanted: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(120), wanted).await.expect("a peer says something")
}

/// What a server says of an answer that is well, while it admits all.
pub(crate) fn well() -> ResponseFacts {
    ResponseFacts { level: Priority { class: u8::MAX, rank: u8::MAX }, ..ResponseFacts::default() }
}

/// Words of a goaway's or a refusal's body: the first field of a failure.
pub(crate) fn words(frame: &Frame) -> String {
    #[derive(Default, Tlv)]
    struct Words {
        #[tlv(1)]
        message: String,
    }
    Words::decode(&frame.body).unwrap().message
}

/// The header of a request to a method of the test service, with more time than any machine takes.
pub(crate) fn request_header(call_id: u32, method_id: u16) -> Header {
    let facts =
        RequestFacts { service_id: TEST_ID, method_id, remaining_us: 60_000_000, ..RequestFacts::default() };
    Header::new(call_id, Facts::Request(facts))
}

/// Holds the lines between `<!-- table: NAME -->` and `<!-- end -->` of a document to `table`; under `SVRKIT_BLESS=1` they
/// are written anew.
#[track_caller]
pub(crate) fn check_table(document: &str, name: &str, table: &str) {
    let text = std::fs::read_to_string(document).unwrap();
    let opening = format!("<!-- table: {name} -->\n");
    let (before, rest) = text.split_once(&*opening).unwrap();
    let (_, after) = rest.split_once("<!-- end -->").unwrap();
    let expected = format!("{before}{opening}{table}<!-- end -->{after}");
    if std::env::var_os("SVRKIT_BLESS").is_some() {
        std::fs::write(document, expected).unwrap();
    } else {
        assert!(
            text == expected,
            "{document} is not what it would be now; run this test with SVRKIT_BLESS=1\n{table}"
        );
    }
}
