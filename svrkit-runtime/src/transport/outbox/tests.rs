//! The outbox against sockets that take what they are given, little of it, or nothing.

use std::future::poll_fn;
use std::io;
use std::sync::Arc;
use std::task::{Context, Waker};

use bytes::BytesMut;
use tokio::io::{AsyncReadExt, duplex};

use super::*;
use crate::wire::frame::{FEATURE_PARTS, Facts, Frame, FrameDecoder, PART_LEN_MAX, Parts, RequestFacts};

fn ping(token: u64) -> Header {
    Header::new(0, Facts::Ping(token))
}

#[tokio::test]
async fn frames_leave_in_order_large_bodies_by_reference_among_them() {
    let outbox = Outbox::new(1 << 20);
    let large = Bytes::from(vec![7; BY_REFERENCE_MIN]);
    for token in 0..3 {
        assert!(outbox.push(ping(token), b"me", b"small"));
        assert!(outbox.push_shared(ping(token), b"", &large));
    }
    outbox.close();
    let (ours, mut theirs) = duplex(1 << 20);
    outbox.run(ours, || true).await.unwrap();

    let mut inbound = BytesMut::new();
    while theirs.read_buf(&mut inbound).await.unwrap() > 0 {}
    let decoder = FrameDecoder { body_len_max: 1 << 20, metadata_len_max: 16 };
    for token in 0..3 {
        let frame = decoder.decode(&mut inbound).unwrap().unwrap();
        assert_eq!(
            (frame.header.facts, &frame.metadata[..], &frame.body[..]),
            (Facts::Ping(token), &b"me"[..], &b"small"[..])
        );
        let frame = decoder.decode(&mut inbound).unwrap().unwrap();
        assert_eq!((frame.header.facts, frame.body), (Facts::Ping(token), large.clone()));
    }
    assert!(inbound.is_empty());
}

#[tokio::test]
async fn there_is_room_at_the_limit_and_none_above_until_it_is_written() {
    let outbox = Arc::new(Outbox::new(64));
    outbox.push(ping(1), b"", b"");
    outbox.push(ping(2), b"", b"");
    assert!(poll_now(&outbox), "64 bytes of 64 are queued");
    outbox.push(ping(3), b"", b"");
    assert!(!poll_now(&outbox), "96 bytes of 64 are queued");

    let (ours, mut theirs) = duplex(1024);
    let writer = tokio::spawn({
        let outbox = Arc::clone(&outbox);
        async move { outbox.run(ours, || true).await }
    });
    outbox.room(1).await;
    outbox.close();
    writer.await.unwrap().unwrap();
    let mut bytes = Vec::new();
    theirs.read_to_end(&mut bytes).await.unwrap();
    assert_eq!(bytes.len(), 96);
}

fn poll_now(outbox: &Outbox) -> bool {
    outbox.poll_room(1, 0, &mut Context::from_waker(Waker::noop())).is_ready()
}

#[tokio::test]
async fn who_waits_for_what_is_queued_waits_for_nothing_behind_it() {
    let outbox = Arc::new(Outbox::new(64));
    let written = async |outbox: &Outbox| {
        let mut wait = Written::default();
        poll_fn(|cx| outbox.poll_written(&mut wait, cx)).await;
    };
    written(&outbox).await;
    outbox.push(ping(1), b"", b"");
    let mut wait = Written::default();
    let mut poll = || outbox.poll_written(&mut wait, &mut Context::from_waker(Waker::noop()));
    assert!(poll().is_pending());

    // It holds one ping.
    let (ours, mut theirs) = duplex(32);
    let writer = tokio::spawn({
        let outbox = Arc::clone(&outbox);
        async move { outbox.run(ours, || false).await }
    });
    written(&outbox).await;
    assert!(poll().is_ready());
    outbox.push(ping(2), b"", &[7; 4096]);
    assert!(poll().is_ready(), "what came later is no affair of this one");
    let second = tokio::spawn({
        let outbox = Arc::clone(&outbox);
        async move { written(&outbox).await }
    });
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
    assert!(!second.is_finished(), "its peer reads nothing");
    outbox.break_off();
    second.await.unwrap();
    writer.await.unwrap().unwrap();
    assert!(theirs.read(&mut [0; 32]).await.unwrap() > 0);
}

#[tokio::test]
async fn a_broken_outbox_takes_nothing_and_keeps_nobody_waiting() {
    let outbox = Outbox::new(0);
    assert!(outbox.push(ping(1), b"", b""));
    outbox.break_off();
    assert!(!outbox.push(ping(2), b"", b""));
    assert!(poll_now(&outbox));
    let (ours, mut theirs) = duplex(1024);
    outbox.run(ours, || true).await.unwrap();
    assert_eq!(theirs.read(&mut [0; 8]).await.unwrap(), 0);
}

#[tokio::test]
async fn a_write_that_the_peer_does_not_take_ends_when_the_outbox_breaks() {
    let outbox = Arc::new(Outbox::new(64));
    outbox.push(ping(1), b"", &[7; 4096]);
    let (ours, theirs) = duplex(16);
    let writer = tokio::spawn({
        let outbox = Arc::clone(&outbox);
        async move { outbox.run(ours, || true).await }
    });
    tokio::task::yield_now().await;
    outbox.break_off();
    // It has left without an error of its own, and its socket with it.
    assert!(writer.await.unwrap().is_ok());
    drop(theirs);
}

#[tokio::test(start_paused = true)]
async fn a_closed_outbox_waits_for_its_peer_only_so_long() {
    let outbox = Outbox::new(64);
    outbox.push(ping(1), b"", &[7; 4096]);
    outbox.close();
    let (ours, _theirs) = duplex(16);
    assert_eq!(outbox.run(ours, || true).await.unwrap_err().kind(), io::ErrorKind::TimedOut);
}

