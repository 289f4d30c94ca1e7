//! Every seed the fuzzer keeps, through the properties it was kept for: without a fuzzer, on stable.
//!
//! `fuzz/README.md` says how seeds come to be.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../../fuzz/properties/schema.rs"]
mod schema;

/// Runs the seeds of a target through its property.
fn check(target: &str, property: impl Fn(&[u8])) {
    let folder = format!("../fuzz/seeds/{target}");
    let entries = std::fs::read_dir(&folder).unwrap();
    let mut seeds: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    seeds.sort();
    assert!(30 <= seeds.len(), "{folder} holds {} seeds", seeds.len());
    for seed in seeds {
        let bytes = std::fs::read(&seed).unwrap();
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| property(&bytes)));
        assert!(outcome.is_ok(), "{} breaks it", seed.display());
    }
}

#[test]
fn schemas_that_were_hard_to_parse_still_give_rust_or_findings() {
    check("schema_parse", schema::parse);
}

#[test]
fn schemas_that_were_hard_to_lay_out_still_keep_their_meaning() {
    check("schema_format", schema::format);
}
