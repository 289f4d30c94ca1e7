//! Messages that share a frame: what they cost, who takes them, and which are none.

use svrkit_runtime::testing::TestServer;
use svrkit_runtime::wire::frame::{
    FEATURE_PACKS, FLAG_PACKED, Facts, Frame, GoawayReason, Header, Hello, PACK_LEN_MAX, Pack, ResponseFacts,
    hello_header,
};
use svrkit_runtime::{Bytes, Limits, Tlv};

use crate::frames::{expect_no_message, request};
use crate::service::{CHAT, COUNT, SUM, clients, note, streams};
use crate::support::{Note, Raw, well, words};

/// A peer of these features that takes so much of a stream.
async fn greeted(server: &TestServer, features: u64, hello: Hello) -> Raw {
    let mut raw = Raw::connect(server.address().parse().unwrap()).await;
    let hello = Hello { features, connection_window: Some(1 << 20), ..hello };
    raw.send(hello_header(), &hello.encode().unwrap()).await;
    let hello = Hello::decode(&raw.receive().await.unwrap().body).unwrap();
    assert_eq!(hello.features & FEATURE_PACKS, FEATURE_PACKS, "it takes them itself");
    raw
}

fn window(bytes: u32) -> Hello {
    Hello { stream_window: Some(bytes), ..Hello::default() }
}

/// The body of a packed frame.
fn packed(messages: &[Vec<u8>]) -> Vec<u8> {
    messages
        .iter()
        .flat_map(|message| [&(message.len() as u16).to_le_bytes(), &message[..]].concat())
        .collect()
}

fn packed_header(call_id: u32) -> Header {
    Header { flags: FLAG_PACKED, ..Header::new(call_id, Facts::Message) }
}

fn numbers(numbers: impl IntoIterator<Item = u64>) -> Vec<Vec<u8>> {
    numbers.into_iter().map(|number| Note::number(number).encode().unwrap()).collect()
}

/// The frames of messages up to one with the last of so many, in order.
async fn frames_of(raw: &mut Raw, count: u64) -> Vec<Frame> {
    let (mut frames, mut next) = (Vec::new(), 0);
    while next < count {
        let frame = raw.receive().await.unwrap();
        assert_eq!((frame.header.facts.clone(), frame.header.flags), (Facts::Message, FLAG_PACKED));
        for message in Pack::read(frame.body.clone()).unwrap() {
            assert_eq!(Note::decode(&message).unwrap().number, next);
            next += 1;
        }
        frames.push(frame);
    }
    assert_eq!(next, count);
    frames
}

#[tokio::test]
async fn messages_that_leave_together_share_frames() {
    let (service, _told) = streams();
    let (server, _clients) = clients(&service, Limits::default()).await;
    let mut raw = greeted(&server, FEATURE_PACKS, window(1 << 20)).await;
    raw.send(request(7, COUNT.method_id), &note(1000, "").encode().unwrap()).await;
    let frames = frames_of(&mut raw, 1000).await;
    assert!(frames.len() < 100, "{} frames", frames.len());
    let end = raw.receive().await.unwrap();
    assert_eq!(end.header, Header::new(7, Facts::Response(well())));
}

#[tokio::test]
async fn no_pack_is_longer_than_a_message_that_its_receiver_takes() {
    let (service, _told) = streams();
    let (server, _clients) = clients(&service, Limits::default()).await;
    for (message_in, body_len_max) in [(Some(10), 10), (Some(1000), 1000), (None, PACK_LEN_MAX)] {
        let hello = Hello { message_in, ..window(1 << 20) };
        let mut raw = greeted(&server, FEATURE_PACKS, hello).await;
        raw.send(request(7, COUNT.method_id), &note(500, "").encode().unwrap()).await;
        for frame in frames_of(&mut raw, 500).await {
            assert!(frame.body.len() <= body_len_max, "{} of {body_len_max}", frame.body.len());
        }
    }
}

#[tokio::test]
async fn a_peer_that_takes_no_packs_gets_none() {
    let (service, _told) = streams();
    let (server, _clients) = clients(&service, Limits::default()).await;
    let mut raw = greeted(&server, 0, window(1 << 20)).await;
    raw.send(request(7, COUNT.method_id), &note(10, "").encode().unwrap()).await;
    for number in 0..10 {
        let frame = raw.receive().await.unwrap();
        assert_eq!((frame.header.facts, frame.header.flags), (Facts::Message, 0));
        assert_eq!(Note::decode(&frame.body).unwrap().number, number);
    }
}