#[tokio::test]
async fn who_no_longer_waits_for_room_is_forgotten() {
    let outbox = Outbox::new(0);
    outbox.push(ping(1), b"", b"");
    assert!(!poll_now(&outbox) && !poll_now(&outbox));
    assert_eq!(outbox.lock().waiting_for_room.len(), 1, "one wait, however often it asks");
    outbox.forget_room(1);
    assert!(outbox.lock().waiting_for_room.is_empty());
    outbox.push(ping(2), b"", b"");
    assert!(outbox.is_stuck());
}

fn request(call_id: u32) -> Header {
    Header::new(call_id, Facts::Request(RequestFacts::default()))
}

/// What leaves of an outbox that splits bodies, as a peer that puts nothing together sees it.
pub(super) async fn leaving(outbox: Outbox) -> Vec<Frame> {
    outbox.close();
    let (ours, mut theirs) = duplex(1 << 22);
    outbox.run(ours, || true).await.unwrap();
    assert_eq!((outbox.unwritten.into_inner(), outbox.unwritten_long.into_inner()), (0, 0));
    let mut inbound = BytesMut::new();
    while theirs.read_buf(&mut inbound).await.unwrap() > 0 {}
    let decoder = FrameDecoder { body_len_max: u32::MAX, metadata_len_max: 16 };
    std::iter::from_fn(|| decoder.decode(&mut inbound).unwrap()).collect()
}

fn splitting() -> Outbox {
    let outbox = Outbox::new(1 << 20);
    let hello = Hello { features: FEATURE_PARTS, ..Hello::default() };
    outbox.agree(Framing::new(), &hello, usize::MAX);
    outbox
}

#[tokio::test]
async fn a_long_body_leaves_in_parts_and_short_frames_overtake_it() {
    let outbox = splitting();
    let body: Bytes = (0..3 * PART_LEN_MAX + 7).map(|at| at as u8).collect();
    outbox.push(request(1), b"me", &body);
    outbox.push_shared(request(2), b"", &body);
    outbox.push(request(3), b"", b"short");
    outbox.push(Header::new(2, Facts::Cancel), b"", b"");
    outbox.push(request(4), b"", &body[..WHOLE_LEN_MAX]);
    let frames = leaving(outbox).await;
    let of = |call_id: u32| frames.iter().filter(move |frame| frame.header.call_id == call_id);
    let order: Vec<u32> = frames.iter().map(|frame| frame.header.call_id).collect();
    let first_part = frames.iter().position(|frame| frame.header.facts == Facts::Part).unwrap();
    assert_eq!(order[..2], [3, 4], "what is short goes first");
    assert_eq!((first_part, &order[2..]), (3, &[1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2][..]));
    assert_eq!(frames.last().unwrap().header.facts, Facts::Cancel, "behind the request of its call");
    let mut parts = Parts::default();
    for (call_id, metadata) in [(1, &b"me"[..]), (2, b"")] {
        let whole = of(call_id).find_map(|frame| parts.take(frame.clone()).unwrap()).unwrap();
        assert_eq!((&whole.metadata[..], &whole.body), (metadata, &body));
    }
}

#[tokio::test]
async fn long_bodies_leave_room_for_what_is_short() {
    let outbox = Arc::new(splitting());
    let body = Bytes::from(vec![7; 1 << 20]);
    outbox.push_shared(request(1), b"", &body);
    assert!(outbox.has_room(0) && !outbox.has_room(body.len()), "a mebibyte and its headers are queued");
    let (ours, mut theirs) = duplex(PART_LEN_MAX);
    let writer = tokio::spawn({
        let outbox = Arc::clone(&outbox);
        async move { outbox.run(ours, || true).await }
    });
    let mut wait = Written::default();
    let mut poll = || outbox.poll_written(&mut wait, &mut Context::from_waker(Waker::noop()));
    assert!(poll().is_pending());
    poll_fn(|cx| outbox.poll_room(2, body.len(), cx)).await;
    outbox.push(ping(1), b"", b"");
    assert!(poll().is_pending(), "its last part has not left");
    outbox.close();
    let mut bytes = Vec::new();
    theirs.read_to_end(&mut bytes).await.unwrap();
    writer.await.unwrap().unwrap();
    assert!(poll().is_ready());
}

#[tokio::test]
async fn a_peer_that_takes_no_parts_gets_none() {
    let outbox = Outbox::new(1 << 20);
    outbox.push(request(1), b"", &vec![7; WHOLE_LEN_MAX + 1]);
    outbox.push(request(2), b"", b"");
    let frames = leaving(outbox).await;
    let lens: Vec<usize> = frames.iter().map(|frame| frame.body.len()).collect();
    assert_eq!(lens, [WHOLE_LEN_MAX + 1, 0]);
}

#[tokio::test]
async fn streams_leave_half_of_the_room_to_answers() {
    let outbox = Arc::new(Outbox::new(64));
    let messages_fit = || outbox.poll_message_room(1, 0, &mut Context::from_waker(Waker::noop())).is_ready();
    outbox.push(ping(1), b"", b"");
    assert!(messages_fit(), "32 bytes of 64 are queued");
    outbox.push(ping(2), b"", b"");
    assert!(!messages_fit() && poll_now(&outbox), "64 bytes of 64 are queued");

    let (ours, _theirs) = duplex(1024);
    let writer = tokio::spawn({
        let outbox = Arc::clone(&outbox);
        async move { outbox.run(ours, || true).await }
    });
    // Whoever waits is woken at the mark that is his.
    poll_fn(|cx| outbox.poll_message_room(1, 0, cx)).await;
    outbox.close();
    writer.await.unwrap().unwrap();
}
