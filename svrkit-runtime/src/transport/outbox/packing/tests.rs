//! Which messages share a frame.

use bytes::Bytes;

use super::super::tests::leaving;
use super::*;
use crate::transport::Framing;
#[cfg(feature = "checksum")]
use crate::wire::frame::FEATURE_CHECKSUMS;
use crate::wire::frame::{FEATURE_PACKS, Frame, Hello, PACK_LEN_MAX, Pack};

fn packing(features: u64, message_in: Option<u32>, ours: Framing) -> Outbox {
    let outbox = Outbox::new(1 << 20);
    let hello = Hello { features: FEATURE_PACKS | features, message_in, ..Hello::default() };
    outbox.agree(ours, &hello, usize::MAX);
    outbox
}

/// Queues a message, and says how it was counted.
fn push(outbox: &Outbox, call_id: u32, message: &[u8]) -> (usize, bool) {
    let mut counted = None;
    assert!(outbox.push_message(call_id, message, |share| {
        counted = Some((share.body_len, share.is_first));
        true
    }));
    counted.unwrap()
}

fn messages(frame: &Frame) -> (u32, Vec<Bytes>) {
    let pack = match frame.header.flags {
        FLAG_PACKED => Pack::read(frame.body.clone()).unwrap(),
        0 => Pack::alone(frame.body.clone()),
        flags => panic!("flags {flags}"),
    };
    (frame.header.call_id, pack.collect())
}

#[tokio::test]
async fn messages_of_one_stream_share_a_frame_until_another_frame_comes() {
    let outbox = packing(0, None, Framing::new());
    assert_eq!(push(&outbox, 7, b"a"), (3, true));
    assert_eq!(push(&outbox, 7, b""), (2, false));
    assert_eq!(push(&outbox, 8, b"c"), (3, true));
    outbox.push(Header::new(0, Facts::Ping(1)), b"", b"");
    assert_eq!(push(&outbox, 8, b"d"), (3, true));
    let frames = leaving(outbox).await;
    assert_eq!(frames[2].header.facts, Facts::Ping(1));
    let found: Vec<_> = [0, 1, 3].map(|at| messages(&frames[at])).into();
    let bytes = |text: &'static [u8]| Bytes::from_static(text);
    assert_eq!(found, [(7, vec![bytes(b"a"), bytes(b"")]), (8, vec![bytes(b"c")]), (8, vec![bytes(b"d")])]);
    assert_eq!(frames.len(), 4);
}

#[tokio::test]
async fn a_pack_is_as_long_as_it_may_be_and_no_longer() {
    for (message_in, len_max) in [(None, PACK_LEN_MAX), (Some(100), 100), (Some(u32::MAX), PACK_LEN_MAX)] {
        let outbox = packing(0, message_in, Framing::new());
        assert_eq!(push(&outbox, 7, &vec![7; len_max - 4]), (len_max - 2, true));
        assert_eq!(push(&outbox, 7, b""), (2, false), "with the last two bytes");
        assert_eq!(push(&outbox, 7, b""), (2, true));
        assert_eq!(push(&outbox, 7, &vec![7; len_max - 2]), (len_max, true));
        assert_eq!(push(&outbox, 7, &vec![7; len_max - 1]), (len_max - 1, true));
        let frames = leaving(outbox).await;
        let lens: Vec<_> = frames.iter().map(|frame| (frame.header.flags, frame.body.len())).collect();
        let packed = |len| (FLAG_PACKED, len);
        assert_eq!(lens, [packed(len_max), packed(2), packed(len_max), (0, len_max - 1)]);
    }
}

#[tokio::test]
async fn a_message_that_is_not_admitted_leaves_nothing() {
    let outbox = packing(0, None, Framing::new());
    push(&outbox, 7, b"a");
    for message in [&b"b"[..], &[7; PACK_LEN_MAX]] {
        assert!(outbox.push_message(7, message, |_| false), "the connection would take it");
    }
    push(&outbox, 7, b"c");
    let frames = leaving(outbox).await;
    assert_eq!(
        frames.iter().map(messages).collect::<Vec<_>>(),
        [(7, vec![Bytes::from("a"), Bytes::from("c")])]
    );
}

#[tokio::test]
async fn a_closed_connection_takes_no_message() {
    for message in [&b"b"[..], &[7; PACK_LEN_MAX]] {
        let outbox = packing(0, None, Framing::new());
        outbox.close();
        assert!(!outbox.push_message(7, message, |_| true));
    }
}

/// What is counted as queued is what leaves.
#[cfg(feature = "checksum")]
#[tokio::test]
async fn a_pack_has_one_checksum() {
    let outbox = packing(FEATURE_CHECKSUMS, None, Framing::new().checksums());
    push(&outbox, 7, b"a");
    push(&outbox, 7, b"b");
    outbox.push(Header::new(0, Facts::Ping(1)), b"", b"");
    push(&outbox, 7, b"c");
    let unwritten = outbox.unwritten.load(Ordering::Relaxed);
    assert_eq!(unwritten, (32 + 6 + 4) + (32 + 4) + (32 + 3 + 4));
    // Frames are read with their sums, or not at all.
    let frames = leaving(outbox).await;
    let lens: Vec<usize> = frames.iter().map(|frame| frame.body.len()).collect();
    assert_eq!(lens, [6, 0, 3]);
    assert!(frames.iter().all(|frame| frame.header.flags & FLAG_CHECKED != 0));
}
