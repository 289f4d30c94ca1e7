//! What a user meets when something is wrong, each in words that say what, where, who and what to do.

#![allow(clippy::unwrap_used, reason = "a test ends where what it stands on fails")]

mod support;

use std::time::Duration;

use support::{ECHO, MISSING, Note, Raw, Running, TEST_ID, Test, words};
use svrkit_runtime::wire::frame::{
    FLAG_SKIPPABLE, Facts, Frame, GoawayReason, HEADER_LEN, Header, Hello, ServedService, hello_header,
};
use svrkit_runtime::{Client, Code, Layer, Limits, Party, Retry, Server, Spec, Status, Tlv};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A server that greets as it is told to and then does nothing.
async fn impostor(reply: impl AsRef<[u8]> + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut hello = [0; HEADER_LEN];
        stream.read_exact(&mut hello).await.unwrap();
        stream.write_all(reply.as_ref()).await.unwrap();
        // Held open until the client leaves.
        while stream.read(&mut [0; 1024]).await.is_ok_and(|len| len > 0) {}
    });
    address
}

fn hello_frame(hello: &Hello, version_min: u8, version_max: u8) -> Vec<u8> {
    let body = hello.encode().unwrap();
    let header =
        Header { body_len: body.len() as u32, ..Header::new(0, Facts::Hello { version_min, version_max }) };
    [&header.to_bytes()[..], &body].concat()
}

#[track_caller]
fn check(status: &Status, code: Code, layer: Layer, party: Party, expected: &str) {
    assert_eq!((status.code(), status.facts().layer, status.facts().party), (code, layer, party), "{status}");
    assert!(status.to_string().contains(expected), "{status}");
}

#[tokio::test]
async fn port_taken() {
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let error = Server::new().service(Test::default()).bind(&address).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "cannot listen on {address}: Address already in use (os error 98); \
             another process has this port: stop it or listen on another"
        )
    );
}

#[tokio::test]
async fn address_that_is_none() {
    let error = Server::new().service(Test::default()).bind("nonsense").await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot listen on nonsense: an address is HOST:PORT, as in 127.0.0.1:4310, or unix:/PATH"
    );
}

#[tokio::test]
async fn server_away() {
    let unused = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().to_string();
    let status = Client::connect(&unused).await.unwrap_err();
    assert_eq!(
        status.to_string(),
        format!(
            "UNAVAILABLE: {unused}: cannot connect to {unused}: is the server running there?: \
             Connection refused (os error 111) (layer connect, at fault: callee, retry: elsewhere)"
        )
    );
}

#[tokio::test]
async fn endpoint_that_is_none() {
    let status = Client::connect("nowhere").await.unwrap_err();
    check(
        &status,
        Code::InvalidArgument,
        Layer::Connect,
        Party::Caller,
        "nowhere: the endpoint cannot be called: an address is HOST:PORT, as in 127.0.0.1:4310, or unix:/PATH",
    );
}

#[tokio::test]
async fn server_dies_in_mid_call() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let dying = tokio::spawn(async move {
        let mut raw = Raw::accept(&listener).await;
        raw.receive().await.unwrap();
        // Gone with a call in its hands.
    });
    let client = Client::connect(&address).await.unwrap();
    let status = client.request::<_, Note>(&ECHO, &Note::number(1)).await.unwrap_err();
    dying.await.unwrap();
    check(
        &status,
        Code::Unavailable,
        Layer::Transport,
        Party::Callee,
        &format!(
            "test.Test.Echo at {address}: the server closed the connection; \
             a call was waiting, and whether it had an effect is not known"
        ),
    );
}

#[tokio::test]
async fn wrong_service() {
    static ELSEWHERE: Spec = Spec::new("shop.Orders", 9999, "Place", 1);
    let server = Running::start().await;
    let status = server.client().await.request::<_, Note>(&ELSEWHERE, &Note::number(1)).await.unwrap_err();
    check(
        &status,
        Code::Unimplemented,
        Layer::Dispatch,
        Party::Caller,
        &format!(
            "shop.Orders.Place at {}: no service of id 9999 is served here, only test.Test (id 4000): \
             is this the right endpoint?",
            server.address
        ),
    );
}

