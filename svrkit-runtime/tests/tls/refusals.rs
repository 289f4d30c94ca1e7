//! What a server says of clients that it does not take. What clients are told is in `tests/errors`.

use std::time::Duration;

use svrkit_runtime::{Client, Code, Limits, Server};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::authority::{Authority, Certified, Leaf, Secured};
use crate::support::{ECHO, Note};
use crate::tls_peers::{Manner, OF_THE_WEB, OLD, OURS, SILENT, connector, shake_hands};

/// A server that takes nobody without a certificate.
async fn strict() -> Secured {
    Secured::with(Leaf::here(), |tls, authority| tls.require_client_certificates(authority.pem())).await
}

/// What a server says of a client of other making.
async fn said_of(certified: Option<&Certified>, manner: Manner, secured: &mut Secured) -> String {
    let connector = connector(&secured.authority, certified, manner);
    // Our side judges after its peer is done: it is read until the end.
    if let Ok(mut stream) = shake_hands(&connector, secured.server.address()).await {
        let _ = stream.read_to_end(&mut Vec::new()).await;
    }
    secured.said().await
}

#[tokio::test]
async fn a_certificate_that_is_not_taken_is_told_by_its_fault() {
    let mut secured = strict().await;
    let ours = |leaf| secured.authority.issue(leaf);
    let (other, namesake) = (Authority::new("another CA"), Authority::new("the CA of tests"));
    let rows = [
        (
            ours(Leaf::here().valid(2000, 2001)),
            "it expired on 2001-01-01T00:00:00Z: issue another, or see whether the clock here is right",
        ),
        (
            ours(Leaf::here().valid(3000, 3001)),
            "it is not valid before 3000-01-01T00:00:00Z: see whether the clock here is right",
        ),
        (
            other.issue(Leaf::here()),
            "nobody who is trusted here has issued it: trust its CA, or send the certificates between the two along with it",
        ),
        (
            namesake.issue(Leaf::here()),
            "its signature is not that of the CA of this name: has the CA a new key?",
        ),
        (Leaf::here().self_signed(), "it is self-signed: have a CA issue one, or trust this one by name"),
        (ours(Leaf::here().of_authority()), "it is that of a CA: issue one from it"),
        (
            ours(Leaf::here().for_servers()),
            "its extended key usage says another purpose: issue one for this side",
        ),
    ];
    for (certified, expected) in rows {
        let said = said_of(Some(&certified), OURS, &mut secured).await;
        assert_eq!(said, format!("the client's certificate is not taken: {expected}"));
    }
    let said = said_of(None, OURS, &mut secured).await;
    assert_eq!(
        said,
        "the client gave no certificate, and this server takes nobody without: give the client one"
    );
}

#[tokio::test]
async fn a_certificate_that_need_not_be_shown_must_be_right() {
    let mut secured =
        Secured::with(Leaf::here(), |tls, authority| tls.accept_client_certificates(authority.pem())).await;
    let (certificate, key) = Authority::new("another CA").issue(Leaf::here()).pems();
    let tls = secured.trust().certificate(certificate, key);
    let status = secured.builder(tls).connect().await.unwrap_err();
    assert_eq!(status.code(), Code::Unauthenticated, "{status}");
    assert!(secured.said().await.contains("nobody who is trusted here has issued it"));
}

#[tokio::test]
async fn a_client_that_speaks_otherwise_is_told_by_what_it_speaks() {
    let mut secured = Secured::start().await;
    let certified = None;
    assert_eq!(said_of(certified, OLD, &mut secured).await, "the client does not speak TLS 1.3: upgrade it");
    for manner in [OF_THE_WEB, SILENT] {
        assert_eq!(
            said_of(certified, manner, &mut secured).await,
            "the client speaks TLS, but does not offer svrkit/1 over it (ALPN): is it one of svrkit?"
        );
    }
}

#[tokio::test]
async fn a_client_that_does_not_take_the_server_says_why() {
    let mut secured = Secured::start().await;
    let said_of_client = |authority, name| {
        let tls = svrkit_runtime::tls::ClientTls::builder(authority).server_name(name).load().unwrap();
        Client::builder(secured.server.address()).tls(tls).connect()
    };
    let stranger = Authority::new("another CA");
    let statuses = [
        said_of_client(stranger.pem(), "localhost").await.unwrap_err(),
        said_of_client(secured.authority.pem(), "elsewhere").await.unwrap_err(),
    ];
    assert!(statuses.iter().all(|status| status.code() == Code::Unavailable));
    for expected in ["it does not trust who issued it", "it is damaged, or not for the name that was called"]
    {
        let said = secured.said().await;
        assert_eq!(said, format!("the client does not take this server's certificate: {expected}"));
    }
}

#[tokio::test]
async fn who_speaks_no_tls_is_answered_in_its_own_words() {
    let mut secured = Secured::start().await;
    let status = Client::connect(secured.server.address()).await.unwrap_err();
    assert_eq!(status.message(), "the server speaks svrkit over TLS on this port");
    assert_eq!(
        secured.said().await,
        "this port speaks svrkit over TLS, and the client does not: give it TLS"
    );

    let mut http = TcpStream::connect(secured.server.address()).await.unwrap();
    http.write_all(b"GET /index.html HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    http.read_to_string(&mut answer).await.unwrap();
    drop(http);
    assert!(answer.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{answer}");
    assert!(secured.said().await.contains("does not speak svrkit frames but HTTP"));

    let mut noise = TcpStream::connect(secured.server.address()).await.unwrap();
    noise.write_all(&[0xee; 64]).await.unwrap();
    assert_eq!(noise.read(&mut [0; 64]).await.unwrap(), 0, "closed without a word");
    drop(noise);
    assert!(secured.said().await.contains("something unknown"));

    let mut damaged = TcpStream::connect(secured.server.address()).await.unwrap();
    damaged.write_all(b"\x16\x03\x01\x00\x08\x01\x00\x00\x04junk").await.unwrap();
    let mut alert = Vec::new();
    damaged.read_to_end(&mut alert).await.unwrap();
    drop(damaged);
    assert!(alert.starts_with(&[0x15, 3]), "an alert: {alert:?}");
    assert!(secured.said().await.starts_with("the TLS handshake failed: "));
    let client = secured.client().await;
    assert!(client.request::<_, Note>(&ECHO, &Note::default()).await.is_ok(), "others go on");
}

#[tokio::test]
async fn who_leaves_or_says_nothing_is_told_by_that() {
    let authority = Authority::new("ca");
    let limits = Limits { tls_handshake_timeout: Duration::from_millis(20), ..Limits::default() };
    let tls = authority.issue(Leaf::here()).server().load().unwrap();
    let mut secured = Secured::of(authority, Server::new().limits(limits).tls(tls)).await;
    for start in [&b""[..], b"\x16\x03\x01"] {
        let mut peer = TcpStream::connect(secured.server.address()).await.unwrap();
        peer.write_all(start).await.unwrap();
        assert_eq!(secured.said().await, "no whole TLS handshake in time (tls.handshake_timeout)");
        peer.shutdown().await.unwrap();
    }
    let secured = Secured::start().await;
    let mut secured = secured;
    for start in [&b""[..], b"\x16\x03\x01"] {
        let mut peer = TcpStream::connect(secured.server.address()).await.unwrap();
        peer.write_all(start).await.unwrap();
        drop(peer);
        assert_eq!(secured.said().await, "the client closed the connection in the TLS handshake");
    }
}
