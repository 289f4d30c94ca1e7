//! HTTP as it comes from terminals, browsers and whoever else finds the port.

use svrkit_runtime::{Limits, Server};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::client::{Answer, Shown};

#[tokio::test]
async fn terminals_get_text_and_browsers_html_of_the_same() {
    let server = Shown::of(Server::new().name("shop<1>").admin("127.0.0.1:0")).await;
    let text = server.get("/").await;
    assert_eq!((text.status, text.field("Content-Type")), (200, Some("text/plain; charset=utf-8")));
    assert!(text.body.starts_with("shop<1>\n\n"), "{}", text.body);
    assert_eq!(text.row("services"), ["services", "test.Test"]);
    assert_eq!(text.row("address"), ["address", &server.address.to_string()]);
    let html = server.html("/").await;
    assert_eq!((html.status, html.field("Content-Type")), (200, Some("text/html; charset=utf-8")));
    assert!(html.body.contains("<h1>shop&lt;1&gt;</h1>"), "{}", html.body);
    assert!(html.body.contains("<dd>test.Test</dd>"), "{}", html.body);
    for path in [
        "/",
        "/status",
        "/calls",
        "/connections",
        "/clients",
        "/config",
        "/health",
        "/ready",
        "/drain",
        "/metrics",
    ] {
        assert!(html.body.contains(&format!("href=\"{path}\"")), "{path} in {}", html.body);
        assert_eq!(server.get(path).await.status, 200, "{path}");
    }
}

#[tokio::test]
async fn an_answer_lets_a_browser_run_nothing_and_load_nothing_from_elsewhere() {
    let server = Shown::start().await;
    for path in ["/", "/favicon.ico", "/nowhere"] {
        let answer = server.html(path).await;
        let policy = answer.field("Content-Security-Policy").unwrap();
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"), "{policy}");
        assert_eq!(answer.field("X-Content-Type-Options"), Some("nosniff"));
        assert_eq!(answer.field("Cache-Control"), Some("no-store"));
        assert_eq!(answer.field("Connection"), Some("close"));
        assert_eq!(answer.field("Content-Length"), Some(&*answer.body.len().to_string()));
    }
    assert_eq!(server.get("/favicon.ico").await.field("Content-Type"), Some("image/svg+xml"));
}

#[tokio::test]
async fn head_is_answered_without_the_body_and_with_its_length() {
    let server = Shown::start().await;
    let (get, head) = (server.get("/health").await, server.ask("HEAD", "/health", &[]).await);
    assert_eq!((head.status, &*head.body), (200, ""));
    assert_eq!(head.field("Content-Length"), get.field("Content-Length"));
}

#[tokio::test]
async fn what_is_nowhere_or_no_request_is_told_so() {
    let server = Shown::start().await;
    let nowhere = server.get("/nowhere").await;
    assert_eq!(nowhere.status, 404);
    assert_eq!(nowhere.row("/config"), ["/config", "the values that hold, and where they come from"]);
    let foreign = server.say(b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n").await;
    assert_eq!(foreign.status, 400);
    let put = server.ask("PUT", "/", &[]).await;
    assert_eq!((put.status, put.field("Allow")), (405, Some("GET, HEAD")));
    // One byte after the other, as long as it is in time.
    let mut slow = TcpStream::connect(server.pages).await.unwrap();
    slow.set_nodelay(true).unwrap();
    for byte in b"GET /health?a=b HTTP/1.0\r\n\r\n" {
        slow.write_all(&[*byte]).await.unwrap();
    }
    assert_eq!(Answer::read(slow).await.status, 200);
}

#[tokio::test]
async fn who_leaves_in_the_middle_keeps_nobody() {
    let limits = Limits { admin_connections: 1, ..Limits::default() };
    let server = Shown::of(Server::new().limits(limits).admin("127.0.0.1:0")).await;
    let mut leaving = TcpStream::connect(server.pages).await.unwrap();
    leaving.write_all(b"GET / HT").await.unwrap();
    leaving.shutdown().await.unwrap();
    // It is closed without an answer, and its place is free then.
    let mut nothing = String::new();
    tokio::io::AsyncReadExt::read_to_string(&mut leaving, &mut nothing).await.unwrap();
    assert_eq!(nothing, "");
    while server.get("/").await.status != 200 {}
}
