//! How long what is sent may be.

use svrkit_runtime::wire::frame::{FEATURE_COMPRESSION, FLAG_COMPRESSED, HELLO_LEN_MAX, Hello, hello_header};
use svrkit_runtime::{Cause, Client, Code, Framing, Layer, Limits, Server, Tlv};

use crate::support::{self, ECHO, GROW, Note, Raw, Running, words};
use crate::{check, note_of};

#[tokio::test]
pub(crate) async fn message_in_of_the_server() {
    let server = Running::with(Limits { message_in: 1000, ..Limits::default() }).await;
    let client = server.client().await;
    let answer: Note = client.request(&ECHO, &note_of(1000)).await.unwrap();
    assert_eq!(answer, note_of(1000));
    // The sender refuses first, naming the peer's key.
    let status = client.request::<_, Note>(&ECHO, &note_of(1001)).await.unwrap_err();
    check(
        &status,
        Cause::Size,
        "a request of 1001 bytes is over the server's limit of 1000 (its message.in)",
    );

    // A peer that does not is cut.
    let mut raw = Raw::greeted(server.address).await;
    raw.send(support::request_header(1, 1), &note_of(1001).encode().unwrap()).await;
    let goaway = raw.receive().await.unwrap();
    assert_eq!(words(&goaway), "a body of 1001 bytes is over the limit of 1000 (message.in)");
    assert!(raw.receive().await.is_none());
}

#[tokio::test]
pub(crate) async fn message_in_of_the_client() {
    let server = Running::start().await;
    let limits = Limits { message_in: 1000, ..Limits::default() };
    let client = Client::builder(server.address.to_string()).limits(limits).connect().await.unwrap();
    // Tag, length, payload and the number itself.
    let answer: Note = client.request(&GROW, &Note::number(994)).await.unwrap();
    assert_eq!(answer.encode().unwrap().len(), 1000);
    let status = client.request::<_, Note>(&GROW, &Note::number(995)).await.unwrap_err();
    check(
        &status,
        Cause::Size,
        "a response of 1001 bytes is over the caller's limit of 1000 (its message.in)",
    );
}

#[tokio::test]
pub(crate) async fn message_out_of_the_client() {
    let server = Running::start().await;
    let limits = Limits { message_out: 1000, ..Limits::default() };
    let client = Client::builder(server.address.to_string()).limits(limits).connect().await.unwrap();
    assert!(client.request::<_, Note>(&ECHO, &note_of(1000)).await.is_ok());
    let status = client.request::<_, Note>(&ECHO, &note_of(1001)).await.unwrap_err();
    check(&status, Cause::Size, "message.out");
}

#[tokio::test]
pub(crate) async fn message_out_of_the_server() {
    let server = Running::with(Limits { message_out: 1000, ..Limits::default() }).await;
    let client = server.client().await;
    assert!(client.request::<_, Note>(&GROW, &Note::number(994)).await.is_ok());
    let status = client.request::<_, Note>(&GROW, &Note::number(995)).await.unwrap_err();
    assert_eq!((status.code(), status.facts().layer), (Code::Internal, Layer::Codec));
    assert!(status.message().contains("message.out"), "{status}");
}

#[tokio::test]
pub(crate) async fn message_in_in_process() {
    let limits = Limits { message_in: 1000, metadata_bytes: 100, ..Limits::default() };
    let client = Server::new().limits(limits).service(support::Test::default()).in_process().unwrap();
    assert!(client.request::<_, Note>(&ECHO, &note_of(1000)).await.is_ok());
    let status = client.request::<_, Note>(&ECHO, &note_of(1001)).await.unwrap_err();
    check(
        &status,
        Cause::Size,
        "a request of 1001 bytes is over the server's limit of 1000 (its message.in)",
    );
    let status = client.request::<_, Note>(&GROW, &Note::number(995)).await.unwrap_err();
    check(
        &status,
        Cause::Size,
        "a response of 1001 bytes is over the caller's limit of 1000 (its message.in)",
    );
    let crowded = client.request::<_, Note>(&ECHO, &Note::default()).metadata("key", vec![1; 92]);
    check(
        &crowded.await.unwrap_err(),
        Cause::Size,
        "metadata of 101 bytes is over the limit of 100 (metadata.bytes)",
    );
}

