//! What stands on the wire, and what a peer may not do there.

use std::time::Duration;

use svrkit_runtime::testing::TestServer;
use svrkit_runtime::wire::frame::{
    FLAG_STREAM, Facts, GoawayReason, Header, Hello, RequestFacts, ResponseFacts, hello_header,
};
use svrkit_runtime::{Client, Code, Limits, Server, Streaming, Tlv};
use tokio::net::TcpListener;

use crate::service::{CHAT, COUNT, ID, SUM, clients, note, spec, streams};
use crate::support::{Note, Raw, well, words};

/// A peer that takes so much of each stream, and as much in all.
async fn greeted(server: &TestServer, window: u32) -> Raw {
    let mut raw = Raw::connect(server.address().parse().unwrap()).await;
    let hello = Hello { stream_window: Some(window), connection_window: Some(window), ..Hello::default() };
    raw.send(hello_header(), &hello.encode().unwrap()).await;
    let hello = Hello::decode(&raw.receive().await.unwrap().body).unwrap();
    assert!(hello.stream_window.is_some() && hello.connection_window.is_some());
    raw
}

pub(crate) fn request(call_id: u32, method_id: u16) -> Header {
    let facts = RequestFacts { service_id: ID, method_id, remaining_us: u32::MAX, ..RequestFacts::default() };
    Header { flags: FLAG_STREAM, ..Header::new(call_id, Facts::Request(facts)) }
}

fn bytes(note: &Note) -> Vec<u8> {
    note.encode().unwrap()
}

#[tokio::test]
async fn a_stream_of_answers_is_messages_and_a_response() {
    let (service, _told) = streams();
    let (server, _clients) = clients(&service, Limits::default()).await;
    let mut raw = greeted(&server, 1 << 20).await;
    raw.send(request(7, COUNT.method_id), &bytes(&note(2, ""))).await;
    for number in 0..2 {
        let message = raw.receive().await.unwrap();
        assert_eq!((message.header.call_id, message.header.facts), (7, Facts::Message));
        assert_eq!(Note::decode(&message.body).unwrap().number, number);
    }
    let end = raw.receive().await.unwrap();
    assert_eq!(end.header, Header::new(7, Facts::Response(well())));
}

#[tokio::test]
async fn a_stream_of_requests_is_messages_and_an_end() {
    let (service, _told) = streams();
    let (server, _clients) = clients(&service, Limits::default()).await;
    let mut raw = greeted(&server, 0).await;
    raw.send(request(7, SUM.method_id), b"").await;
    for number in 1..=3 {
        raw.send(Header::new(7, Facts::Message), &bytes(&Note::number(number))).await;
    }
    raw.send(Header::new(7, Facts::End(ResponseFacts::default())), b"").await;
    let answer = raw.receive().await.unwrap();
    assert_eq!(answer.header.facts, Facts::Response(well()));
    assert_eq!(Note::decode(&answer.body).unwrap().number, 6);
}

/// Whatever a caller says of its time, and be it nothing: it may be gone without a word, or mean to keep a handler for ever.
#[tokio::test]
async fn a_first_answer_has_no_more_time_than_any_call() {
    let (service, _told) = streams();
    let limits = Limits { deadline_max: Duration::from_millis(50), ..Limits::default() };
    let (server, _clients) = clients(&service, limits).await;
    let mut raw = greeted(&server, 1 << 20).await;
    for (call_id, method, stated) in
        [(1, &COUNT, u32::MAX), (2, &COUNT, u32::MAX - 1), (3, &SUM, u32::MAX), (4, &SUM, u32::MAX - 1)]
    {
        let mut header = request(call_id, method.method_id);
        if let Facts::Request(facts) = &mut header.facts {
            facts.remaining_us = stated;
        }
        let waits = bytes(&note(0, "wait"));
        let is_in_request = method.streaming == Streaming::Server;
        raw.send(header, if is_in_request { &waits } else { b"" }).await;
        if !is_in_request {
            raw.send(Header::new(call_id, Facts::Message), &waits).await;
            raw.send(Header::new(call_id, Facts::End(ResponseFacts::default())), b"").await;
        }
        let answer = raw.receive().await.unwrap();
        let Facts::Response(facts) = answer.header.facts else { panic!("{answer:?}") };
        assert_eq!((answer.header.call_id, facts.code), (call_id, Code::DeadlineExceeded.number()));
    }
}