#[tokio::test]
async fn wrong_method() {
    let server = Running::start().await;
    let status = server.client().await.request::<_, Note>(&MISSING, &Note::number(1)).await.unwrap_err();
    check(
        &status,
        Code::Unimplemented,
        Layer::Dispatch,
        Party::Caller,
        "test.Test has no method 99 here; it has 1 Echo, 2 Fail, 3 Panic and 4 Wait: is the server older than its caller?",
    );
}

#[tokio::test]
async fn another_service_under_the_same_id() {
    let service = ServedService { id: TEST_ID, name: "shop.Orders".into(), ..ServedService::default() };
    let hello = Hello { services: vec![service], ..Hello::default() };
    let client = Client::connect(impostor(hello_frame(&hello, 1, 1)).await).await.unwrap();
    let status = client.request::<_, Note>(&ECHO, &Note::number(1)).await.unwrap_err();
    check(
        &status,
        Code::FailedPrecondition,
        Layer::Dispatch,
        Party::Caller,
        "the server serves shop.Orders under the id 4000, this client expects test.Test there",
    );
}

#[tokio::test]
async fn another_protocol_behind_the_port() {
    let http = impostor("HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n").await;
    let status = Client::connect(&http).await.unwrap_err();
    check(
        &status,
        Code::Unavailable,
        Layer::Handshake,
        Party::Caller,
        "the peer does not speak svrkit frames but HTTP: its first bytes are \"HTTP/1.1\": is this the right port?",
    );
}

