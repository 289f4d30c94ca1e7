//! Any bytes as a schema file, through all stages: see `schema::parse`.
#![no_main]

#[path = "../properties/schema.rs"]
#[expect(dead_code, reason = "the other properties are other targets'")]
mod schema;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| schema::parse(bytes));