/// A message may begin while there is any credit, of the stream and of the connection; 64 bytes a message and its own.
#[tokio::test]
async fn a_server_sends_no_more_than_it_has_credit_for() {
    let (service, _told) = streams();
    let (server, _clients) = clients(&service, Limits::default()).await;
    let mut raw = greeted(&server, 64 + 66).await;
    raw.send(request(7, COUNT.method_id), &bytes(&note(100, ""))).await;
    expect(&mut raw, 2).await;
    raw.send(Header::new(7, Facts::Credit(1000)), b"").await;
    // The connection has none.
    expect(&mut raw, 0).await;
    // Any credit bears a message.
    raw.send(Header::new(0, Facts::Credit(1)), b"").await;
    expect(&mut raw, 1).await;
    // (1000 - 66) / 66, and one that began with the rest.
    raw.send(Header::new(0, Facts::Credit(10_000)), b"").await;
    expect(&mut raw, 15).await;
}

/// So many messages come, and no more while pings go there and back.
async fn expect(raw: &mut Raw, messages: usize) {
    for _ in 0..messages {
        assert_eq!(raw.receive().await.unwrap().header.facts, Facts::Message);
    }
    expect_no_message(raw).await;
}

pub(crate) async fn expect_no_message(raw: &mut Raw) {
    for token in 0..20 {
        raw.send(Header::new(0, Facts::Ping(token)), b"").await;
        assert_eq!(raw.receive().await.unwrap().header.facts, Facts::Pong(token));
    }
}

async fn goaway(mut raw: Raw) -> String {
    loop {
        let frame = raw.receive().await.unwrap();
        if let Facts::Goaway { reason } = frame.header.facts {
            assert_eq!(reason, GoawayReason::Protocol);
            return words(&frame);
        }
    }
}

#[tokio::test]
async fn a_peer_that_breaks_the_rules_is_told_which_and_cut() {
    let (service, _told) = streams();
    let limits = Limits {
        message_in: 1 << 10,
        stream_window: 4 << 10,
        connection_window: 8 << 10,
        ..Limits::default()
    };
    let (server, _clients) = clients(&service, limits).await;
    let open = async |call_id, method_id| {
        let mut raw = greeted(&server, 0).await;
        raw.send(request(call_id, method_id), b"").await;
        raw
    };
    // Nobody takes what comes after the first: the handler cannot send it back. So this much may come, and no more.
    let long = bytes(&Note { payload: vec![7; 950].into(), ..Note::default() });
    let fit = ((4 << 10) + (1 << 10) + 64) / (long.len() + 64);
    let mut raw = open(7, CHAT.method_id).await;
    for _ in 0..fit + 2 {
        raw.send(Header::new(7, Facts::Message), &long).await;
    }
    let told = goaway(raw).await;
    assert!(told.contains("call 7") && told.contains("4096 bytes (stream.window)"), "{told}");

    let mut raw = greeted(&server, 0).await;
    for call_id in 1..=4 {
        raw.send(request(call_id, CHAT.method_id), b"").await;
        for _ in 0..4 {
            raw.send(Header::new(call_id, Facts::Message), &long).await;
        }
    }
    let told = goaway(raw).await;
    assert!(told.contains("8192 bytes (connection.window)"), "{told}");

    let mut raw = open(7, SUM.method_id).await;
    raw.send(Header::new(7, Facts::Credit(u32::MAX)), b"").await;
    raw.send(Header::new(7, Facts::Credit(u32::MAX)), b"").await;
    assert!(goaway(raw).await.contains("more credit for call 7 than a window can have"));
    let mut raw = open(7, SUM.method_id).await;
    raw.send(Header::new(0, Facts::Credit(u32::MAX)), b"").await;
    raw.send(Header::new(0, Facts::Credit(1)), b"").await;
    assert!(goaway(raw).await.contains("more credit for the connection"));

    for again in [Facts::Message, Facts::End(ResponseFacts::default())] {
        let mut raw = open(7, CHAT.method_id).await;
        // It cannot send this back, and so goes on.
        raw.send(Header::new(7, Facts::Message), &bytes(&Note::number(1))).await;
        raw.send(Header::new(7, Facts::End(ResponseFacts::default())), b"").await;
        raw.send(Header::new(7, again), b"").await;
        assert!(goaway(raw).await.contains("a frame of call 7 after the end of its stream"));
    }
    for of_nobody in [Facts::Message, Facts::End(ResponseFacts::default())] {
        let mut raw = greeted(&server, 0).await;
        raw.send(Header::new(0, of_nobody), b"").await;
        assert!(goaway(raw).await.contains("call id 0"));
    }
}