#[tokio::test]
async fn another_protocol_in_front_of_the_port() {
    let server = Running::start().await;
    let mut http = TcpStream::connect(server.address).await.unwrap();
    http.write_all(b"GET /index.html HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    http.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{answer}");
    assert!(answer.contains("this port speaks svrkit frames, not HTTP"), "{answer}");

    // No TLS: to whoever speaks it that is an answer, and a client of ours can read this one.
    let mut tls = Raw::connect(server.address).await;
    tls.send_bytes(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03").await;
    let goaway = tls.receive().await.unwrap();
    assert_eq!(goaway.header.facts, Facts::Goaway { reason: GoawayReason::Tls });
    assert!(words(&goaway).starts_with("this port speaks svrkit without TLS"), "{goaway:?}");
    assert!(tls.receive().await.is_none());

    let client = server.client().await;
    assert_eq!(client.request::<_, Note>(&ECHO, &Note::number(1)).await.unwrap().number, 1, "others go on");
}

#[tokio::test]
async fn a_server_of_other_frame_versions() {
    let client = Client::connect(impostor(hello_frame(&Hello::default(), 7, 9)).await).await;
    check(
        &client.unwrap_err(),
        Code::FailedPrecondition,
        Layer::Handshake,
        Party::Caller,
        "no common frame version: the server speaks 7 to 9, this client 1: upgrade the older side",
    );
}

#[tokio::test]
async fn a_caller_of_other_frame_versions() {
    let server = Running::start().await;
    let mut raw = Raw::connect(server.address).await;
    raw.send_bytes(&hello_frame(&Hello::default(), 2, 5)).await;
    let hello = raw.receive().await.unwrap();
    assert_eq!(
        hello.header.facts,
        Facts::Hello { version_min: 1, version_max: 1 },
        "the caller learns the range"
    );
    let goaway = raw.receive().await.unwrap();
    assert_eq!(goaway.header.facts, Facts::Goaway { reason: GoawayReason::Version });
    assert_eq!(
        words(&goaway),
        "no common frame version: the peer speaks 2 to 5, this server 1: upgrade the older side"
    );
    assert!(raw.receive().await.is_none());
}

#[tokio::test]
async fn a_frame_of_an_unknown_version() {
    let server = Running::start().await;
    let mut raw = Raw::greeted(server.address).await;
    let mut bytes = support::request_header(1, 1).to_bytes();
    bytes[2] = 9;
    raw.send_bytes(&bytes).await;
    let goaway = raw.receive().await.unwrap();
    assert_eq!(goaway.header.facts, Facts::Goaway { reason: GoawayReason::Version });
    assert_eq!(words(&goaway), "a frame of version 9, this side speaks version 1: upgrade the older side");
    assert!(raw.receive().await.is_none());
}

/// Sends `frames` after the hellos and expects the server to leave with these words.
async fn expect_goaway(frames: &[(Header, &[u8])], expected: &str) {
    let server = Running::start().await;
    let mut raw = Raw::greeted(server.address).await;
    for (header, body) in frames {
        raw.send(header.clone(), body).await;
    }
    let goaway = raw.receive().await.unwrap();
    assert_eq!(goaway.header.facts, Facts::Goaway { reason: GoawayReason::Protocol });
    assert_eq!(words(&goaway), expected);
    assert!(raw.receive().await.is_none());
    // Nobody else notices.
    assert_eq!(server.client().await.request::<_, Note>(&ECHO, &Note::number(1)).await.unwrap().number, 1);
}

#[tokio::test]
async fn frames_out_of_place_end_their_connection() {
    let unknown = Header::new(0, Facts::Skippable(99));
    expect_goaway(&[(unknown, b"")], "frame kind 99 is unknown and not flagged as skippable").await;
    expect_goaway(&[(hello_header(), b"")], "a second hello").await;
    let response = Header::new(1, Facts::Response(Default::default()));
    expect_goaway(&[(response, b"")], "a response from a caller").await;
    expect_goaway(&[(support::request_header(0, 1), b"")], "call id 0, which means the connection").await;
}

#[tokio::test]
async fn the_first_frame_must_be_a_hello() {
    let server = Running::start().await;
    let mut raw = Raw::connect(server.address).await;
    raw.send(support::request_header(1, 1), b"").await;
    let goaway = raw.receive().await.unwrap();
    assert_eq!(words(&goaway), "the first frame of a connection must be a hello");
}

#[tokio::test]
async fn what_may_be_skipped_is_and_pings_are_answered() {
    let server = Running::start().await;
    let mut raw = Raw::greeted(server.address).await;
    raw.send(Header { flags: FLAG_SKIPPABLE, ..Header::new(0, Facts::Skippable(99)) }, b"news").await;
    raw.send(Header::new(0, Facts::Ping(42)), b"").await;
    assert_eq!(raw.receive().await.unwrap().header.facts, Facts::Pong(42));
}

#[tokio::test]
async fn strange_ids_are_ignored() {
    let server = Running::start().await;
    let mut raw = Raw::greeted(server.address).await;
    let wait = support::request_header(5, 4);
    raw.send(wait.clone(), &Note::number(1).encode().unwrap()).await;
    server.gate.started.notified().await;
    // A replay of an id in flight, a cancel of an id that never was.
    raw.send(wait, &Note::number(2).encode().unwrap()).await;
    raw.send(Header::new(77, Facts::Cancel), b"").await;
    server.gate.go.notify_one();
    let answer = raw.receive().await.unwrap();
    assert_eq!((answer.header.call_id, Note::decode(&answer.body).unwrap().number), (5, 1));
    raw.send(Header::new(0, Facts::Ping(1)), b"").await;
    assert_eq!(raw.receive().await.unwrap().header.facts, Facts::Pong(1), "one answer, no more");
}

#[tokio::test]
async fn answers_to_nobody_are_ignored() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        let mut raw = Raw::accept(&listener).await;
        let request = raw.receive().await.unwrap();
        let ok = |call_id| Header::new(call_id, Facts::Response(Default::default()));
        for call_id in [request.header.call_id + 1, u32::MAX, request.header.call_id, request.header.call_id]
        {
            raw.send(ok(call_id), &request.body).await;
        }
        raw.receive().await;
    });
    let client = Client::connect(&address).await.unwrap();
    assert_eq!(client.request::<_, Note>(&ECHO, &Note::number(8)).await.unwrap().number, 8);
}

#[tokio::test]
async fn a_response_that_cannot_be_decoded_is_the_callees_fault() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        let mut raw = Raw::accept(&listener).await;
        let call_id = raw.receive().await.unwrap().header.call_id;
        raw.send(Header::new(call_id, Facts::Response(Default::default())), b"\x0b").await;
        raw.receive().await;
    });
    let client = Client::connect(&address).await.unwrap();
    let status = client.request::<_, Note>(&ECHO, &Note::number(8)).await.unwrap_err();
    check(&status, Code::Internal, Layer::Codec, Party::Callee, "the response cannot be decoded: Note");
}

