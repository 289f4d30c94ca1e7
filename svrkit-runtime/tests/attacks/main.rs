//! Attacks on a server, each beside callers who mean no harm: who attacks is cut or borne, who calls is answered, and nothing is left.
//!
//! `cargo run -p svrkit-runtime --example attacker` runs the same against a server of its own process, and prints what they cost.

#![allow(clippy::unwrap_used, reason = "a test ends where what it stands on fails")]

#[allow(dead_code, reason = "figures are for the program that prints them")]
mod arena;
mod client;
#[path = "../../../fuzz/properties/heap.rs"]
#[allow(dead_code, reason = "only what is live is asked for here")]
mod heap;
mod hedging;
#[allow(dead_code, reason = "figures are for the program that prints them")]
mod raw;
#[allow(dead_code, reason = "figures are for the program that prints them")]
mod rows;
#[path = "../support/mod.rs"]
mod support;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use svrkit_runtime::testing::TestServer;
use svrkit_runtime::{Drained, Limits};

use arena::{Callers, Counts};
use raw::End;
use rows::{ATTACKS, Attack, Expected};

#[global_allocator]
static HEAP: heap::Counting = heap::Counting;

/// Waits for what is slow are short here: attackers sit them out.
fn limits() -> Limits {
    let soon = Duration::from_millis(50);
    Limits {
        hello_timeout: soon,
        frame_timeout: soon,
        flood_frames: 100,
        connections: 1000,
        peer_share: 10,
        outbound_queue: 64 << 10,
        ..Limits::default()
    }
}

/// What the attackers saw, and what the server has counted when all was over.
async fn attacked(row: &str, size: usize) -> (&'static Attack, Vec<End>, Arc<Counts>) {
    let attack = ATTACKS.iter().find(|attack| attack.row == row).unwrap();
    let counts = Arc::new(Counts::default());
    let server = TestServer::start(arena::server(limits(), &counts)).await;
    let address = server.address().parse().unwrap();
    let callers = Callers::start(address, 3).await;
    let ends = (attack.run)(address, size).await;
    let calls = callers.stop().await;
    assert_eq!(calls.failed, 0, "of {} calls", calls.times.len());
    assert!(!calls.times.is_empty());
    // No call is in flight and no connection open that would have to be cut.
    assert_eq!(server.stop().await, Drained::default(), "{counts}");
    let number = |count: &std::sync::atomic::AtomicU64| count.load(Ordering::Relaxed);
    assert_eq!(number(&counts.calls_began), number(&counts.calls_ended), "{counts}");
    if let Expected::Cut(keys) = attack.expected {
        for end in &ends {
            // Who sends more than it is cut for may be reset before it has read why.
            let told = end.words.as_ref().is_none_or(|words| keys.iter().any(|key| words.contains(key)));
            assert!(told, "{end:?}");
        }
        assert!(ends.iter().any(|end| end.words.is_some()), "{ends:?}");
        let cut = number(&counts.limited) + number(&counts.broke_protocol);
        assert_eq!(cut, ends.len() as u64, "{counts}");
    }
    (attack, ends, counts)
}

macro_rules! cut {
    ($($test:ident = $row:literal, $size:literal;)+) => {
        $(#[tokio::test]
        async fn $test() {
            let (attack, ..) = attacked($row, $size).await;
            assert!(matches!(attack.expected, Expected::Cut(_)));
        })+
    };
}

cut! {
    whoever_is_slow_is_cut = "A1", 50;
    whoever_cancels_all_calls_is_cut = "A2", 1;
    whoever_sends_what_can_only_fail_is_cut = "A3", 1;
    whoever_sends_bodies_byte_by_byte_is_cut = "A4, A5", 1;
    whoever_sends_what_serves_no_call_is_cut = "A6", 1;
    whoever_announces_too_much_or_sends_too_little_is_cut = "A8", 40;
    whoever_sends_metadata_without_measure_is_cut = "A16", 1;
}

#[tokio::test]
async fn answers_that_nobody_reads_are_not_piled_up() {
    let before = heap::live();
    let counts = Arc::new(Counts::default());
    let server = TestServer::start(arena::server(limits(), &counts)).await;
    let attack = ATTACKS.iter().find(|attack| attack.row == "A7").unwrap();
    let callers = Callers::start(server.address().parse().unwrap(), 1).await;
    heap::forget_peak();
    (attack.run)(server.address().parse().unwrap(), 1).await;
    // Five hundred answers of 1 MiB were asked for: one and the queue are held, in as many copies as it takes to send them.
    let held = heap::peak() - before;
    assert!(held < 8 << 20, "{held} bytes");
    assert_eq!(callers.stop().await.failed, 0);
    server.stop().await;
    assert_eq!(counts.calls_began.load(Ordering::Relaxed), counts.calls_ended.load(Ordering::Relaxed));
}

#[tokio::test]
async fn requests_that_are_inflated_hold_no_more_than_they_may() {
    let before = heap::live();
    let counts = Arc::new(Counts::default());
    let limits = Limits { calls_bytes: 8 << 20, ..limits() };
    let server = TestServer::start(arena::server(limits, &counts)).await;
    let attack = ATTACKS.iter().find(|attack| attack.row == "A14").unwrap();
    let callers = Callers::start(server.address().parse().unwrap(), 1).await;
    heap::forget_peak();
    let ends = (attack.run)(server.address().parse().unwrap(), 100).await;
    // A hundred of 1 MiB were sent in 420 KB: eight are held, and the next one until it is refused.
    let held = heap::peak() - before;
    assert!(held > 8 << 20 && held < 16 << 20, "{held} bytes");
    assert_eq!(ends[0].answers, 100 - 8 + 1, "{ends:?}");
    assert_eq!(callers.stop().await.failed, 0);
    assert_eq!(server.stop().await, Drained::default());
    assert_eq!(counts.calls_began.load(Ordering::Relaxed), counts.calls_ended.load(Ordering::Relaxed));
}

#[tokio::test]
async fn a_message_that_is_merged_a_million_times_is_answered() {
    let (_, ends, _) = attacked("A12", 1).await;
    assert_eq!(ends[0].answers, 1);
}

#[tokio::test]
async fn no_ids_lead_around_the_list_to_a_method_that_it_forbids() {
    let (_, ends, counts) = attacked("A15", 1).await;
    assert_eq!(ends.iter().map(|end| end.answers).sum::<u64>(), 36 * 19);
    assert_eq!(counts.forbidden.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn one_address_has_its_share_of_the_connections_and_others_have_theirs() {
    let (_, ends, counts) = attacked("A21", 200).await;
    let is_turned_away = |end: &&End| end.words.as_ref().is_some_and(|words| words.contains("peer.share"));
    assert!(ends.iter().filter(is_turned_away).count() > 0);
    // A tenth of a thousand, and three that call.
    assert_eq!(counts.opened.load(Ordering::Relaxed), 100 + 3, "{counts}");
    assert_eq!(counts.limited.load(Ordering::Relaxed), 100, "{counts}");
}

#[tokio::test]
async fn a_request_that_is_sent_again_is_answered_or_belongs_to_the_first() {
    let (_, ends, counts) = attacked("A22", 90).await;
    assert!(ends[0].answers >= 2 && ends[0].answers <= 91, "{ends:?}");
    assert_eq!(counts.limited.load(Ordering::Relaxed), 0);
}
