//! One text in three crates: whatever finds the nearest word finds the same one in schemas, in derives and in configuration.

const GENERATOR: &str = include_str!("../../src/parse/nearest.rs");
const DERIVES: &str = include_str!("../../../svrkit-macros/src/nearest.rs");
const RUNTIME: &str = include_str!("../../../svrkit-runtime/src/nearest.rs");

#[test]
fn the_nearest_word_is_the_same_in_every_crate() {
    let same = GENERATOR == DERIVES && GENERATOR == RUNTIME;
    assert!(
        same,
        "change svrkit-gen/src/parse/nearest.rs and copy it to svrkit-macros/src and svrkit-runtime/src"
    );
}
