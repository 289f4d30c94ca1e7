//! Any bytes as a message: see `codec::decode` and `codec::memory`.
#![no_main]

#[path = "../properties/codec/mod.rs"]
#[allow(dead_code, reason = "the other properties are other targets'")]
mod codec;
#[path = "../properties/heap.rs"]
#[allow(dead_code, reason = "what else is counted is for tests")]
mod heap;

#[global_allocator]
static HEAP: heap::Counting = heap::Counting;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    codec::decode(bytes);
    codec::memory(bytes);
});