/// Frames of calls that have ended cross their ends on the wire.
#[tokio::test]
async fn frames_of_calls_that_are_not_there_are_ignored() {
    let (service, _told) = streams();
    let limits = Limits { connection_window: 1 << 10, ..Limits::default() };
    let (server, _clients) = clients(&service, limits).await;
    let mut raw = greeted(&server, 0).await;
    let mut given = 0;
    for _ in 0..100 {
        raw.send(Header::new(9, Facts::Message), &[7; 100]).await;
        raw.send(Header::new(9, Facts::Credit(u32::MAX)), b"").await;
        raw.send(Header::new(9, Facts::End(ResponseFacts::default())), b"").await;
    }
    raw.send(Header::new(0, Facts::Ping(7)), b"").await;
    loop {
        let header = raw.receive().await.unwrap().header;
        match header.facts {
            // What is thrown away has been taken.
            Facts::Credit(bytes) => given += u64::from(bytes) + u64::from(header.call_id),
            Facts::Pong(7) => break,
            other => panic!("{other:?}"),
        }
    }
    assert!(given > 100 * 164 - 1024 && given <= 100 * 164, "{given}");
}

/// A server that speaks frames by hand, whose hello says this.
async fn served_by_hand(hello: Hello) -> (Client, Raw) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let connecting = tokio::spawn(async move { Client::connect(address).await.unwrap() });
    let mut raw = Raw::new(listener.accept().await.unwrap().0);
    raw.receive().await.unwrap();
    raw.send(hello_header(), &hello.encode().unwrap()).await;
    (connecting.await.unwrap(), raw)
}

#[tokio::test]
async fn a_server_that_says_nothing_of_streams_gets_none() {
    let (client, _raw) = served_by_hand(Hello::default()).await;
    let status = client.server_stream::<_, Note>(&COUNT, &note(1, "")).next().await.unwrap_err();
    assert_eq!(status.code(), Code::Unimplemented);
    assert!(status.message().contains("is it older than this client?"), "{status}");
}

#[tokio::test]
async fn a_client_cuts_a_server_that_breaks_the_rules() {
    let hello = || Hello { stream_window: Some(0), ..Hello::default() };
    let (client, mut raw) = served_by_hand(hello()).await;
    let mut stream = client.server_stream::<_, Note>(&COUNT, &note(1, ""));
    let (status, ()) = tokio::join!(stream.next(), async {
        let request = raw.receive().await.unwrap();
        assert_eq!(request.header.flags, FLAG_STREAM);
        raw.send(Header::new(request.header.call_id, Facts::Credit(u32::MAX)), b"").await;
        raw.send(Header::new(request.header.call_id, Facts::Credit(1)), b"").await;
    });
    let status = status.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
    assert!(status.message().contains("the server broke the rules of streams: more credit"), "{status}");

    // One that answers in the end what should have been messages.
    let (client, mut raw) = served_by_hand(hello()).await;
    let mut stream = client.server_stream::<_, Note>(&COUNT, &note(1, ""));
    let (status, ()) = tokio::join!(stream.next(), async {
        let call_id = raw.receive().await.unwrap().header.call_id;
        let end = Header::new(call_id, Facts::Response(ResponseFacts::default()));
        raw.send(end, &bytes(&Note::number(1))).await;
    });
    assert!(status.unwrap_err().message().contains("has answered it with one message"));
}

#[tokio::test]
async fn a_call_of_nobody_is_no_stream() {
    static MISSING: svrkit_runtime::Spec = spec("Missing", 99, Streaming::Both);
    let (service, _told) = streams();
    let client = Server::new().service(service).in_process().unwrap();
    let status = client.both_streams::<Note, Note>(&MISSING).next().await.unwrap_err();
    assert_eq!(status.code(), Code::Unimplemented);
}
