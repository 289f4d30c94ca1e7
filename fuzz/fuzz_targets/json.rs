//! Any bytes as a message that becomes JSON, and as JSON that becomes a message: see `json::json`.
#![no_main]

#[path = "../properties/codec/mod.rs"]
#[allow(dead_code, reason = "the codec's properties are other targets'")]
mod codec;
#[path = "../properties/heap.rs"]
#[allow(dead_code, reason = "what is counted is for other targets")]
mod heap;
#[path = "../properties/json.rs"]
mod json;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| json::json(bytes));
