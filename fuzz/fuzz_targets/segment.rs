//! Any bytes as a segment of metrics: see `segment::segment`.
#![no_main]

#[path = "../properties/heap.rs"]
#[allow(dead_code, reason = "what else is counted is for tests")]
mod heap;
#[path = "../properties/segment.rs"]
mod segment;

#[global_allocator]
static HEAP: heap::Counting = heap::Counting;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| segment::segment(bytes));
