//! What the derives say when something is wrong: one situation a file in `ui/`, with its text next to it.
//!
//! `TRYBUILD=overwrite` rewrites the texts.

use std::process::Command;

/// The compiler whose own words stand in `ui/rustc`.
const BLESSED: &str = "rustc 1.95.";

#[test]
fn a_mistake_is_one_error_at_its_token() {
    let tests = trybuild::TestCases::new();
    tests.compile_fail("tests/ui/*.rs");
    // There the compiler speaks, helped by our notes, and each version of it puts it a little differently.
    let version = Command::new("rustc").arg("--version").output().unwrap().stdout;
    let version = String::from_utf8(version).unwrap();
    if version.starts_with(BLESSED) {
        tests.compile_fail("tests/ui/rustc/*.rs");
    } else {
        println!("skipped: tests/ui/rustc holds the words of {BLESSED}x, this is {version}");
    }
}
