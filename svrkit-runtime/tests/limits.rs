//! Each limit at its edge: the last thing that passes, the first that doesn't, and the key in the error's words.
//!
//! `EDGES` has the tests of each key; a key of the runtime without one fails the test that walks over it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where what it stands on fails")]

#[path = "support/authority.rs"]
mod authority;
mod support;
#[path = "support/tls_peers.rs"]
mod tls_peers;

#[path = "limits/admin.rs"]
mod admin;
#[path = "limits/clients.rs"]
mod clients;
#[path = "limits/frames.rs"]
mod frames;
#[path = "limits/metrics.rs"]
mod metrics;
#[path = "limits/securing.rs"]
mod securing;
#[path = "limits/streams.rs"]
mod streams;
#[path = "limits/takeovers.rs"]
mod takeovers;

use std::time::Duration;

use admin::{admin_connections, admin_head, admin_timeout};
use clients::{
    client_backoff_max, client_backoff_min, client_connections, client_opening, connection_age_of_the_client,
    connection_age_of_the_server, connection_idle_of_the_client, connection_idle_of_the_server,
    resolve_bytes, resolve_endpoints, resolve_refresh, resolve_rest, resolve_watch,
};
use frames::{
    flood_frames_of_the_client, flood_frames_of_the_server, frame_rate_min, frame_timeout_of_a_body_in_parts,
    frame_timeout_of_the_client, frame_timeout_of_the_server,
};
use metrics::{metrics_bytes, metrics_methods, metrics_threads};
use securing::{
    tls_handshake_bytes_of_the_client, tls_handshake_bytes_of_the_server,
    tls_handshake_timeout_of_the_client, tls_handshake_timeout_of_the_server, tls_handshakes, tls_watch,
};
use streams::{connection_window, stream_idle, stream_window, stream_window_of_a_peer_that_has_no_credit};
use support::{ECHO, GROW, Note, Raw, Running, WAIT, words};
use svrkit_runtime::wire::frame::{
    FEATURE_COMPRESSION, FLAG_COMPRESSED, Facts, GoawayReason, HELLO_LEN_MAX, Header, Hello, hello_header,
};
use svrkit_runtime::{
    Call, Cause, Client, Code, Framing, Key, Layer, Limits, Server, Service, ServiceSpec, Spec, Status, Tlv,
};
use takeovers::{takeover_handshake_of_the_predecessor, takeover_handshake_of_the_successor};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{sleep, timeout};

macro_rules! edges {
    ($($key:literal => $($test:ident),+;)+) => {
        [$(($key, &[$((stringify!($test), $test as fn())),+])),+]
    };
}