#[tokio::test]
async fn a_caller_that_leaves_stops_its_handlers() {
    let server = Running::start().await;
    let mut raw = Raw::greeted(server.address).await;
    raw.send(support::request_header(5, 4), &Note::number(1).encode().unwrap()).await;
    server.gate.started.notified().await;
    drop(raw);
    server.gate.gone.notified().await;
}

#[tokio::test]
async fn a_server_that_never_greets() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let limits = svrkit_runtime::Limits { hello_timeout: Duration::from_millis(20), ..Default::default() };
    let status =
        Client::builder(silent.local_addr().unwrap().to_string()).limits(limits).connect().await.unwrap_err();
    check(
        &status,
        Code::Unavailable,
        Layer::Handshake,
        Party::Callee,
        "no hello from the server within 20 ms (hello.timeout): does it speak svrkit?",
    );
}

#[tokio::test]
async fn what_the_server_breaks_in_mid_call_may_have_had_an_effect() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        let mut raw = Raw::accept(&listener).await;
        raw.receive().await.unwrap();
        raw.send_bytes(b"HTTP/1.1 500").await;
        raw.receive().await;
    });
    let client = Client::connect(&address).await.unwrap();
    let status = client.request::<_, Note>(&ECHO, &Note::number(1)).await.unwrap_err();
    assert_eq!(status.facts().retry, Retry::Unknown, "{status}");
    check(
        &status,
        Code::Unavailable,
        Layer::Transport,
        Party::Caller,
        "whether it had an effect is not known",
    );
}

#[tokio::test]
async fn a_server_that_does_not_greet_is_tried_once_for_all_who_wait_and_left_in_the_end() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = silent.local_addr().unwrap().to_string();
    let limits = svrkit_runtime::Limits { hello_timeout: Duration::from_millis(50), ..Default::default() };
    let client = Client::builder(&address).limits(limits).lazy();
    let request = || client.request::<_, Note>(&ECHO, &Note::number(1));
    // Its deadline comes first; the attempt goes on without it.
    let status = request().timeout(Duration::from_millis(1)).await.unwrap_err();
    check(
        &status,
        Code::DeadlineExceeded,
        Layer::Connect,
        Party::Network,
        "no connection within 1 ms (the call's timeout)",
    );
    let (first, second) = tokio::join!(request(), request());
    for status in [first.unwrap_err(), second.unwrap_err()] {
        check(
            &status,
            Code::Unavailable,
            Layer::Handshake,
            Party::Callee,
            "no hello from the server within 50 ms",
        );
    }
    // One socket was opened for all three, and it is closed again.
    let mut accepted = silent.accept().await.unwrap().0;
    while accepted.read(&mut [0; 1024]).await.unwrap() > 0 {}
    let another = tokio::time::timeout(Duration::ZERO, silent.accept()).await;
    assert!(another.is_err(), "{another:?}");
}

#[test]
fn a_client_outlives_the_runtime_it_connected_on() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let server = runtime();
    let running = server.block_on(Running::start());
    let address = running.address.to_string();
    let (stop, stopped) = std::sync::mpsc::channel::<()>();
    let serving = std::thread::spawn(move || {
        server.block_on(async {
            while stopped.try_recv() != Err(std::sync::mpsc::TryRecvError::Disconnected) {
                tokio::task::yield_now().await;
            }
        });
    });
    let client = Client::builder(&address).lazy();
    for number in 0..3 {
        let answer = runtime().block_on(client.request::<_, Note>(&ECHO, &Note::number(number)));
        assert_eq!(answer.unwrap().number, number);
    }
    drop(stop);
    serving.join().unwrap();
}

#[tokio::test]
async fn a_server_that_falls_silent_is_called_on_another_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = Client::builder(listener.local_addr().unwrap().to_string()).lazy();
    let request = || client.request::<_, Note>(&ECHO, &Note::number(1)).timeout(Duration::from_millis(20));
    let greet = || Raw::accept(&listener);
    // Nothing is answered, not even the question whether anyone is there.
    let (silent, first) = tokio::join!(greet(), request().timeout(Duration::from_secs(1)));
    assert_eq!(first.unwrap_err().code(), Code::DeadlineExceeded);
    assert_eq!(request().await.unwrap_err().code(), Code::DeadlineExceeded);
    let (_second, third) = tokio::join!(greet(), request());
    assert_eq!(third.unwrap_err().code(), Code::DeadlineExceeded);
    drop(silent);
}

