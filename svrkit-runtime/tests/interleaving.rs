//! Long bodies and short ones on one connection: the short ones are not kept waiting, whoever sends them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where what it stands on fails")]

mod support;

use support::{ECHO, GROW, Note, Raw, Running, request_header};
use svrkit_runtime::wire::frame::{
    FEATURE_PARTS, FLAG_IN_PARTS, Facts, GoawayReason, Header, Hello, PART_LEN_MAX, hello_header,
};
use svrkit_runtime::{Limits, Tlv};
use tokio::net::TcpListener;

/// More than the buffers of two sockets hold.
const LONG: usize = 32 << 20;

/// A peer that takes bodies in parts, and long ones.
async fn greeted(server: &Running) -> Raw {
    let mut raw = Raw::connect(server.address).await;
    let hello = Hello { features: FEATURE_PARTS, message_in: Some(u32::MAX), ..Hello::default() };
    raw.send(hello_header(), &hello.encode().unwrap()).await;
    let hello = Hello::decode(&raw.receive().await.unwrap().body).unwrap();
    assert_eq!(hello.features & FEATURE_PARTS, FEATURE_PARTS);
    raw
}

#[tokio::test]
async fn a_short_answer_overtakes_a_long_one() {
    let server = Running::start().await;
    let mut raw = greeted(&server).await;
    raw.send(request_header(1, GROW.method_id), &Note::number(LONG as u64).encode().unwrap()).await;
    let announced = raw.receive().await.unwrap();
    assert_eq!((announced.header.call_id, announced.header.flags), (1, FLAG_IN_PARTS));
    assert!(announced.header.body_len as usize > LONG && announced.body.is_empty());
    // All of the long one cannot be in the sockets yet.
    raw.send(request_header(2, ECHO.method_id), &Note::number(2).encode().unwrap()).await;
    let (mut left, mut left_behind_the_short_one) = (announced.header.body_len as usize, 0);
    while left > 0 {
        let frame = raw.receive().await.unwrap();
        match (frame.header.call_id, &frame.header.facts) {
            (1, Facts::Part) => {
                assert!(frame.body.len() <= PART_LEN_MAX);
                left -= frame.body.len();
            }
            (2, Facts::Response(facts)) if facts.code == 0 => left_behind_the_short_one = left,
            other => panic!("{other:?}"),
        }
    }
    assert!(left_behind_the_short_one > 0, "the short answer came last");
}

#[tokio::test]
async fn a_short_request_overtakes_a_long_one() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let serving = tokio::spawn(async move {
        let mut raw = Raw::new(listener.accept().await.unwrap().0);
        raw.receive().await.unwrap();
        let hello = Hello { features: FEATURE_PARTS, message_in: Some(u32::MAX), ..Hello::default() };
        raw.send(hello_header(), &hello.encode().unwrap()).await;
        raw
    });
    let limits = Limits { message_out: u32::MAX, ..Limits::default() };
    let client = svrkit_runtime::Client::builder(address).limits(limits).connect().await.unwrap();
    let mut raw = serving.await.unwrap();
    let long = Note { payload: vec![7; LONG].into(), ..Note::default() };
    let long = tokio::spawn(client.request::<_, Note>(&ECHO, &long));
    let announced = raw.receive().await.unwrap();
    assert_eq!(announced.header.flags, FLAG_IN_PARTS);
    let short = tokio::spawn(client.request::<_, Note>(&ECHO, &Note::number(2)));
    let (mut left, mut overtaken) = (announced.header.body_len as usize, false);
    while left > 0 {
        let frame = raw.receive().await.unwrap();
        match frame.header.facts {
            Facts::Part => left -= frame.body.len(),
            Facts::Request(_) => overtaken = left > 0,
            other => panic!("{other:?}"),
        }
    }
    assert!(overtaken, "the short request came last");
    long.abort();
    short.abort();
}

#[tokio::test]
async fn long_bodies_arrive_whole_both_ways_beside_others() {
    let server = Running::start().await;
    let client = server.client().await;
    let calls = (0..40).map(|number| {
        let len = if number % 4 == 0 { 300_000 + number as usize } else { 10 };
        let payload = (0..len).map(|at| (at ^ number as usize) as u8).collect::<Vec<u8>>().into();
        let note = Note { payload, ..Note::number(number) };
        let request = client.request::<_, Note>(&ECHO, &note);
        tokio::spawn(async move { assert_eq!(request.await.unwrap(), note) })
    });
    for call in calls.collect::<Vec<_>>() {
        call.await.unwrap();
    }
}

#[tokio::test]
async fn parts_out_of_place_end_the_connection_in_words() {
    let server = Running::start().await;
    let begun = Header { flags: FLAG_IN_PARTS, body_len: 3, ..request_header(1, ECHO.method_id) };
    let part = |call_id: u32, len: u32| Header { body_len: len, ..Header::new(call_id, Facts::Part) };
    for (frames, expected) in [
        (vec![part(1, 0)], "which was not announced last"),
        (vec![begun.clone(), part(2, 0)], "a part of a body of call 2"),
        (vec![begun.clone(), part(1, 4)], "a part of 4 bytes of a body that has 3 left"),
        (vec![begun.clone(), part(1, 0)], "a part of 0 bytes of a body that has 3 left"),
        (vec![begun.clone(), begun], "before that of call 1 is complete"),
    ] {
        let mut raw = greeted(&server).await;
        for header in frames {
            let body = if header.facts == Facts::Part { vec![0; header.body_len as usize] } else { vec![] };
            raw.send_bytes(&[&header.to_bytes()[..], &body].concat()).await;
        }
        let goaway = raw.receive().await.unwrap();
        assert_eq!(goaway.header.facts, Facts::Goaway { reason: GoawayReason::Protocol });
        assert!(support::words(&goaway).contains(expected), "{}", support::words(&goaway));
    }
}