/// A test and its name.
type Edge = (&'static str, fn());

/// The tests at the edge of each limit. Their names begin with the key's.
const EDGES: &[(&str, &[Edge])] = &edges! {
    "message.in" => message_in_of_the_server, message_in_of_the_client, message_in_in_process;
    "message.out" => message_out_of_the_client, message_out_of_the_server;
    "metadata.bytes" => metadata_bytes, metadata_bytes_of_the_server;
    "metadata.entries" => metadata_entries;
    "decode.memory" => decode_memory;
    "decode.depth" => decode_depth, decode_depth_at_the_end_of_its_range;
    "calls.in_flight" => calls_in_flight;
    "outbound.queue" => outbound_queue;
    "stream.window" => stream_window, stream_window_of_a_peer_that_has_no_credit;
    "connection.window" => connection_window;
    "stream.idle" => stream_idle;
    "connections" => connections;
    "peer.share" => peer_share, peer_share_is_not_for_unix_sockets;
    "hello.timeout" => hello_timeout;
    "frame.timeout" => frame_timeout_of_the_server, frame_timeout_of_a_body_in_parts, frame_timeout_of_the_client;
    "frame.rate_min" => frame_rate_min;
    "flood.frames" => flood_frames_of_the_server, flood_frames_of_the_client;
    "compression.min" => compression_min;
    "tls.handshake_timeout" => tls_handshake_timeout_of_the_server, tls_handshake_timeout_of_the_client;
    "tls.handshake_bytes" => tls_handshake_bytes_of_the_server, tls_handshake_bytes_of_the_client;
    "tls.handshakes" => tls_handshakes;
    "tls.watch" => tls_watch;
    "connect.timeout" => connect_timeout;
    "client.connections" => client_connections;
    "client.opening" => client_opening;
    "client.backoff.min" => client_backoff_min;
    "client.backoff.max" => client_backoff_max;
    "connection.idle" => connection_idle_of_the_client, connection_idle_of_the_server;
    "connection.age" => connection_age_of_the_client, connection_age_of_the_server;
    "resolve.rest" => resolve_rest;
    "resolve.refresh" => resolve_refresh;
    "resolve.watch" => resolve_watch;
    "resolve.endpoints" => resolve_endpoints;
    "resolve.bytes" => resolve_bytes;
    "deadline.default" => deadline_default;
    "deadline.max" => deadline_max, deadline_max_beyond_every_clock;
    "drain.timeout" => drain_timeout;
    "takeover.handshake" => takeover_handshake_of_the_predecessor, takeover_handshake_of_the_successor;
    "metrics.bytes" => metrics_bytes;
    "metrics.threads" => metrics_threads;
    "metrics.methods" => metrics_methods;
    "health.timeout" => health_timeout;
    "admin.head" => admin_head;
    "admin.timeout" => admin_timeout;
    "admin.connections" => admin_connections;
};

#[test]
fn every_limit_has_a_test_at_its_edge() {
    let keys: Vec<_> = Limits::keys().iter().map(Key::name).collect();
    let tested: Vec<_> = EDGES.iter().map(|(key, _)| *key).collect();
    assert_eq!(tested, keys, "write the test of a new limit and add it to EDGES, in the order of the table");
    for (key, tests) in EDGES {
        for (test, _) in *tests {
            assert!(test.starts_with(&key.replace('.', "_")), "{test} is no test of {key}");
        }
    }
}

#[track_caller]
fn check(status: &Status, cause: Cause, expected: &str) {
    assert_eq!((status.code(), status.facts().cause), (Code::ResourceExhausted, cause), "{status}");
    assert!(status.message().contains(expected), "{status}");
}

/// A note whose encoding has exactly `len` bytes.
fn note_of(len: usize) -> Note {
    let mut note = Note { payload: vec![7; len - 2].into(), ..Note::default() };
    while note.encode().unwrap().len() > len {
        note.payload.truncate(note.payload.len() - 1);
    }
    assert_eq!(note.encode().unwrap().len(), len);
    note
}

#[tokio::test]
async fn message_in_of_the_server() {
    let server = Running::with(Limits { message_in: 1000, ..Limits::default() }).await;
    let client = server.client().await;
    let answer: Note = client.request(&ECHO, &note_of(1000)).await.unwrap();
    assert_eq!(answer, note_of(1000));
    // The sender refuses first, naming the peer's key.
    let status = client.request::<_, Note>(&ECHO, &note_of(1001)).await.unwrap_err();
    check(
        &status,
        Cause::Size,
        "a request of 1001 bytes is over the server's limit of 1000 (its message.in)",
    );

    // A peer that does not is cut.
    let mut raw = Raw::greeted(server.address).await;
    raw.send(support::request_header(1, 1), &note_of(1001).encode().unwrap()).await;
    let goaway = raw.receive().await.unwrap();
    assert_eq!(words(&goaway), "a body of 1001 bytes is over the limit of 1000 (message.in)");
    assert!(raw.receive().await.is_none());
}

#[tokio::test]
async fn compression_min() {
    let limits = Limits { compression_min: 1000, ..Limits::default() };
    let server = Running::of(Server::new().limits(limits).framing(Framing::new().compression())).await;
    let mut raw = Raw::connect(server.address).await;
    let hello = Hello { features: FEATURE_COMPRESSION, ..Hello::default() };
    raw.send(hello_header(), &hello.encode().unwrap()).await;
    raw.receive().await.unwrap();
    for (len, flags) in [(999, 0), (1000, FLAG_COMPRESSED)] {
        raw.send(support::request_header(1, ECHO.method_id), &note_of(len).encode().unwrap()).await;
        let answer = raw.receive().await.unwrap();
        assert_eq!(answer.header.flags, flags, "{len} bytes");
    }
}

#[tokio::test]
async fn message_in_of_the_client() {
    let server = Running::start().await;
    let limits = Limits { message_in: 1000, ..Limits::default() };
    let client = Client::builder(server.address.to_string()).limits(limits).connect().await.unwrap();
    // Tag, length, payload and the number itself.
    let answer: Note = client.request(&GROW, &Note::number(994)).await.unwrap();
    assert_eq!(answer.encode().unwrap().len(), 1000);
    let status = client.request::<_, Note>(&GROW, &Note::number(995)).await.unwrap_err();
    check(
        &status,
        Cause::Size,
        "a response of 1001 bytes is over the caller's limit of 1000 (its message.in)",
    );
}

#[tokio::test]
async fn message_out_of_the_client() {
    let server = Running::start().await;
    let limits = Limits { message_out: 1000, ..Limits::default() };
    let client = Client::builder(server.address.to_string()).limits(limits).connect().await.unwrap();
    assert!(client.request::<_, Note>(&ECHO, &note_of(1000)).await.is_ok());
    let status = client.request::<_, Note>(&ECHO, &note_of(1001)).await.unwrap_err();
    check(&status, Cause::Size, "message.out");
}

#[tokio::test]
async fn message_out_of_the_server() {
    let server = Running::with(Limits { message_out: 1000, ..Limits::default() }).await;
    let client = server.client().await;
    assert!(client.request::<_, Note>(&GROW, &Note::number(994)).await.is_ok());
    let status = client.request::<_, Note>(&GROW, &Note::number(995)).await.unwrap_err();
    assert_eq!((status.code(), status.facts().layer), (Code::Internal, Layer::Codec));
    assert!(status.message().contains("message.out"), "{status}");
}

#[tokio::test]
async fn metadata_bytes() {
    let server = Running::start().await;
    let limits = Limits { metadata_bytes: 100, ..Limits::default() };
    let client = Client::builder(server.address.to_string()).limits(limits).connect().await.unwrap();
    // Two lengths and three tags around key and value.
    let request =
        |len: usize| client.request::<_, Note>(&ECHO, &Note::default()).metadata("key", vec![1; len]);
    assert!(request(91).await.is_ok());
    check(
        &request(92).await.unwrap_err(),
        Cause::Size,
        "metadata of 101 bytes is over the limit of 100 (metadata.bytes)",
    );
}

#[tokio::test]
async fn metadata_bytes_of_the_server() {
    let server = Running::with(Limits { metadata_bytes: 100, ..Limits::default() }).await;
    let client = server.client().await;
    let request =
        |len: usize| client.request::<_, Note>(&ECHO, &Note::default()).metadata("key", vec![1; len]);
    assert!(request(91).await.is_ok());
    // The sender refuses first, naming the peer's key.
    check(
        &request(92).await.unwrap_err(),
        Cause::Size,
        "metadata of 101 bytes is over the server's limit of 100 (its metadata.bytes)",
    );
    let mut raw = Raw::greeted(server.address).await;
    let mut header = support::request_header(1, 1);
    header.metadata_len = 101;
    raw.send_bytes(&header.to_bytes()).await;
    let goaway = raw.receive().await.unwrap();
    assert_eq!(words(&goaway), "metadata of 101 bytes is over the limit of 100 (metadata.bytes)");
}

#[tokio::test]
async fn metadata_entries() {
    let server = Running::with(Limits { metadata_entries: 3, ..Limits::default() }).await;
    let limits = Limits { metadata_entries: 4, ..Limits::default() };
    let client = Client::builder(server.address.to_string()).limits(limits).connect().await.unwrap();
    let request = |entries: usize| {
        let note = Note { text: "key".into(), ..Note::default() };
        let request = client.request::<_, Note>(&support::METADATA, &note);
        (0..entries).fold(request, |request, _| request.metadata("key", "value"))
    };
    assert!(request(3).await.is_ok());
    let status = request(4).await.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
    assert!(
        status.message().contains("4 metadata entries are over the limit of 3 (metadata.entries)"),
        "{status}"
    );
    check(
        &request(5).await.unwrap_err(),
        Cause::Size,
        "5 metadata entries are over the limit of 4 (metadata.entries)",
    );
}

#[tokio::test]
async fn decode_depth() {
    #[derive(Clone, Debug, Default, PartialEq, Tlv)]
    struct Chain {
        #[tlv(1)]
        next: Option<Box<Chain>>,
    }
    let chain =
        |depth: usize| (0..depth).fold(Chain::default(), |chain, _| Chain { next: Some(Box::new(chain)) });
    let server = Running::start().await;
    let limits = Limits { decode_depth: 5, ..Limits::default() };
    let client = Client::builder(server.address.to_string()).limits(limits).connect().await.unwrap();
    // The server keeps as unknown what the client nests.
    let request = |depth| client.request::<_, Chain>(&support::KEEP, &chain(depth));
    assert_eq!(request(5).await.unwrap(), chain(5));
    let status = request(6).await.unwrap_err();
    assert_eq!((status.code(), status.facts().layer), (Code::Internal, Layer::Codec));
    assert!(status.message().contains("decode.depth"), "{status}");
}

/// A message about as large as the generator leaves unboxed, in a chain.
#[derive(Clone, Debug, Default, PartialEq, Tlv)]
struct Large {
    #[tlv(1)]
    next: Option<Box<Large>>,
    #[tlv(2)]
    left: Option<Lists>,
    #[tlv(3)]
    right: Option<Lists>,
}

#[derive(Clone, Debug, Default, PartialEq, Tlv)]
struct Lists {
    #[tlv(1)]
    a: Vec<u64>,
    #[tlv(2)]
    b: Vec<u64>,
    #[tlv(3)]
    c: Vec<u64>,
    #[tlv(4)]
    d: Vec<u64>,
    #[tlv(5)]
    e: Vec<u64>,
    #[tlv(6)]
    f: Vec<u64>,
    #[tlv(7)]
    g: Vec<u64>,
    #[tlv(8)]
    h: Vec<u64>,
    #[tlv(9)]
    i: Vec<u64>,
    #[tlv(10)]
    j: Vec<u64>,
}

#[tokio::test]
async fn decode_depth_at_the_end_of_its_range() {
    // What a configuration may set, the stack of a thread bears, even unoptimized.
    let chain = |depth: usize| {
        (0..depth)
            .fold(Large::default(), |chain, _| Large { next: Some(Box::new(chain)), ..Large::default() })
    };
    let config = svrkit_runtime::Config::builder().set("decode.depth", "256").load().unwrap();
    assert!(svrkit_runtime::Config::builder().set("decode.depth", "257").load().is_err());
    assert!(size_of::<Large>() >= 480);
    let server = Running::start().await;
    let client = Client::builder(server.address.to_string()).config(&config).connect().await.unwrap();
    let answer: Large = client.request(&support::KEEP, &chain(256)).await.unwrap();
    assert_eq!(answer, chain(256));
    let status = client.request::<_, Large>(&support::KEEP, &chain(257)).await.unwrap_err();
    assert!(status.message().contains("decode.depth"), "{status}");
}

#[tokio::test]
async fn decode_memory() {
    let server = Running::with(Limits { decode_memory: 1000, ..Limits::default() }).await;
    let client = server.client().await;
    let note = |len| Note { text: "x".repeat(len), ..Note::default() };
    assert!(client.request::<_, Note>(&ECHO, &note(1000)).await.is_ok());
    let status = client.request::<_, Note>(&ECHO, &note(1001)).await.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
    assert!(status.message().contains("decode.memory"), "{status}");
}

#[tokio::test]
async fn calls_in_flight() {
    let server = Running::with(Limits { calls_in_flight: 2, ..Limits::default() }).await;
    let client = server.client().await;
    let wait = || tokio::spawn(client.request::<_, Note>(&WAIT, &Note::default()));
    let (first, second) = (wait(), wait());
    server.gate.started.notified().await;
    server.gate.started.notified().await;
    // The caller knows the server's limit and waits for a place, until its deadline.
    let late = client.request::<_, Note>(&ECHO, &Note::default()).timeout(Duration::from_millis(20));
    let status = late.await.unwrap_err();
    assert_eq!(status.code(), Code::DeadlineExceeded);
    assert!(
        status.message().contains("no place among 2 calls in flight (the server's calls.in_flight)"),
        "{status}"
    );
    let third = tokio::spawn(client.request::<_, Note>(&ECHO, &Note::number(3)));
    server.gate.go.notify_one();
    server.gate.go.notify_one();
    assert!(first.await.unwrap().is_ok() && second.await.unwrap().is_ok());
    assert_eq!(third.await.unwrap().unwrap().number, 3, "their places are free again");

    let mut raw = Raw::greeted(server.address).await;
    for call_id in 1..=3 {
        raw.send(support::request_header(call_id, 4), b"").await;
    }
    let refusal = raw.receive().await.unwrap();
    assert_eq!(refusal.header.call_id, 3);
    assert_eq!(
        words(&refusal),
        "2 calls are in flight on this connection already (the server's calls.in_flight)"
    );
}

#[tokio::test]
async fn outbound_queue() {
    let limits =
        Limits { outbound_queue: 64 << 10, drain_timeout: Duration::from_millis(10), ..Limits::default() };
    let server = Running::with(limits).await;
    let client = server.client().await;
    // More answers than the sockets' buffers hold, none of them read.
    let asked = 64;
    let body = Note::number(1 << 20).encode().unwrap();
    let asks = (1..=asked).flat_map(|call_id| {
        let header = Header { body_len: body.len() as u32, ..support::request_header(call_id, 5) };
        [&header.to_bytes()[..], &body].concat()
    });
    let asks: Vec<u8> = asks.collect();
    // By one write, so that all are read before the first answer stops the reading.
    let ask = async |raw: &mut Raw| raw.send_bytes(&asks).await;
    let mut reader = Raw::greeted(server.address).await;
    ask(&mut reader).await;
    // A call of somebody else's goes on meanwhile.
    assert!(client.request::<_, Note>(&ECHO, &Note::default()).await.is_ok());
    // Who reads in the end gets everything.
    let mut answered: Vec<u32> = Vec::new();
    for _ in 0..asked {
        answered.push(reader.receive().await.unwrap().header.call_id);
    }
    answered.sort_unstable();
    assert_eq!(answered, (1..=asked).collect::<Vec<_>>());

    // Who never reads keeps his own calls in flight: their answers are not piled up.
    let mut never = Raw::greeted(server.address).await;
    ask(&mut never).await;
    assert!(client.request::<_, Note>(&ECHO, &Note::default()).await.is_ok());
    drop((client, reader));
    let drained = server.stop().await;
    assert!(drained.calls_cut > asked as usize / 2, "{drained}");
    assert_eq!(drained.connections_cut, 1, "{drained}");
}

#[tokio::test]
async fn words_of_a_status() {
    // A peer that takes less than the words gets the numbers.
    let server = Running::start().await;
    let limits = Limits { message_in: 19, ..Limits::default() };
    let client = Client::builder(server.address.to_string()).limits(limits).connect().await.unwrap();
    let status = client.request::<_, Note>(&support::FAIL, &Note::number(1)).await.unwrap_err();
    assert_eq!((status.code(), status.message(), status.facts().error_code), (Code::NotFound, "", 1001));
    assert!(client.request::<_, Note>(&ECHO, &Note::default()).await.is_ok(), "the connection goes on");
}

#[tokio::test]
async fn message_in_in_process() {
    let limits = Limits { message_in: 1000, metadata_bytes: 100, ..Limits::default() };
    let client = Server::new().limits(limits).service(support::Test::default()).in_process().unwrap();
    assert!(client.request::<_, Note>(&ECHO, &note_of(1000)).await.is_ok());
    let status = client.request::<_, Note>(&ECHO, &note_of(1001)).await.unwrap_err();
    check(
        &status,
        Cause::Size,
        "a request of 1001 bytes is over the server's limit of 1000 (its message.in)",
    );
    let status = client.request::<_, Note>(&GROW, &Note::number(995)).await.unwrap_err();
    check(
        &status,
        Cause::Size,
        "a response of 1001 bytes is over the caller's limit of 1000 (its message.in)",
    );
    let crowded = client.request::<_, Note>(&ECHO, &Note::default()).metadata("key", vec![1; 92]);
    check(
        &crowded.await.unwrap_err(),
        Cause::Size,
        "metadata of 101 bytes is over the limit of 100 (metadata.bytes)",
    );
}

#[tokio::test]
async fn hello_len_max() {
    // Far more services than `message.in` has room for: a hello has a limit of its own.
    let limits = Limits { message_in: 64, ..Limits::default() };
    let server = Running::start().await;
    let client =
        Client::builder(server.address.to_string()).name("x".repeat(10_000)).limits(limits).connect().await;
    assert!(client.unwrap().request::<_, Note>(&ECHO, &Note::number(1)).await.is_ok());
    let mut raw = Raw::connect(server.address).await;
    let mut header = svrkit_runtime::wire::frame::hello_header();
    header.body_len = HELLO_LEN_MAX + 1;
    raw.send_bytes(&header.to_bytes()).await;
    let goaway = raw.receive().await.unwrap();
    assert_eq!(words(&goaway), "a body of 65537 bytes is over the limit of 65536 (message.in)");
}

#[tokio::test]
async fn connections() {
    let server = Running::with(Limits { connections: 2, ..Limits::default() }).await;
    let (first, _second) = (server.client().await, server.client().await);
    let status = Client::connect(server.address.to_string()).await.unwrap_err();
    assert_eq!((status.code(), status.facts().layer), (Code::Unavailable, Layer::Handshake));
    assert_eq!(
        status.message(),
        "the server turned the connection away: the server has 2 connections already (connections)"
    );
    let mut raw = Raw::connect(server.address).await;
    assert_eq!(raw.receive().await.unwrap().header.facts, Facts::Goaway { reason: GoawayReason::Limit });
    assert!(first.request::<_, Note>(&ECHO, &Note::default()).await.is_ok(), "old connections go on");
}

#[tokio::test]
async fn peer_share() {
    let limits = Limits { connections: 6500, peer_share: 1, ..Limits::default() };
    let server = Running::with(limits).await;
    let mut held = Vec::new();
    // A process that may open few files gives a smaller share, and never below 64.
    let share = loop {
        let mut raw = Raw::connect(server.address).await;
        raw.send(svrkit_runtime::wire::frame::hello_header(), b"").await;
        match raw.receive().await.unwrap() {
            frame if matches!(frame.header.facts, Facts::Hello { .. }) => held.push(raw),
            goaway => {
                assert_eq!(goaway.header.facts, Facts::Goaway { reason: GoawayReason::Limit });
                break words(&goaway);
            }
        }
    };
    assert!((64..=65).contains(&held.len()), "{}", held.len());
    assert_eq!(
        share,
        format!(
            "the server has {} connections from this address already, which may have 1 of a hundred \
             (peer.share)",
            held.len()
        )
    );
    // Another address has its own.
    let elsewhere = TcpSocket::new_v4().unwrap();
    elsewhere.bind("127.0.0.2:0".parse().unwrap()).unwrap();
    let mut raw = Raw::new(elsewhere.connect(server.address).await.unwrap());
    raw.send(svrkit_runtime::wire::frame::hello_header(), b"").await;
    assert!(matches!(raw.receive().await.unwrap().header.facts, Facts::Hello { .. }));
    // And who leaves makes room.
    drop(held.pop());
    while Client::connect(server.address.to_string()).await.is_err() {}
}

#[cfg(unix)]
#[tokio::test]
async fn peer_share_is_not_for_unix_sockets() {
    let folder = support::Folder::new("limits-share");
    let limits = Limits { peer_share: 1, ..Limits::default() };
    let bound = Server::new().limits(limits).service(support::Test::default()).bind(folder.address()).await;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = tokio::spawn(bound.unwrap().run_until(async { drop(stopped.await) }));
    let mut clients = Vec::new();
    for _ in 0..110 {
        clients.push(Client::connect(folder.address()).await.unwrap());
    }
    drop((clients, stop));
    serving.await.unwrap();
}

#[tokio::test]
async fn hello_timeout() {
    let server =
        Running::with(Limits { hello_timeout: Duration::from_millis(20), ..Limits::default() }).await;
    let mut raw = Raw::connect(server.address).await;
    assert_eq!(words(&raw.receive().await.unwrap()), "no whole hello within 20 ms (hello.timeout)");
    assert!(raw.receive().await.is_none());
}

#[tokio::test]
async fn connect_timeout() {
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
    let status = Client::builder(address.to_string()).limits(limits).connect().await.unwrap_err();
    assert_eq!((status.code(), status.facts().layer), (Code::Unavailable, Layer::Connect));
    assert_eq!(status.message(), format!("no connection to {address} within 50 ms (connect.timeout)"));
}

#[tokio::test]
async fn deadline_default() {
    static PATIENT: Spec = Spec::new("test.Test", support::TEST_ID, "Wait", 4);
    let server = Running::start().await;
    let limits = Limits { deadline_default: Duration::from_millis(20), ..Limits::default() };
    let client = Client::builder(server.address.to_string()).limits(limits).connect().await.unwrap();
    let status = client.request::<_, Note>(&PATIENT, &Note::default()).await.unwrap_err();
    assert_eq!(status.code(), Code::DeadlineExceeded);
    assert!(status.message().contains("20 ms (deadline.default)"), "{status}");
}

/// Takes its time, and counts.
struct Slow;

const SLOW_ID: u32 = 4100;

/// Answers after `number` milliseconds.
static PAUSE: Spec = Spec::new("test.Slow", SLOW_ID, "Pause", 1)
    .messages("test.Note", "test.Note")
    .timeout(Duration::from_secs(30));
static SLOW: ServiceSpec = ServiceSpec::new("test.Slow", SLOW_ID, &[&PAUSE]);

impl Service for Slow {
    fn spec(&self) -> &'static ServiceSpec {
        &SLOW
    }

    fn dispatch(&self, call: Call) {
        call.handle(&PAUSE, |note: Note| async move {
            sleep(Duration::from_millis(note.number)).await;
            Ok(note)
        });
    }
}

