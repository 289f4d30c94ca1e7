//! What the derives say when something is wrong: one situation a file in `ui/`, with its text next to it.
//!
//! `TRYBUILD=overwrite` rewrites the texts.

#[test]
fn a_mistake_is_one_error_at_its_token() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
