//! The limits of TLS handshakes.

use std::time::Duration;

use svrkit_runtime::tls::{ClientTls, Pem, ServerTls};
use svrkit_runtime::{Client, Code, Layer, Limits, Server, Status};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

use super::authority::{Authority, Certified, Leaf, Secured};
use super::support::{Folder, Test};
use super::tls_peers::{OURS, connector, shake_hands};

async fn secured(limits: Limits) -> Secured {
    let authority = Authority::new("the CA of tests");
    let tls = authority.issue(Leaf::here()).server().load().unwrap();
    Secured::of(authority, Server::new().limits(limits).tls(tls)).await
}

#[tokio::test]
pub(super) async fn tls_handshake_timeout_of_the_server() {
    let mut secured =
        secured(Limits { tls_handshake_timeout: Duration::from_millis(20), ..Limits::default() }).await;
    let mut silent = TcpStream::connect(secured.server.address()).await.unwrap();
    assert_eq!(silent.read(&mut [0; 1]).await.unwrap(), 0);
    assert_eq!(secured.said().await, "no whole TLS handshake in time (tls.handshake_timeout)");
}

#[tokio::test]
pub(super) async fn tls_handshake_timeout_of_the_client() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let limits = Limits { tls_handshake_timeout: Duration::from_millis(20), ..Limits::default() };
    let tls = ClientTls::builder(Authority::new("ca").pem()).load().unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let status = Client::builder(address).limits(limits).tls(tls).connect().await.unwrap_err();
    assert_eq!((status.code(), status.facts().layer), (Code::Unavailable, Layer::Handshake));
    assert!(status.message().contains("within 20 ms (tls.handshake_timeout)"), "{status}");
}

/// How many bytes go to the server in a handshake.
async fn handshake_bytes(secured: &Secured) -> u64 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let client = async {
        let connector = connector(&secured.authority, None, OURS);
        shake_hands(&connector, &address).await.unwrap();
        // Dropped without a word, and so nothing else has been said.
    };
    let between = async {
        let mut client = listener.accept().await.unwrap().0;
        let mut server = TcpStream::connect(secured.server.address()).await.unwrap();
        copy_bidirectional(&mut client, &mut server).await.unwrap()
    };
    let (to_server, _) = tokio::join!(client, between).1;
    to_server
}

#[tokio::test]
pub(super) async fn tls_handshake_bytes_of_the_server() {
    let to_server = handshake_bytes(&secured(Limits::default()).await).await;
    for (less, passes) in [(0, true), (1, false)] {
        let tls_handshake_bytes = to_server as usize - less;
        let mut secured = secured(Limits { tls_handshake_bytes, ..Limits::default() }).await;
        let connector = connector(&secured.authority, None, OURS);
        let mut stream = shake_hands(&connector, secured.server.address()).await.unwrap();
        if passes {
            let hello = svrkit_runtime::wire::frame::hello_header().to_bytes();
            stream.write_all(&hello).await.unwrap();
            assert!(stream.read(&mut [0; 32]).await.unwrap() > 0, "a hello is answered");
        } else {
            let _ = stream.read(&mut [0; 1]).await;
            assert!(secured.said().await.contains("(tls.handshake_bytes)"));
        }
    }
}

#[tokio::test]
pub(super) async fn tls_handshake_bytes_of_the_client() {
    let secured = secured(Limits::default()).await;
    let connect = async |tls_handshake_bytes| {
        let limits = Limits { tls_handshake_bytes, ..Limits::default() };
        secured.builder(secured.trust()).limits(limits).connect().await
    };
    let (mut too_few, mut enough) = (0, 4096);
    while enough - too_few > 1 {
        let between = usize::midpoint(too_few, enough);
        *if connect(between).await.is_ok() { &mut enough } else { &mut too_few } = between;
    }
    // A signature has a byte or two more or less.
    assert!(connect(enough + 4).await.is_ok());
    let status = connect(enough - 8).await.unwrap_err();
    assert_eq!((status.code(), status.facts().layer), (Code::Unavailable, Layer::Handshake));
    assert!(status.message().contains("(tls.handshake_bytes)"), "{status}");
}

#[tokio::test]
pub(super) async fn tls_handshakes() {
    let mut secured = secured(Limits { tls_handshakes: 1, ..Limits::default() }).await;
    let _silent = TcpStream::connect(secured.server.address()).await.unwrap();
    let mut slow = TcpStream::connect(secured.server.address()).await.unwrap();
    let connect = async || secured.builder(secured.trust()).connect().await;
    assert!(connect().await.is_ok(), "who has not begun takes no place");
    slow.write_all(b"\x16\x03\x01").await.unwrap();
    // Its bytes arrive some time.
    let status: Status = loop {
        if let Err(status) = connect().await {
            break status;
        }
    };
    assert_eq!(
        status.message(),
        "the server turned the connection away: the server is in 1 TLS handshakes already (tls.handshakes)"
    );
    assert!(secured.said().await.contains("(tls.handshakes)"));
    drop(slow);
    while secured.said().await != "the client closed the connection in the TLS handshake" {}
    assert!(secured.builder(secured.trust()).connect().await.is_ok(), "its place is free again");
}

fn store(certified: &Certified, folder: &Folder) -> (Pem, Pem) {
    let (certificate, key) = (folder.0.join("tls.crt"), folder.0.join("tls.key"));
    std::fs::write(&certificate, &certified.certificate).unwrap();
    std::fs::write(&key, &certified.key).unwrap();
    (Pem::file(certificate), Pem::file(key))
}

#[tokio::test]
pub(super) async fn tls_watch() {
    let (old, new) = (Authority::new("old"), Authority::new("new"));
    let folder = Folder::new("limits-tls");
    for (tls_watch, is_seen) in [(Duration::from_secs(3600), false), (Duration::from_millis(1), true)] {
        let (certificate, key) = store(&old.issue(Leaf::here()), &folder);
        let tls = ServerTls::builder(certificate, key).load().unwrap();
        let limits = Limits { tls_watch, ..Limits::default() };
        let server = Server::new().limits(limits).tls(tls.clone()).service(Test::default());
        let server = svrkit_runtime::testing::TestServer::start(server).await;
        store(&new.issue(Leaf::here()), &folder);
        let connect = async || {
            let tls = ClientTls::builder(new.pem()).load().unwrap();
            Client::builder(server.address()).tls(tls).connect().await
        };
        if is_seen {
            // Ends by itself, once there was a handshake after the time.
            while connect().await.is_err() {}
        } else {
            for _ in 0..20 {
                assert!(connect().await.is_err());
            }
        }
        assert_eq!(tls.reloads().taken, u64::from(is_seen));
    }
}
