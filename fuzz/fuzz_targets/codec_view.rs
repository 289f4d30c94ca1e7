//! Any bytes as a message, decoded and looked at: see `codec::view`.
#![no_main]

#[path = "../properties/codec/mod.rs"]
#[allow(dead_code, reason = "the other properties are other targets'")]
mod codec;
#[path = "../properties/heap.rs"]
#[allow(dead_code, reason = "what is counted is for other targets")]
mod heap;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| codec::view(bytes));
