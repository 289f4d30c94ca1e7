//! Every seed the fuzzer keeps for the runtime, as it is and damaged for some seconds: without a fuzzer, on stable.
//!
//! `fuzz/README.md` says how seeds come to be, and how a failure is run again.

#![allow(clippy::panic, reason = "a helper of tests that panics fails its test")]

#[path = "../../fuzz/properties/admin.rs"]
mod admin;
#[path = "../../fuzz/properties/codec/mod.rs"]
#[allow(dead_code, reason = "what makes damaged messages is for other tests")]
mod codec;
#[cfg(unix)]
#[path = "../../fuzz/properties/frames/mod.rs"]
mod frames;
#[path = "../../fuzz/properties/heap.rs"]
#[allow(dead_code, reason = "only the peak is asked for here")]
mod heap;
#[path = "../../fuzz/properties/mutator.rs"]
mod mutator;
#[path = "../../fuzz/properties/seeds.rs"]
mod seeds;
#[path = "../../fuzz/properties/segment.rs"]
mod segment;

use seeds::check;

#[global_allocator]
static HEAP: heap::Counting = heap::Counting;

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

#[test]
fn any_file_is_read_as_a_segment_or_refused() {
    check("segment", segment::segment);
}

#[test]
fn the_admin_port_bears_any_request() {
    check("admin_request", admin::request);
}

#[cfg(unix)]
#[test]
fn a_server_bears_any_frames() {
    check("frames_server", frames::server::server);
}

#[cfg(unix)]
#[test]
fn a_client_bears_any_frames() {
    check("frames_client", frames::client::client);
}