fn slow(limits: Limits) -> Client {
    Server::new().limits(limits).service(Slow).in_process().unwrap()
}

#[tokio::test(start_paused = true)]
async fn deadline_max() {
    let client = slow(Limits { deadline_max: Duration::from_millis(500), ..Limits::default() });
    let pause = |number| client.request::<_, Note>(&PAUSE, &Note::number(number));
    assert_eq!(pause(499).await.unwrap().number, 499);
    let status = pause(501).await.unwrap_err();
    assert_eq!((status.code(), status.facts().layer), (Code::DeadlineExceeded, Layer::Handler));
    assert!(status.message().contains("the server's deadline.max"), "{status}");
}

#[tokio::test]
async fn deadline_max_beyond_every_clock() {
    let server = Running::with(Limits { deadline_max: Duration::MAX, ..Limits::default() }).await;
    let mut raw = Raw::greeted(server.address).await;
    let mut header = support::request_header(1, 1);
    let Facts::Request(facts) = &mut header.facts else { unreachable!("it is a request's") };
    // No deadline: as long as the server gives.
    facts.remaining_us = u32::MAX;
    raw.send(header, b"").await;
    assert_eq!(raw.receive().await.unwrap().header.call_id, 1);
}

#[tokio::test]
async fn drain_timeout() {
    for (drain_timeout, cut) in [(Duration::from_secs(3600), 0), (Duration::ZERO, 1)] {
        let server = Running::with(Limits { drain_timeout, ..Limits::default() }).await;
        let client = server.client().await;
        let gate = std::sync::Arc::clone(&server.gate);
        let waiting = tokio::spawn(client.request::<_, Note>(&WAIT, &Note::default()));
        gate.started.notified().await;
        let stopping = tokio::spawn(server.stop());
        if cut == 0 {
            gate.go.notify_one();
        }
        let outcome = waiting.await.unwrap();
        drop(client);
        assert_eq!(stopping.await.unwrap().calls_cut, cut);
        match outcome {
            Ok(_) => assert_eq!(cut, 0),
            Err(status) => {
                assert_eq!(
                    (cut, status.code(), status.facts().cause),
                    (1, Code::Unavailable, Cause::Draining)
                );
                assert!(status.message().contains("(drain.timeout)"), "{status}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn health_timeout() {
    let timeout = Duration::from_millis(300);
    let server = Server::new().limits(Limits { health_timeout: timeout, ..Limits::default() });
    for (name, takes) in
        [("in time", timeout - Duration::from_millis(1)), ("late", timeout + Duration::from_millis(1))]
    {
        server.health().readiness_check(name, move || async move {
            sleep(takes).await;
            Ok::<_, String>(())
        });
    }
    let health = svrkit_runtime::health::HealthClient::new(server.in_process().unwrap());
    let reply = health.ready(&Default::default()).await.unwrap();
    let obstacles: Vec<_> = reply.obstacles.iter().map(|it| (&*it.name, &*it.reason)).collect();
    assert_eq!(obstacles, [("late", "no result within 300 ms (health.timeout)")]);
}
