//! Handshakes in pieces, slow ones, long ones, and more than there may be.

use svrkit_runtime::wire::frame::{Facts, FrameDecoder, hello_header};
use svrkit_runtime::{Client, Limits, Server};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::authority::{Authority, Certified, Leaf, Secured};
use crate::support::{ECHO, Note, request_header};
use crate::tls_peers::{OURS, connector, shake_hands};

async fn echo(client: &Client, number: u64) -> u64 {
    client.request::<_, Note>(&ECHO, &Note::number(number)).await.unwrap().number
}

/// Carries each byte by itself, both ways, until both sides have ended.
async fn carry_in_pieces(listener: TcpListener, server: String) {
    async fn pass(mut from: impl AsyncReadExt + Unpin, mut to: impl AsyncWriteExt + Unpin) {
        let mut byte = [0];
        while from.read_exact(&mut byte).await.is_ok() && to.write_all(&byte).await.is_ok() {
            // Whoever waits for it takes it before the next one comes.
            tokio::task::yield_now().await;
        }
        let _ = to.shutdown().await;
    }
    loop {
        let client = listener.accept().await.unwrap().0;
        let server = TcpStream::connect(&server).await.unwrap();
        client.set_nodelay(true).unwrap();
        server.set_nodelay(true).unwrap();
        let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
        tokio::spawn(pass(from_client, to_server));
        tokio::spawn(pass(from_server, to_client));
    }
}

#[tokio::test]
async fn a_handshake_may_come_byte_by_byte() {
    let secured =
        Secured::with(Leaf::here(), |tls, authority| tls.require_client_certificates(authority.pem())).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let carrying = tokio::spawn(carry_in_pieces(listener, secured.server.address().to_owned()));
    let tls = secured.trust_as(Leaf::of(&["web.example"])).load().unwrap();
    let client = Client::builder(address).tls(tls).connect().await.unwrap();
    assert_eq!(echo(&client, 7).await, 7);
    carrying.abort();
}

#[tokio::test]
async fn who_is_slow_holds_up_nobody() {
    let secured = Secured::start().await;
    let mut slow = Vec::new();
    for start in [&b""[..], b"\x16", b"\x16\x03\x01\x00\xff\x01"].repeat(20) {
        let mut stream = TcpStream::connect(secured.server.address()).await.unwrap();
        stream.write_all(start).await.unwrap();
        slow.push(stream);
    }
    assert_eq!(echo(&secured.client().await, 7).await, 7);
}

#[tokio::test]
async fn who_is_slow_is_cut_by_a_drain() {
    let secured = Secured::start().await;
    let mut slow = TcpStream::connect(secured.server.address()).await.unwrap();
    slow.write_all(b"\x16\x03\x01").await.unwrap();
    // It is accepted when one that came later is.
    let client = secured.client().await;
    drop(client);
    let drained = secured.server.stop().await;
    assert_eq!((drained.calls_cut, drained.connections_cut), (0, 1));
    assert_eq!(slow.read(&mut [0; 1]).await.unwrap_or(0), 0);
}

/// A certificate with others behind it, each with so many bytes more.
fn chain(authority: &Authority, lengths: &[usize]) -> Certified {
    let mut lengths = lengths.iter().map(|length| authority.issue(Leaf::here().longer_by(*length)));
    let mut chain = lengths.next().unwrap();
    lengths.for_each(|another| chain.certificate.push_str(&another.certificate));
    chain
}

#[tokio::test]
async fn chains_are_taken_up_to_what_a_message_may_have() {
    for (lengths, is_taken) in [(&[30_000, 30_000], true), (&[40_000, 40_000], false)] {
        let authority = Authority::new("ca");
        let tls = chain(&authority, lengths).server().load().unwrap();
        let secured = Secured::of(authority, Server::new().tls(tls)).await;
        match (secured.builder(secured.trust()).connect().await, is_taken) {
            (Ok(client), true) => assert_eq!(echo(&client, 7).await, 7),
            (Err(status), false) => {
                assert!(status.message().contains("or a message above 64 KiB"), "{status}");
            }
            (connected, _) => panic!("{lengths:?}: {connected:?}"),
        }
        let mut secured =
            Secured::with(Leaf::here(), |tls, authority| tls.require_client_certificates(authority.pem()))
                .await;
        let (certificate, key) = chain(&secured.authority, lengths).pems();
        let connected = secured.builder(secured.trust().certificate(certificate, key)).connect().await;
        assert_eq!(connected.is_ok(), is_taken, "{lengths:?}: {connected:?}");
        if !is_taken {
            let said = secured.said().await;
            assert!(said.contains("is its chain of certificates too long?"), "{said}");
        }
    }
}

#[tokio::test]
async fn a_full_server_says_so_without_a_handshake() {
    let authority = Authority::new("ca");
    let tls = authority.issue(Leaf::here()).server().load().unwrap();
    let limits = Limits { connections: 1, ..Limits::default() };
    let secured = Secured::of(authority, Server::new().limits(limits).tls(tls)).await;
    let first = secured.client().await;
    let status = secured.builder(secured.trust()).connect().await.unwrap_err();
    assert_eq!(
        status.message(),
        "the server turned the connection away: the server has 1 connections already (connections)"
    );
    assert_eq!(echo(&first, 7).await, 7);
}

/// TLS 1.3 has this in the place of a renegotiation: either side may say at any time that it goes on with other keys.
#[tokio::test]
async fn keys_may_change_between_calls() {
    let secured = Secured::start().await;
    let connector = connector(&secured.authority, None, OURS);
    let mut stream = shake_hands(&connector, secured.server.address()).await.unwrap();
    stream.write_all(&hello_header().to_bytes()).await.unwrap();
    let decoder = FrameDecoder { body_len_max: u32::MAX, metadata_len_max: u16::MAX };
    let mut inbound = bytes::BytesMut::new();
    for call_id in 1..=100 {
        stream.get_mut().1.refresh_traffic_keys().unwrap();
        stream.write_all(&request_header(call_id, ECHO.method_id).to_bytes()).await.unwrap();
        let answer = loop {
            match decoder.decode(&mut inbound).unwrap() {
                Some(frame) if frame.header.call_id == call_id => break frame,
                // The hello.
                Some(_) => {}
                None => assert!(stream.read_buf(&mut inbound).await.unwrap() > 0, "call {call_id}"),
            }
        };
        assert!(matches!(answer.header.facts, Facts::Response(_)), "{answer:?}");
    }
}
