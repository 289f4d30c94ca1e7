//! The limits of what a peer sends: how slowly, and how much that serves no call.

use std::time::Duration;

use super::note_of;
use super::support::{ECHO, Note, Raw, Running, WAIT, request_header, words};
use svrkit_runtime::wire::frame::{Facts, GoawayReason, HEADER_LEN, Header};
use svrkit_runtime::{Client, Code, Ending, Event, Limits, Recorder, Server, Side, Status, Tlv};
use tokio::net::TcpListener;

const SOON: Duration = Duration::from_millis(20);

/// Whether a connection of the server's ended by a limit.
fn was_limited(recorder: &Recorder) -> bool {
    let is_limit = |event: &Event| {
        matches!(event, Event::ConnectionEnded { side: Side::Server, ending: Ending::Limit, .. })
    };
    recorder.events().iter().any(is_limit)
}

/// Is told goodbye in these words, and the connection ends.
async fn expect_cut(raw: &mut Raw, expected: &str) {
    loop {
        let frame = raw.receive().await.unwrap();
        if let Facts::Goaway { reason } = frame.header.facts {
            assert_eq!((reason, &*words(&frame)), (GoawayReason::Limit, expected));
            break;
        }
    }
    assert!(raw.receive().await.is_none());
}

#[tokio::test]
pub(super) async fn frame_timeout_of_the_server() {
    let recorder = Recorder::default();
    let limits = Limits { frame_timeout: SOON, ..Limits::default() };
    let server = Running::of(Server::new().limits(limits).monitor(recorder.clone())).await;
    let (mut silent, mut slow) = (Raw::greeted(server.address).await, Raw::greeted(server.address).await);
    slow.send_bytes(&request_header(1, 1).to_bytes()[..HEADER_LEN - 1]).await;
    let expected = "31 bytes of a frame came, and not the rest of it within 20 ms more than they take at 65536 bytes a second \
                    (frame.timeout, frame.rate_min)";
    expect_cut(&mut slow, expected).await;
    // Who has begun nothing may be silent.
    silent.send(request_header(1, 1), b"").await;
    assert_eq!(silent.receive().await.unwrap().header.call_id, 1);
    drop((silent, slow));
    server.stop().await;
    assert!(was_limited(&recorder));
}

#[tokio::test]
pub(super) async fn frame_timeout_of_a_body_in_parts() {
    let server = Running::with(Limits { frame_timeout: SOON, ..Limits::default() }).await;
    let mut slow = Raw::greeted(server.address).await;
    let announced =
        Header { flags: svrkit_runtime::wire::frame::FLAG_IN_PARTS, body_len: 100, ..request_header(1, 1) };
    let part = Header { body_len: 64, ..Header::new(1, Facts::Part) };
    // What comes between its parts is served, and prolongs nothing.
    let between = request_header(2, 1);
    let frames = [&announced.to_bytes()[..], &part.to_bytes(), &[0; 64], &between.to_bytes()];
    slow.send_bytes(&frames.concat()).await;
    assert_eq!(slow.receive().await.unwrap().header.call_id, 2);
    let goaway = slow.receive().await.unwrap();
    assert!(words(&goaway).starts_with("64 bytes of a frame came"), "{}", words(&goaway));
}

/// What comes of a call whose server does this once it has the request.
async fn answered_with(limits: Limits, bytes: &[u8]) -> Result<Note, Status> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let call = async {
        let client = Client::builder(address).limits(limits).connect().await.unwrap();
        client.request::<_, Note>(&WAIT, &Note::default()).await
    };
    let server = async {
        let mut raw = Raw::accept(&listener).await;
        let call_id = raw.receive().await.unwrap().header.call_id;
        raw.send_bytes(bytes).await;
        let answer = Header::new(call_id, Facts::Response(Default::default()));
        // One that is cut does not take it.
        let _ = tokio::io::AsyncWriteExt::write_all(&mut raw.stream, &answer.to_bytes()).await;
        raw
    };
    tokio::join!(call, server).0
}

#[tokio::test]
pub(super) async fn frame_timeout_of_the_client() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let limits = Limits { frame_timeout: SOON, ..Limits::default() };
    let address = listener.local_addr().unwrap().to_string();
    let client = Client::builder(address).limits(limits).connect();
    let (mut raw, client) = tokio::join!(Raw::accept(&listener), client);
    raw.send_bytes(&Header::new(1, Facts::Ping(1)).to_bytes()[..1]).await;
    let status = client.unwrap().request::<_, Note>(&WAIT, &Note::default()).await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable, "{status}");
    assert!(status.message().contains("(frame.timeout, frame.rate_min)"), "{status}");
}

#[tokio::test]
pub(super) async fn frame_rate_min() {
    let half = async |frame_rate_min| {
        let limits = Limits { frame_timeout: SOON, frame_rate_min, ..Limits::default() };
        let server = Running::with(limits).await;
        let mut raw = Raw::greeted(server.address).await;
        let body = note_of(100_000).encode().unwrap();
        let header = Header { body_len: body.len() as u32, ..request_header(1, 1) };
        raw.send_bytes(&header.to_bytes()).await;
        raw.send_bytes(&body[..50_000]).await;
        (server, raw, body[50_000..].to_vec())
    };
    let (_slow, mut slow, rest) = half(1).await;
    let (_fast, mut fast, _) = half(1 << 30).await;
    let words = words(&fast.receive().await.unwrap());
    assert!(words.contains("1073741824 bytes a second (frame.timeout, frame.rate_min)"), "{words}");
    // The other one had begun before, and has half a day.
    slow.send_bytes(&rest).await;
    let answer = slow.receive().await.unwrap();
    assert_eq!((answer.header.call_id, answer.header.body_len), (1, 100_000));
}

fn pings(count: u64) -> Vec<u8> {
    (0..count).flat_map(|token| Header::new(0, Facts::Ping(token)).to_bytes()).collect()
}

#[tokio::test]
pub(super) async fn flood_frames_of_the_server() {
    let server = Running::with(Limits { flood_frames: 16, ..Limits::default() }).await;
    let mut raw = Raw::greeted(server.address).await;
    // By one write, so that no time passes; a call pays for one more.
    raw.send_bytes(&[pings(16), request_header(1, 1).to_bytes().to_vec(), pings(1)].concat()).await;
    for _ in 0..18 {
        let frame = raw.receive().await.unwrap();
        assert!(matches!(frame.header.facts, Facts::Pong(_) | Facts::Response(_)), "{frame:?}");
    }
    raw.send_bytes(&pings(17)).await;
    expect_cut(&mut raw, "more than 16 frames in a second that serve no call (flood.frames)").await;
    assert!(server.client().await.request::<_, Note>(&ECHO, &Note::default()).await.is_ok());
}

#[tokio::test]
pub(super) async fn flood_frames_of_the_client() {
    let limits = Limits { flood_frames: 16, ..Limits::default() };
    assert!(answered_with(limits, &pings(16)).await.is_ok());
    let status = answered_with(limits, &pings(17)).await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
    let expected =
        "the connection was cut: more than 16 frames in a second that serve no call (flood.frames)";
    assert!(status.message().starts_with(expected), "{status}");
}
