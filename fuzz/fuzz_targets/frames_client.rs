//! Any frames to a client: see `frames::client`.
#![no_main]

#[path = "../properties/frames/mod.rs"]
#[allow(dead_code, reason = "the other property is the other target's")]
mod frames;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| frames::client::client(bytes));
