//! The kit's own protocols are compiled by its own generator; what is kept in the repository is what it writes.
//!
//! `SVRKIT_BLESS=1 cargo test -p svrkit-golden --test kit` writes it anew.

#![allow(clippy::unwrap_used, reason = "a helper of tests that panics fails its test")]

use std::path::Path;

use svrkit_gen::Config;

#[track_caller]
fn check(config: &Config, schema: &str, kept: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let generated = config.generate([root.join(schema)]).unwrap();
    let path = root.join(kept);
    if std::env::var_os("SVRKIT_BLESS").is_some() {
        return std::fs::write(path, generated.source()).unwrap();
    }
    let text = std::fs::read_to_string(path).unwrap_or_default();
    assert!(text == generated.source(), "{kept} is stale: bless it");
}

#[test]
fn the_frame_messages_are_what_the_schema_says() {
    check(&Config::new(), "schemas/frames.xml", "svrkit-runtime/src/wire/frame/messages.rs");
}

#[test]
fn the_types_many_schemas_need_are_what_their_schema_says() {
    check(&Config::new(), "svrkit-gen/schemas/svrkit/types.xml", "svrkit-runtime/src/types/messages.rs");
}

#[test]
fn the_health_service_is_what_its_schema_says() {
    check(&little_code(), "schemas/health.xml", "svrkit-runtime/src/health/messages.rs");
}

#[test]
fn the_reflection_service_is_what_its_schema_says() {
    check(&little_code(), "schemas/reflection.xml", "svrkit-runtime/src/reflection/messages.rs");
}

#[test]
fn the_monitoring_service_is_what_its_schema_says() {
    check(&little_code(), "schemas/monitoring.xml", "svrkit-runtime/src/monitoring/messages.rs");
}

#[test]
fn the_jobs_service_is_what_its_schema_says() {
    check(&little_code(), "schemas/queue.xml", "svrkit-runtime/src/queue/asking/messages.rs");
}

/// Every server has it, and it is asked a few times a second at most.
fn little_code() -> Config {
    Config::new().views(false).small(true)
}
