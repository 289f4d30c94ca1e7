//! A server that is stopped by its page.

use crate::client::Shown;
use crate::support::{Note, WAIT};

#[tokio::test]
async fn a_drain_lets_calls_end_and_is_shown_meanwhile() {
    let server = Shown::start().await;
    let client = server.client().await;
    let waiting = tokio::spawn(client.request::<_, Note>(&WAIT, &Note::number(7)));
    server.gate.started.notified().await;
    let asked = server.ask("POST", "/drain", &["Sec-Fetch-Site: same-origin"]).await;
    assert_eq!(asked.status, 202);
    // The drain has begun when nobody is given calls any more.
    while server.get("/ready").await.status != 503 {}
    let health = server.get("/health").await;
    assert_eq!(health.status, 503);
    assert_eq!(health.row("test.Test"), ["test.Test", "not serving", "the server is about to stop"]);
    assert_eq!(server.get("/connections").await.row("127.0.0.1:")[1], "told to leave");
    server.gate.go.notify_one();
    assert_eq!(waiting.await.unwrap().unwrap(), Note::number(7));
    drop(client);
    let drained = server.stopped().await;
    assert_eq!((drained.calls_cut, drained.connections_cut), (0, 0));
}

#[tokio::test]
async fn whoever_asks_for_a_drain_is_answered_before_the_server_is_gone() {
    let server = Shown::start().await;
    let pages = server.pages;
    let (asked, _) = tokio::join!(server.get("/health"), async {});
    assert_eq!(asked.status, 200);
    let asked = server.ask("POST", "/drain", &[]).await;
    assert_eq!(asked.status, 202, "{asked:?}");
    server.stopped().await;
    assert!(tokio::net::TcpStream::connect(pages).await.is_err(), "the port is closed");
}

#[tokio::test]
async fn a_server_that_is_stopped_otherwise_closes_its_pages_as_well() {
    let server = Shown::start().await;
    let (pages, client) = (server.pages, server.client().await);
    drop(client);
    server.stop().await;
    assert!(tokio::net::TcpStream::connect(pages).await.is_err());
}
