//! On the way to a server, and when its connection is lost.

use std::pin::Pin;
use std::time::Duration;

use svrkit_runtime::wire::frame::{Facts, GoawayReason, Header, Hello, RequestFacts};
use svrkit_runtime::{Address, Client, Code, Endpoint, Limits, Resolution, Resolver, Status, Tlv};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

use crate::calling::UNTIMED;
use crate::support::{ECHO, Folder, Note, Raw, Running, WAIT};
use crate::{Seen, limited, listen, runtime};

pub(crate) async fn provoke(seen: &mut Seen) {
    cannot_connect(seen).await;
    no_endpoints(seen).await;
    no_greeting(seen).await;
    lost(seen).await;
    runtimes_end(seen).await;
}

async fn refused(endpoint: &str) -> Status {
    Client::connect(endpoint).await.unwrap_err()
}

async fn cannot_connect(seen: &mut Seen) {
    seen.caller("endpoint_invalid", refused("nonsense").await);
    // Longer than any name can be: nobody is asked.
    seen.caller("name_unresolved", refused(&format!("{}:1", "x".repeat(300))).await);
    let (listener, address) = listen().await;
    drop(listener);
    seen.caller("connect_refused", refused(&address).await);
    // Longer than any path of a socket can be.
    seen.caller("connect_failed", refused(&format!("unix:/{}", "x".repeat(300))).await);

    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(0).unwrap();
    let address = listener.local_addr().unwrap();
    // The queue of a socket nobody accepts from holds a few; later ones get no answer.
    let limits = Limits { connect_timeout: Duration::from_millis(50), ..Limits::default() };
    let mut waiting = Vec::new();
    while let Ok(Ok(stream)) = timeout(limits.connect_timeout, TcpStream::connect(address)).await {
        waiting.push(stream);
    }
    let late = Client::builder(address.to_string()).limits(limits).connect().await.unwrap_err();
    seen.caller("connect_late", late);
}

async fn no_endpoints(seen: &mut Seen) {
    let folder = Folder::new("errors-endpoints");
    let file = folder.0.join("endpoints");
    let target = format!("file:{}", file.display());
    std::fs::write(&file, "# nobody yet\n").unwrap();
    seen.caller("endpoints_missing", refused(&target).await);
    std::fs::write(&file, "nonsense\n").unwrap();
    seen.caller("endpoint_file_faulty", refused(&target).await);
    std::fs::write(&file, "a:1\nb:1\n").unwrap();
    let limited = async |limits| Client::builder(&target).limits(limits).connect().await.unwrap_err();
    let limits = Limits { resolve_endpoints: 1, ..Limits::default() };
    seen.caller("endpoints_too_many", limited(limits).await);
    let limits = Limits { resolve_bytes: 7, ..Limits::default() };
    seen.caller("endpoint_file_too_long", limited(limits).await);
    for (name, panics) in [("resolver_ended", false), ("resolver_panicked", true)] {
        seen.caller(name, Client::resolved_by(Mute { panics }).connect().await.unwrap_err());
    }
    let in_process = Client::resolved_by(Says(|resolution| {
        resolution.found(vec![Endpoint::new(Address::InProcess)]);
    }));
    seen.caller("endpoint_unsupported", in_process.connect().await.unwrap_err());
    let limits = Limits {
        deadline_default: Duration::from_millis(20),
        resolve_rest: Duration::ZERO,
        ..Limits::default()
    };
    let silent = Client::resolved_by(Says(|_| {})).limits(limits);
    seen.caller("late_resolving", silent.connect().await.unwrap_err());
    let failed = Says(|resolution| resolution.failed(Status::unavailable("the registry is away")));
    let failed = Client::resolved_by(failed).limits(limits).lazy();
    // The first one hears it at once, and the next one waits for news that do not come.
    assert_eq!(echo(&failed).await.unwrap_err().code(), Code::Unavailable);
    seen.caller("late_resolving_again", echo(&failed).await.unwrap_err());
    let ((one, first), (other, second)) = (listen().await, listen().await);
    drop((one, other));
    seen.caller("endpoints_unreachable", refused(&format!("{first},{second}")).await);
}

/// Says this once, and nothing after it.
struct Says(fn(&Resolution));

impl std::fmt::Debug for Says {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Says")
    }
}

impl Resolver for Says {
    fn target(&self) -> String {
        "shop".into()
    }

    fn resolve<'a>(&'a self, resolution: &'a Resolution) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>> {
        Box::pin(async {
            (self.0)(resolution);
            std::future::pending().await
        })
    }
}

async fn echo(client: &Client) -> Result<Note, Status> {
    // Its schema sets no timeout: deadline.default holds.
    client.request(&UNTIMED, &Note::default()).await
}

/// Finds nothing.
#[derive(Debug)]
struct Mute {
    panics: bool,
}

impl Resolver for Mute {
    fn target(&self) -> String {
        "shop".into()
    }

    fn resolve<'a>(&'a self, _: &'a Resolution) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>> {
        Box::pin(async { assert!(!self.panics, "as the test wants it") })
    }
}

