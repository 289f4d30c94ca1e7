//! Every seed the fuzzer keeps for the codec, as it is and damaged: without a fuzzer, on stable.
//!
//! Each target's seeds are damaged for [`SECONDS_DEFAULT`] seconds, all targets beside one another; the variable
//! `SVRKIT_FUZZ_SECONDS` says another number. What breaks a property is shown in hex, with the round's seed:
//! `SVRKIT_FUZZ_SEED` goes through the same rounds again. `fuzz/README.md` says how seeds come to be.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../../fuzz/properties/codec/mod.rs"]
#[allow(dead_code, reason = "what makes damaged messages is for other tests")]
mod codec;
#[path = "../../fuzz/properties/heap.rs"]
#[allow(dead_code, reason = "only the peak is asked for here")]
mod heap;
#[path = "../../fuzz/properties/mutator.rs"]
mod mutator;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use mutator::Mutator;

#[global_allocator]
static HEAP: heap::Counting = heap::Counting;

const SECONDS_DEFAULT: u64 = 10;

const SEED_DEFAULT: u64 = 0x5eed;

/// Runs the seeds of a target through its property, then damaged ones until time is up.
fn check(target: &str, property: fn(&[u8])) {
    let folder = format!("../fuzz/seeds/{target}");
    let mut paths: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(30 <= paths.len(), "{folder} holds {} seeds", paths.len());
    let seeds: Vec<_> = paths.iter().map(|path| std::fs::read(path).unwrap()).collect();
    for (path, bytes) in paths.iter().zip(&seeds) {
        hold(property, bytes, || path.display().to_string());
    }
    let number = |name, default| std::env::var(name).map_or(default, |text| text.parse().unwrap());
    let (seconds, seed) =
        (number("SVRKIT_FUZZ_SECONDS", SECONDS_DEFAULT), number("SVRKIT_FUZZ_SEED", SEED_DEFAULT));
    let end = Instant::now() + Duration::from_secs(seconds);
    // A round is short, and what it does follows from its seed alone.
    for round in (seed..).take_while(|_| Instant::now() < end) {
        let mut mutator = Mutator::new(round);
        for _ in 0..100 {
            let bytes = mutator.next(&seeds);
            hold(property, &bytes, || format!("SVRKIT_FUZZ_SEED={round} comes to it:"));
        }
    }
}

fn hold(property: fn(&[u8]), bytes: &[u8], source: impl Fn() -> String) {
    let outcome = catch_unwind(AssertUnwindSafe(|| property(bytes)));
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(outcome.is_ok(), "{} {hex} breaks the property", source());
}

#[test]
fn any_bytes_are_read_within_their_limits_or_refused() {
    check("codec_decode", |bytes| {
        codec::decode(bytes);
        codec::memory(bytes);
    });
}

#[test]
fn a_hop_that_knows_less_loses_nothing() {
    check("codec_unknown", codec::unknown);
}

#[test]
fn records_are_walked_over_whatever_they_are() {
    check("codec_skip", codec::skip);
}

#[test]
fn the_codec_agrees_with_the_reference_decoder() {
    check("codec_differential", codec::differential);
}

#[test]
fn any_message_makes_the_round_trip() {
    check("codec_round_trip", codec::round_trip);
}

#[test]
fn a_view_shows_what_decoding_gives() {
    check("codec_view", codec::view);
}
