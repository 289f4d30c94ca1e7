//! The limits of admin pages.

use std::net::SocketAddr;
use std::time::Duration;

use svrkit_runtime::{Client, Drained, Limits, Server};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

use crate::support::{ECHO, FAIL, Note, Test};

/// Pages under `limits`, and the server that shows them.
async fn pages(limits: Limits) -> (SocketAddr, JoinHandle<Drained>) {
    let (pages, _, serving) = pages_of_server(limits).await;
    (pages, serving)
}

/// The same with the address that is called.
async fn pages_of_server(limits: Limits) -> (SocketAddr, String, JoinHandle<Drained>) {
    let server = Server::new().limits(limits).service(Test::default()).admin("127.0.0.1:0");
    let bound = server.bind("127.0.0.1:0").await.unwrap();
    let (pages, address) = (bound.admin_addr().unwrap(), bound.local_addr().to_string());
    (pages, address, tokio::spawn(bound.run_until(std::future::pending())))
}

/// The part of the page of calls that begins with `caption`, a line a call.
async fn calls(pages: SocketAddr, caption: &str) -> Vec<String> {
    let page = answer(pages, b"GET /calls HTTP/1.0\r\n\r\n").await;
    let part = page.split("\n\n").find(|part| part.starts_with(caption)).unwrap();
    part.lines().skip(2).map(String::from).collect()
}

#[tokio::test]
pub(super) async fn admin_calls() {
    let limits = Limits { admin_calls: 2, ..Limits::default() };
    let (pages, address, _serving) = pages_of_server(limits).await;
    let client = Client::connect(address).await.unwrap();
    for number in 1..=2 {
        client.request::<_, Note>(&FAIL, &Note::number(number)).await.unwrap_err();
    }
    let numbers = async || {
        let calls = calls(pages, "Failed").await;
        calls.iter().map(|call| call.rsplit_once("  ").unwrap().1.to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(numbers().await, ["note 2 is not here", "note 1 is not here"]);
    client.request::<_, Note>(&FAIL, &Note::number(3)).await.unwrap_err();
    assert_eq!(numbers().await, ["note 3 is not here", "note 2 is not here"], "the oldest has gone");
}

#[tokio::test]
pub(super) async fn admin_sample() {
    // One thread serves, so that one counter counts, on from server to server: at first it is 0, and after a sample again.
    for (admin_sample, kept) in [(1, 6), (3, 2), (6, 1), (7, 0), (0, 0)] {
        let limits = Limits { admin_sample, ..Limits::default() };
        let (pages, address, _serving) = pages_of_server(limits).await;
        let client = Client::connect(address).await.unwrap();
        for number in 1..=6 {
            client.request::<_, Note>(&ECHO, &Note::number(number)).await.unwrap();
        }
        assert_eq!(calls(pages, "Sampled").await.len(), kept, "one of {admin_sample}");
    }
}

#[tokio::test]
pub(super) async fn tier_hold() {
    let limits = Limits { tier_hold: Duration::from_secs(90), ..Limits::default() };
    let (pages, _serving) = pages(limits).await;
    let hold = async |time: &str| {
        let form = format!("tier=busy&for={time}");
        let head = format!("POST /level HTTP/1.0\r\nContent-Length: {}\r\n\r\n", form.len());
        answer(pages, (head + &form).as_bytes()).await
    };
    let answer = hold("90s").await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("busy"), "{answer}");
    let answer = hold("90001ms").await;
    assert!(answer.starts_with("HTTP/1.1 400") && answer.contains("90s at most"), "{answer}");
    assert!(answer.contains("(tier.hold)"), "{answer}");
}

/// What is answered to these bytes.
async fn answer(pages: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(pages).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
pub(crate) async fn admin_head() {
    let (pages, _serving) = pages(Limits { admin_head: 1024, ..Limits::default() }).await;
    let head = |len: usize, fields: &str| {
        let start = format!("POST /config HTTP/1.0\r\n{fields}X: ");
        format!("{start}{}\r\n\r\n", "y".repeat(len - start.len() - 4))
    };
    assert!(answer(pages, head(1024, "").as_bytes()).await.starts_with("HTTP/1.1 405 "));
    let over = answer(pages, head(1025, "").as_bytes()).await;
    assert!(over.starts_with("HTTP/1.1 431 "), "{over}");
    assert!(over.ends_with("\r\n\r\nthe head has more than 1024 bytes (admin.head)\n"), "{over}");
    let whole = head(1024, "Content-Length: 1024\r\n") + &"z".repeat(1024);
    assert!(answer(pages, whole.as_bytes()).await.starts_with("HTTP/1.1 405 "));
    let over = answer(pages, head(1024, "Content-Length: 1025\r\n").as_bytes()).await;
    assert!(over.starts_with("HTTP/1.1 413 ") && over.contains("1024 bytes (admin.head)"), "{over}");
}

#[tokio::test]
pub(crate) async fn admin_timeout() {
    let (pages, _serving) =
        pages(Limits { admin_timeout: Duration::from_millis(20), ..Limits::default() }).await;
    let late = answer(pages, b"GET /health HTTP/1.0\r\n").await;
    assert!(late.starts_with("HTTP/1.1 408 "), "{late}");
    assert!(late.ends_with("\r\n\r\nno whole request within 20 ms (admin.timeout)\n"), "{late}");
}

#[tokio::test]
pub(crate) async fn admin_connections() {
    const REQUEST: &[u8] = b"GET /health HTTP/1.0\r\n\r\n";
    // Connections are accepted in their order: one that is silent has its place before a request comes.
    for (admin_connections, is_answered) in [(2, true), (1, false)] {
        let (pages, _serving) = pages(Limits { admin_connections, ..Limits::default() }).await;
        let silent = TcpStream::connect(pages).await.unwrap();
        let answered = answer(pages, REQUEST).await;
        if is_answered {
            assert!(answered.starts_with("HTTP/1.1 200 "), "{answered}");
            continue;
        }
        assert!(answered.starts_with("HTTP/1.1 503 "), "{answered}");
        let words = "\r\n\r\n1 at once are answered here, try again (admin.connections)\n";
        assert!(answered.ends_with(words), "{answered}");
        drop(silent);
        while !answer(pages, REQUEST).await.starts_with("HTTP/1.1 200 ") {}
    }
}
