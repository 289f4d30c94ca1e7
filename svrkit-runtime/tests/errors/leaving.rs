//! What a server says when it ends a connection: callers see it in `turned_away`, `server_left` and `server_accused`.

use std::time::Duration;

use svrkit_runtime::Limits;
use svrkit_runtime::wire::frame::{Facts, Header, ResponseFacts, hello_header};

use crate::DOCUMENT;
use crate::support::{self, Raw, Running, request_header, words};

/// What is said to a peer that does this, and why.
async fn said(raw: &mut Raw) -> (String, String) {
    loop {
        let frame = raw.receive().await.unwrap();
        if let Facts::Goaway { reason } = frame.header.facts {
            return (format!("{reason:?}").to_lowercase(), words(&frame));
        }
    }
}

#[tokio::test]
async fn a_server_says_why_it_leaves() {
    let mut rows = Vec::new();
    let mut row = |when, key: &str, (reason, words): (String, String)| {
        assert!(words.contains(key), "{words} does not name {key}");
        let key = if key.is_empty() { String::new() } else { format!("`{key}`") };
        rows.push(format!("| {when} | {reason} | {key} | {words} |\n"));
    };
    let limits = Limits { message_in: 1024, metadata_bytes: 100, ..Limits::default() };
    let server = Running::with(limits).await;
    let greeted = || Raw::greeted(server.address);

    let mut raw = greeted().await;
    let mut large = request_header(1, 1);
    large.body_len = 2048;
    raw.send_bytes(&large.to_bytes()).await;
    row("a request is longer than the server takes", "message.in", said(&mut raw).await);
    let mut raw = greeted().await;
    let mut crowded = request_header(1, 1);
    crowded.metadata_len = 101;
    raw.send_bytes(&crowded.to_bytes()).await;
    row("more comes beside a request than the server takes", "metadata.bytes", said(&mut raw).await);

    let hasty = Running::with(Limits { hello_timeout: Duration::from_millis(20), ..Limits::default() }).await;
    row("a client does not greet", "hello.timeout", said(&mut Raw::connect(hasty.address).await).await);
    let full = Running::with(Limits { connections: 0, ..Limits::default() }).await;
    row(
        "the server has as many connections as it takes",
        "connections",
        said(&mut Raw::connect(full.address).await).await,
    );

    let mut raw = Raw::connect(server.address).await;
    raw.send(Header::new(0, Facts::Hello { version_min: 200, version_max: 201 }), b"").await;
    row("the two sides share no version", "", said(&mut raw).await);
    let mut raw = Raw::connect(server.address).await;
    raw.send(hello_header(), &[0xff]).await;
    row("the client's hello is damaged", "", said(&mut raw).await);
    let mut raw = Raw::connect(server.address).await;
    raw.send(request_header(1, 1), b"").await;
    row("the client does not begin with a hello", "", said(&mut raw).await);
    for (when, header) in [
        ("the client greets twice", hello_header()),
        ("a call has the id of the connection", request_header(0, 1)),
        ("the client answers", Header::new(1, Facts::Response(ResponseFacts::default()))),
    ] {
        let mut raw = greeted().await;
        raw.send(header, b"").await;
        row(when, "", said(&mut raw).await);
    }
    let mut raw = greeted().await;
    let stopping = tokio::spawn(server.stop());
    row("the server is being stopped", "", said(&mut raw).await);
    drop(raw);
    stopping.await.unwrap();
    let table = format!("| when | reason | key | words |\n|---|---|---|---|\n{}", rows.concat());
    support::check_table(DOCUMENT, "goaways", &table);
}
