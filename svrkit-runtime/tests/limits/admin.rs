//! The limits of admin pages.

use std::net::SocketAddr;
use std::time::Duration;

use svrkit_runtime::{Drained, Limits, Server};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

use crate::support::Test;

/// Pages under `limits`, and the server that shows them.
async fn pages(limits: Limits) -> (SocketAddr, JoinHandle<Drained>) {
    let server = Server::new().limits(limits).service(Test::default()).admin("127.0.0.1:0");
    let bound = server.bind("127.0.0.1:0").await.unwrap();
    let pages = bound.admin_addr().unwrap();
    (pages, tokio::spawn(bound.run_until(std::future::pending())))
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