/// A frame costs its body and 64 bytes; a message begins while there is any credit.
#[tokio::test]
async fn messages_of_a_frame_share_what_it_costs() {
    const WINDOW: usize = 4000;
    let (service, _told) = streams();
    let (server, _clients) = clients(&service, Limits::default()).await;
    let mut raw = greeted(&server, FEATURE_PACKS, window(WINDOW as u32)).await;
    raw.send(request(7, COUNT.method_id), &note(100_000, "").encode().unwrap()).await;
    let mut cost = 0;
    while cost < WINDOW {
        cost += 64 + raw.receive().await.unwrap().body.len();
    }
    assert!(cost < WINDOW + 64 + 5, "the last one began with credit: {cost}");
    expect_no_message(&mut raw).await;
}

/// The same of what a server takes: it gives all of that back, and knows when it was too much.
#[tokio::test]
async fn a_receiver_counts_what_a_sender_counts() {
    let (service, _told) = streams();
    let limits = Limits { message_in: 1 << 10, stream_window: 4 << 10, ..Limits::default() };
    let (server, _clients) = clients(&service, limits).await;
    let mut raw = greeted(&server, FEATURE_PACKS, window(0)).await;
    raw.send(request(7, SUM.method_id), b"").await;
    let body = packed(&numbers(1..=200));
    let (mut given, mut sent) = (0, 0);
    for _ in 0..10 {
        raw.send(packed_header(7), &body).await;
        sent += 64 + body.len();
        // Half of the window has been taken with every third frame.
        while sent - given >= 2 << 10 {
            if let Frame { header: Header { call_id: 7, facts: Facts::Credit(bytes), .. }, .. } =
                raw.receive().await.unwrap()
            {
                given += bytes as usize;
            }
        }
        assert!(given <= sent);
    }
    raw.send(Header::new(7, Facts::End(ResponseFacts::default())), b"").await;
    let answer = raw.receive().await.unwrap();
    assert_eq!(Note::decode(&answer.body).unwrap().number, 10 * (1..=200).sum::<u64>());

    // Nobody takes what comes after the first: the handler cannot send it back.
    let mut raw = greeted(&server, FEATURE_PACKS, window(0)).await;
    raw.send(request(7, CHAT.method_id), b"").await;
    let fit = ((4 << 10) + (1 << 10) + 64) / (64 + body.len());
    for _ in 0..fit + 1 {
        raw.send(packed_header(7), &body).await;
    }
    let told = goaway(raw).await;
    assert!(told.contains("call 7") && told.contains("4096 bytes (stream.window)"), "{told}");
}

#[tokio::test]
async fn a_peer_whose_packs_are_none_is_told_so_and_cut() {
    let (service, _told) = streams();
    let (server, _clients) = clients(&service, Limits::default()).await;
    let none = "holds none, or ends within one";
    for (body, why) in [
        (vec![], none),
        (vec![0], none),
        (vec![3, 0, 7, 7], none),
        (packed(&[vec![7; PACK_LEN_MAX]]), "a pack of 16386 bytes is over the 16384 that one may have"),
    ] {
        let mut raw = greeted(&server, FEATURE_PACKS, window(0)).await;
        raw.send(request(7, SUM.method_id), b"").await;
        raw.send(packed_header(7), &body).await;
        let told = goaway(raw).await;
        assert!(told.contains("messages of call 7") && told.contains(why), "{told}");
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

/// What is taken of a frame keeps nothing from the rest of it, in whatever order they are looked at.
#[tokio::test]
async fn what_was_taken_stays_as_it_was() {
    let (service, _told) = streams();
    let (_server, clients) = clients(&service, Limits::default()).await;
    for client in clients {
        let (mut requests, mut answers) = client.both_streams::<Note, Note>(&CHAT).split().await.unwrap();
        let sent: Vec<Note> = (0..300)
            .map(|number| Note {
                payload: Bytes::from(vec![number as u8; number]),
                ..Note::number(number as u64)
            })
            .collect();
        let sending = tokio::spawn({
            let sent = sent.clone();
            async move {
                for note in &sent {
                    requests.send(note).await.unwrap();
                }
                requests.end();
            }
        });
        let mut received = Vec::new();
        while let Some(note) = answers.next().await.unwrap() {
            received.push(note);
        }
        sending.await.unwrap();
        assert_eq!(received, sent);
    }
}