#[tokio::test]
pub(crate) async fn compression_min() {
    let limits = Limits { compression_min: 1000, ..Limits::default() };
    let server = Running::of(Server::new().limits(limits).framing(Framing::new().compression())).await;
    let mut raw = Raw::connect(server.address).await;
    let hello = Hello { features: FEATURE_COMPRESSION, ..Hello::default() };
    raw.send(hello_header(), &hello.encode().unwrap()).await;
    raw.receive().await.unwrap();
    for (len, flags) in [(999, 0), (1000, FLAG_COMPRESSED)] {
        raw.send(support::request_header(1, ECHO.method_id), &note_of(len).encode().unwrap()).await;
        let answer = raw.receive().await.unwrap();
        assert_eq!(answer.header.flags, flags, "{len} bytes");
    }
}

#[tokio::test]
pub(crate) async fn metadata_bytes() {
    let server = Running::start().await;
    let limits = Limits { metadata_bytes: 100, ..Limits::default() };
    let client = Client::builder(server.address.to_string()).limits(limits).connect().await.unwrap();
    // Two lengths and three tags around key and value.
    let request =
        |len: usize| client.request::<_, Note>(&ECHO, &Note::default()).metadata("key", vec![1; len]);
    assert!(request(91).await.is_ok());
    check(
        &request(92).await.unwrap_err(),
        Cause::Size,
        "metadata of 101 bytes is over the limit of 100 (metadata.bytes)",
    );
}

#[tokio::test]
pub(crate) async fn metadata_bytes_of_the_server() {
    let server = Running::with(Limits { metadata_bytes: 100, ..Limits::default() }).await;
    let client = server.client().await;
    let request =
        |len: usize| client.request::<_, Note>(&ECHO, &Note::default()).metadata("key", vec![1; len]);
    assert!(request(91).await.is_ok());
    // The sender refuses first, naming the peer's key.
    check(
        &request(92).await.unwrap_err(),
        Cause::Size,
        "metadata of 101 bytes is over the server's limit of 100 (its metadata.bytes)",
    );
    let mut raw = Raw::greeted(server.address).await;
    let mut header = support::request_header(1, 1);
    header.metadata_len = 101;
    raw.send_bytes(&header.to_bytes()).await;
    let goaway = raw.receive().await.unwrap();
    assert_eq!(words(&goaway), "metadata of 101 bytes is over the limit of 100 (metadata.bytes)");
}

#[tokio::test]
pub(crate) async fn metadata_entries() {
    let server = Running::with(Limits { metadata_entries: 3, ..Limits::default() }).await;
    let limits = Limits { metadata_entries: 4, ..Limits::default() };
    let client = Client::builder(server.address.to_string()).limits(limits).connect().await.unwrap();
    let request = |entries: usize| {
        let note = Note { text: "key".into(), ..Note::default() };
        let request = client.request::<_, Note>(&support::METADATA, &note);
        (0..entries).fold(request, |request, _| request.metadata("key", "value"))
    };
    assert!(request(3).await.is_ok());
    let status = request(4).await.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
    assert!(
        status.message().contains("4 metadata entries are over the limit of 3 (metadata.entries)"),
        "{status}"
    );
    check(
        &request(5).await.unwrap_err(),
        Cause::Size,
        "5 metadata entries are over the limit of 4 (metadata.entries)",
    );
}

#[tokio::test]
pub(crate) async fn hello_len_max() {
    // Far more services than `message.in` has room for: a hello has a limit of its own.
    let limits = Limits { message_in: 64, ..Limits::default() };
    let server = Running::start().await;
    let client =
        Client::builder(server.address.to_string()).name("x".repeat(10_000)).limits(limits).connect().await;
    assert!(client.unwrap().request::<_, Note>(&ECHO, &Note::number(1)).await.is_ok());
    let mut raw = Raw::connect(server.address).await;
    let mut header = svrkit_runtime::wire::frame::hello_header();
    header.body_len = HELLO_LEN_MAX + 1;
    raw.send_bytes(&header.to_bytes()).await;
    let goaway = raw.receive().await.unwrap();
    assert_eq!(words(&goaway), "a body of 65537 bytes is over the limit of 65536 (message.in)");
}

#[tokio::test]
pub(crate) async fn words_of_a_status() {
    // A peer that takes less than the words gets the numbers.
    let server = Running::start().await;
    let limits = Limits { message_in: 19, ..Limits::default() };
    let client = Client::builder(server.address.to_string()).limits(limits).connect().await.unwrap();
    let status = client.request::<_, Note>(&support::FAIL, &Note::number(1)).await.unwrap_err();
    assert_eq!((status.code(), status.message(), status.facts().error_code), (Code::NotFound, "", 1001));
    assert!(client.request::<_, Note>(&ECHO, &Note::default()).await.is_ok(), "the connection goes on");
}