#[tokio::test]
async fn a_call_that_waits_for_room_goes_to_the_next_connection_when_this_one_ends() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let limits = svrkit_runtime::Limits { outbound_queue: 1024, ..Default::default() };
    let client = Client::builder(listener.local_addr().unwrap().to_string()).limits(limits).lazy();
    let answer = async || {
        let mut raw = Raw::accept(&listener).await;
        let request = raw.receive().await.unwrap();
        raw.send(Header::new(request.header.call_id, Facts::Response(Default::default())), &request.body)
            .await;
        raw
    };
    let (first, answered) = tokio::join!(answer(), client.request::<_, Note>(&ECHO, &Note::number(1)));
    assert_eq!(answered.unwrap().number, 1);
    let mut large =
        client.request::<_, Note>(&ECHO, &Note { payload: vec![0; 32 << 20].into(), ..Note::default() });
    let mut small = client.request::<_, Note>(&ECHO, &Note::number(7));
    assert!(polled_once(&mut large).await.is_none(), "sent, and more than the sockets hold");
    assert!(polled_once(&mut small).await.is_none(), "waits for room");
    drop(first);
    let status = large.await.unwrap_err();
    assert_eq!((status.code(), status.facts().retry), (Code::Unavailable, Retry::Unknown), "{status}");
    assert!(status.message().contains("whether it had an effect is not known"), "{status}");
    let (_second, answered) = tokio::join!(answer(), small);
    assert_eq!(answered.unwrap().number, 7);
}

/// What a future gives when it is polled once.
async fn polled_once<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
    std::future::poll_fn(|cx| match std::pin::Pin::new(&mut *future).poll(cx) {
        std::task::Poll::Ready(output) => std::task::Poll::Ready(Some(output)),
        std::task::Poll::Pending => std::task::Poll::Ready(None),
    })
    .await
}

#[tokio::test]
async fn a_call_that_waits_for_its_place_is_not_sent_to_a_server_that_leaves() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = listener.local_addr().unwrap().to_string();
    let accept = async || {
        let mut raw = Raw::new(listener.accept().await.unwrap().0);
        raw.receive().await.unwrap();
        let hello = Hello { calls_in_flight: Some(2), ..Hello::default() };
        raw.send(hello_header(), &hello.encode().unwrap()).await;
        raw
    };
    let answer = async |raw: &mut Raw, frame: &Frame| {
        raw.send(Header::new(frame.header.call_id, Facts::Response(Default::default())), &frame.body).await;
    };
    let (mut raw, client) = tokio::join!(accept(), Client::connect(&endpoint));
    let client = client.unwrap();
    let call = |number| tokio::spawn(client.request::<_, Note>(&ECHO, &Note::number(number)));
    let (_slow, fast) = (call(1), call(2));
    let (_first, second) = (raw.receive().await.unwrap(), raw.receive().await.unwrap());
    let crowded = call(3);
    tokio::task::yield_now().await;
    raw.send(Header::new(0, Facts::Goaway { reason: GoawayReason::Draining }), &[]).await;
    answer(&mut raw, &second).await;
    fast.await.unwrap().unwrap();
    // It comes by another connection.
    let mut other = accept().await;
    let third = other.receive().await.unwrap();
    answer(&mut other, &third).await;
    assert_eq!(crowded.await.unwrap().unwrap().number, 3);
}

#[tokio::test]
async fn who_calls_in_vain_without_a_pause_lets_others_have_their_turns() {
    let limits = Limits { message_out: 10, ..Limits::default() };
    let server = Running::start().await;
    let client = Client::builder(server.address.to_string()).limits(limits).connect().await.unwrap();
    let calls = 10_000;
    let calling = tokio::spawn(async move {
        for _ in 0..calls {
            let long = Note { payload: vec![7; 100].into(), ..Note::default() };
            let status = client.request::<_, Note>(&ECHO, &long).await.unwrap_err();
            assert_eq!(status.facts().layer, Layer::Codec, "it was not sent: {status}");
        }
    });
    tokio::task::yield_now().await;
    assert!(!calling.is_finished(), "it was one turn of its task");
    calling.await.unwrap();
}