/// What comes of a server that answers a connection with these bytes and leaves.
async fn greeted_with(bytes: Vec<u8>) -> Status {
    let (listener, address) = listen().await;
    let server = tokio::spawn(async move {
        let mut raw = Raw::new(listener.accept().await.unwrap().0);
        // Read, so that leaving is no reset.
        raw.receive().await.unwrap();
        raw.send_bytes(&bytes).await;
    });
    let status = refused(&address).await;
    server.await.unwrap();
    status
}

fn frame(facts: Facts, body: &[u8]) -> Vec<u8> {
    let header = Header { body_len: body.len() as u32, ..Header::new(0, facts) };
    [&header.to_bytes()[..], body].concat()
}

async fn no_greeting(seen: &mut Seen) {
    let (_silent, address) = listen().await;
    let limits = Limits { hello_timeout: Duration::from_millis(20), ..Limits::default() };
    let late = Client::builder(&address).limits(limits).connect().await.unwrap_err();
    seen.caller("hello_late", late);
    seen.caller("hello_missing", greeted_with(Vec::new()).await);
    let hello = Hello::default().encode().unwrap();
    let strange = frame(Facts::Hello { version_min: 200, version_max: 201 }, &hello);
    seen.caller("version_unshared", greeted_with(strange).await);
    let damaged = frame(Facts::Hello { version_min: 1, version_max: 1 }, &[0xff]);
    seen.caller("hello_unreadable", greeted_with(damaged).await);
    let goaway = frame(Facts::Goaway { reason: GoawayReason::Limit }, b"");
    seen.caller("turned_away", greeted_with(goaway).await);
    seen.caller("hello_not_first", greeted_with(frame(Facts::Ping(1), b"")).await);
}

/// What comes of a call whose server does this once it has the request.
async fn in_mid_call(bytes: &[u8]) -> Status {
    in_mid_call_of(Limits::default(), bytes).await
}

/// The same, of a client with these limits.
async fn in_mid_call_of(limits: Limits, bytes: &[u8]) -> Status {
    let (listener, address) = listen().await;
    let call = async { limited(&address, limits).await.request::<_, Note>(&ECHO, &Note::default()).await };
    let server = async {
        let mut raw = Raw::accept(&listener).await;
        raw.receive().await.unwrap();
        raw.send_bytes(bytes).await;
        raw.stream.shutdown().await.unwrap();
        // Held until the client has left: what it still sends is read.
        while raw.receive().await.is_some() {}
    };
    tokio::join!(call, server).0.unwrap_err()
}

async fn lost(seen: &mut Seen) {
    seen.caller("connection_closed", in_mid_call(b"").await);
    let goaway = |reason| frame(Facts::Goaway { reason }, b"");
    seen.caller("server_left", in_mid_call(&goaway(GoawayReason::Draining)).await);
    seen.caller("server_accused", in_mid_call(&goaway(GoawayReason::Protocol)).await);
    let mut broken = frame(Facts::Ping(1), b"");
    broken[2] = 0xee;
    seen.caller("frame_broken", in_mid_call(&broken).await);
    seen.caller(
        "hello_repeated",
        in_mid_call(&frame(Facts::Hello { version_min: 1, version_max: 1 }, b"")).await,
    );
    seen.caller("frame_of_callers", in_mid_call(&frame(Facts::Request(RequestFacts::default()), b"")).await);
    seen.caller("frame_cut_short", in_mid_call(&frame(Facts::Ping(1), b"")[..10]).await);
    seen.caller("peer_foreign", in_mid_call(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n").await);

    let few = Limits { flood_frames: 16, ..Limits::default() };
    let pings = frame(Facts::Ping(1), b"").repeat(17);
    seen.caller("limit_exceeded", in_mid_call_of(few, &pings).await);

    let (listener, address) = listen().await;
    let call =
        async { Client::connect(&address).await.unwrap().request::<_, Note>(&ECHO, &Note::default()).await };
    let server = async {
        let raw = Raw::accept(&listener).await;
        // A socket that is closed with bytes unread resets the connection.
        raw.stream.readable().await.unwrap();
        drop(raw);
    };
    seen.caller("connection_lost", tokio::join!(call, server).0.unwrap_err());
}

async fn runtimes_end(seen: &mut Seen) {
    let (silent, address) = listen().await;
    let elsewhere = runtime();
    let client = Client::builder(&address).lazy();
    elsewhere.spawn(client.request::<_, Note>(&WAIT, &Note::default()));
    let _held = silent.accept().await.unwrap();
    let waiting = tokio::spawn(client.request::<_, Note>(&WAIT, &Note::default()));
    tokio::task::yield_now().await;
    elsewhere.shutdown_background();
    seen.caller("opening_ended", waiting.await.unwrap().unwrap_err());

    let server = Running::start().await;
    let elsewhere = runtime();
    let client = limited(server.address, Limits::default());
    let client = elsewhere.spawn(client).await.unwrap();
    let waiting = tokio::spawn(client.request::<_, Note>(&WAIT, &Note::default()));
    server.gate.started.notified().await;
    elsewhere.shutdown_background();
    seen.caller("connection_ended_here", waiting.await.unwrap().unwrap_err());
}
