//! Who may connect, and how soon.

use std::time::Duration;

use svrkit_runtime::wire::frame::{Facts, GoawayReason};
use svrkit_runtime::{Client, Code, Layer, Limits, Server};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

use crate::support::{self, ECHO, Note, Raw, Running, words};

#[tokio::test]
pub(crate) async fn connections() {
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
pub(crate) async fn peer_share() {
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
pub(crate) async fn peer_share_is_not_for_unix_sockets() {
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
pub(crate) async fn hello_timeout() {
    let server =
        Running::with(Limits { hello_timeout: Duration::from_millis(20), ..Limits::default() }).await;
    let mut raw = Raw::connect(server.address).await;
    assert_eq!(words(&raw.receive().await.unwrap()), "no whole hello within 20 ms (hello.timeout)");
    assert!(raw.receive().await.is_none());
}

#[tokio::test]
pub(crate) async fn connect_timeout() {
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
