//! The kit's own protocols are compiled by its own generator; what is kept in the repository is what it writes.
//!
//! `SVRKIT_BLESS=1 cargo test -p svrkit-golden --test kit` writes it anew.

#![allow(clippy::unwrap_used, reason = "a helper of tests that panics fails its test")]

use std::path::Path;

use svrkit_gen::Config;

#[track_caller]
fn check(schema: &str, kept: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let generated = Config::new().generate([root.join(schema)]).unwrap();
    let path = root.join(kept);
    if std::env::var_os("SVRKIT_BLESS").is_some() {
        return std::fs::write(path, generated.source()).unwrap();
    }
    let text = std::fs::read_to_string(path).unwrap_or_default();
    assert!(text == generated.source(), "stale: cargo svrkit gen {schema} -o {kept}");
}

#[test]
fn the_frame_messages_are_what_the_schema_says() {
    check("schemas/frames.xml", "svrkit-runtime/src/wire/frame/messages.rs");
}

#[test]
fn the_types_many_schemas_need_are_what_their_schema_says() {
    check("svrkit-gen/schemas/svrkit/types.xml", "svrkit-runtime/src/types/messages.rs");
}
