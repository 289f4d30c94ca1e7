//! One text in several crates, none of which may depend on another for it.

const NEAREST_OF_GENERATOR: &str = include_str!("../../src/parse/nearest.rs");
const NEAREST_OF_DERIVES: &str = include_str!("../../../svrkit-macros/src/nearest.rs");
const NEAREST_OF_RUNTIME: &str = include_str!("../../../svrkit-runtime/src/nearest.rs");

/// Whatever finds the nearest word finds the same one in schemas, in derives and in configuration.
#[test]
fn the_nearest_word_is_the_same_in_every_crate() {
    let same = NEAREST_OF_GENERATOR == NEAREST_OF_DERIVES && NEAREST_OF_GENERATOR == NEAREST_OF_RUNTIME;
    assert!(
        same,
        "change svrkit-gen/src/parse/nearest.rs and copy it to svrkit-macros/src and svrkit-runtime/src"
    );
}

const NAMES_OF_DERIVES: &str = include_str!("../../../svrkit-macros/src/metric_name.rs");
const NAMES_OF_RUNTIME: &str = include_str!("../../../svrkit-runtime/src/metrics/own/name.rs");

/// What the derive takes, no registry refuses.
#[test]
fn metrics_are_called_alike_in_both_crates() {
    let same = NAMES_OF_DERIVES == NAMES_OF_RUNTIME;
    assert!(
        same,
        "change svrkit-runtime/src/metrics/own/name.rs and copy it to svrkit-macros/src/metric_name.rs"
    );
}
