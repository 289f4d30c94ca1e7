//! Every seed the fuzzer keeps for JSON, as it is and damaged for some seconds: without a fuzzer, on stable.
//!
//! `fuzz/README.md` says how seeds come to be, and how a failure is run again.

#![allow(clippy::panic, reason = "a helper of tests that panics fails its test")]

#[path = "../../fuzz/properties/codec/mod.rs"]
#[allow(dead_code, reason = "the codec's properties are its own tests'")]
mod codec;
#[path = "../../fuzz/properties/heap.rs"]
#[allow(dead_code, reason = "nothing is measured here")]
mod heap;
#[path = "../../fuzz/properties/json.rs"]
mod json;
#[path = "../../fuzz/properties/mutator.rs"]
mod mutator;
#[path = "../../fuzz/properties/seeds.rs"]
mod seeds;

#[test]
fn messages_become_json_and_json_becomes_messages_that_say_the_same() {
    seeds::check("json", json::json);
}
