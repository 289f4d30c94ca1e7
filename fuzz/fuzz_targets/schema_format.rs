//! Any bytes as a schema file, laid out: see `schema::format`.
#![no_main]

#[path = "../properties/schema.rs"]
#[expect(dead_code, reason = "the other properties are other targets'")]
mod schema;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| schema::format(bytes));
