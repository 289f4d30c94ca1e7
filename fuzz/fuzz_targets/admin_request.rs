//! Any bytes to the port of the admin pages: see `admin::request`.
#![no_main]

#[path = "../properties/admin.rs"]
mod admin;
#[path = "../properties/heap.rs"]
#[allow(dead_code, reason = "what else is counted is for tests")]
mod heap;

#[global_allocator]
static HEAP: heap::Counting = heap::Counting;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| admin::request(bytes));
