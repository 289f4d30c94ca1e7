//! Compressed bodies and frames with checksums: where both sides want them, and nowhere else.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where what it stands on fails")]

mod support;

use support::{ECHO, GROW, Note, Raw, Running, Test, request_header, words};
use svrkit_runtime::testing::TestServer;
use svrkit_runtime::wire::frame::{
    FEATURE_CHECKSUMS, FEATURE_COMPRESSION, FEATURE_PACKS, FEATURE_PARTS, FLAG_CHECKED, FLAG_COMPRESSED,
    FLAG_IN_PARTS, Facts, Frame, GoawayReason, Header, Hello, hello_header,
};
use svrkit_runtime::{Client, Framing, Limits, Server, Tlv};

fn both() -> Framing {
    Framing::new().compression().checksums()
}

async fn client_of(address: impl ToString, framing: Framing) -> Client {
    Client::builder(address.to_string()).framing(framing).connect().await.unwrap()
}

/// A peer whose hello has these features, past the hellos, and those of the server's.
async fn greeted(server: &Running, features: u64) -> (Raw, u64) {
    let mut raw = Raw::connect(server.address).await;
    let hello = Hello { features, ..Hello::default() };
    raw.send(hello_header(), &hello.encode().unwrap()).await;
    let hello = Hello::decode(&raw.receive().await.unwrap().body).unwrap();
    (raw, hello.features)
}

/// CRC-32C, bit by bit, as RFC 3720 describes it.
fn crc32c(bytes: &[u8]) -> [u8; 4] {
    let sum = bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| (sum >> 1) ^ (0x82f6_3b78 * (sum & 1)))
    });
    (!sum).to_le_bytes()
}

fn checked(mut header: Header, body: &[u8]) -> Vec<u8> {
    header.flags |= FLAG_CHECKED;
    header.body_len = body.len() as u32;
    let mut bytes = [&header.to_bytes()[..], body].concat();
    let sum = crc32c(&bytes);
    bytes.extend(sum);
    bytes
}

async fn refused(mut raw: Raw, expected: &str) {
    let goaway = raw.receive().await.unwrap();
    assert_eq!(goaway.header.facts, Facts::Goaway { reason: GoawayReason::Protocol });
    assert!(words(&goaway).contains(expected), "{}", words(&goaway));
    assert!(raw.receive().await.is_none());
}

#[tokio::test]
async fn what_is_sent_arrives_whatever_its_frames_have() {
    for (servers, clients) in [
        (both(), both()),
        (both(), Framing::new()),
        (Framing::new(), both()),
        (Framing::new().compression(), both()),
        (both(), Framing::new().checksums()),
    ] {
        let server = TestServer::start(Server::new().framing(servers).service(Test::default())).await;
        let client = client_of(server.address(), clients).await;
        let calls = (0..60_u64).map(|number| {
            let len = [0, 10, 1_023, 1_024, 20_000, 200_000, 400_000][number as usize % 7];
            // Every third does not get shorter.
            let mix =
                |at: u64| if number % 3 == 0 { at.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56 } else { number };
            let payload = (0..len).map(|at| mix(at + number) as u8).collect::<Vec<u8>>().into();
            let note = Note { payload, ..Note::number(number) };
            let request = client.request::<_, Note>(&ECHO, &note);
            tokio::spawn(async move { assert_eq!(request.await.unwrap(), note) })
        });
        for call in calls.collect::<Vec<_>>() {
            call.await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_body_is_compressed_where_both_sides_want_it() {
    let server = Running::of(Server::new().framing(Framing::new().compression())).await;
    let (mut raw, features) = greeted(&server, FEATURE_COMPRESSION | FEATURE_CHECKSUMS).await;
    assert_eq!(features, FEATURE_PARTS | FEATURE_PACKS | FEATURE_COMPRESSION);
    raw.send(request_header(1, GROW.method_id), &Note::number(10_000).encode().unwrap()).await;
    let answer = raw.receive().await.unwrap();
    assert_eq!(answer.header.flags, FLAG_COMPRESSED);
    assert!(answer.body.len() < 200, "{} bytes", answer.body.len());
    assert_eq!(u32::from_le_bytes(answer.body[..4].try_into().unwrap()), 10_006);
    // What the server has compressed, it takes.
    let header = Header { flags: FLAG_COMPRESSED, ..request_header(2, ECHO.method_id) };
    raw.send(header, &answer.body).await;
    assert_eq!(raw.receive().await.unwrap().body, answer.body);

    let (mut plain, _) = greeted(&server, 0).await;
    plain.send(request_header(1, GROW.method_id), &Note::number(10_000).encode().unwrap()).await;
    let answer = plain.receive().await.unwrap();
    assert_eq!((answer.header.flags, answer.body.len()), (0, 10_006), "this one does not");
}

#[tokio::test]
async fn a_long_body_is_compressed_as_a_whole_and_leaves_in_parts() {
    let server = Running::of(Server::new().framing(both())).await;
    let (mut raw, _) = greeted(&server, FEATURE_PARTS | FEATURE_COMPRESSION | FEATURE_CHECKSUMS).await;
    raw.send_bytes(&checked(request_header(1, GROW.method_id), &Note::number(60_000_000).encode().unwrap()))
        .await;
    let announced = raw.receive().await.unwrap();
    assert_eq!(announced.header.flags, FLAG_COMPRESSED | FLAG_IN_PARTS | FLAG_CHECKED);
    let mut left = announced.header.body_len as usize;
    assert!(left < 300_000, "{left} bytes");
    while left > 0 {
        let Frame { header, body, .. } = raw.receive().await.unwrap();
        assert_eq!((header.facts, header.flags), (Facts::Part, FLAG_CHECKED));
        left -= body.len();
    }
}

#[tokio::test]
async fn few_bytes_that_stand_for_many_end_the_connection_before_they_are_inflated() {
    let limits = Limits { message_in: 1 << 20, ..Limits::default() };
    let server = Running::of(Server::new().limits(limits).framing(both())).await;
    let header = Header { flags: FLAG_COMPRESSED, ..request_header(1, ECHO.method_id) };
    for (len, expected) in [
        ((1_u32 << 20) + 1, "a compressed body of 1048577 bytes is over the limit of 1048576 (message.in)"),
        (1 << 20, "a body is no LZ4 block of the length that stands before it"),
    ] {
        let (mut raw, _) = greeted(&server, FEATURE_COMPRESSION).await;
        raw.send(header.clone(), &[&len.to_le_bytes()[..], &[0xff; 64]].concat()).await;
        refused(raw, expected).await;
    }
    let (mut raw, _) = greeted(&server, FEATURE_COMPRESSION).await;
    raw.send(header, b"123").await;
    refused(raw, "no LZ4 block").await;
}

#[tokio::test]
async fn frames_may_have_only_what_this_side_wants() {
    let server = Running::start().await;
    let header = |flags| Header { flags, ..request_header(1, ECHO.method_id) };
    let (mut raw, features) = greeted(&server, FEATURE_COMPRESSION | FEATURE_CHECKSUMS).await;
    assert_eq!(features, FEATURE_PARTS | FEATURE_PACKS);
    raw.send(header(FLAG_COMPRESSED), &[0; 8]).await;
    refused(raw, "frame flags 0x0008 are unknown").await;
    let (mut raw, _) = greeted(&server, 0).await;
    raw.send_bytes(&checked(header(0), b"")).await;
    refused(raw, "frame flags 0x0010 are unknown").await;
}

#[tokio::test]
async fn a_frame_that_was_changed_on_its_way_ends_the_connection() {
    let server = Running::of(Server::new().framing(both())).await;
    let request = checked(request_header(1, ECHO.method_id), &Note::number(7).encode().unwrap());
    let (mut raw, _) = greeted(&server, FEATURE_CHECKSUMS).await;
    raw.send_bytes(&request).await;
    let answer = raw.receive().await.unwrap();
    assert_eq!((answer.header.flags, Note::decode(&answer.body).unwrap()), (FLAG_CHECKED, Note::number(7)));
    // Route hash, body, and the sum itself: wherever nothing else would be noticed.
    for at in [28, 33, request.len() - 1] {
        let mut changed = request.clone();
        changed[at] ^= 1;
        let (mut raw, _) = greeted(&server, FEATURE_CHECKSUMS).await;
        raw.send_bytes(&changed).await;
        refused(raw, "a frame was changed on its way").await;
    }
}
