//! Our bytes and our JSON before judges of other houses.
//!
//! `scripts/test` brings what they need, protoc and Google's protobuf for Python; what is left out where one is missing is
//! told in a line. What differs and why stands in `README.md`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

#[cfg(protoc)]
mod bytes;
#[cfg(protoc)]
mod json;
#[cfg(protoc)]
mod listed;
#[cfg(protoc)]
mod prost;
mod support;
#[cfg(protoc)]
mod wire;

#[cfg(not(protoc))]
#[test]
fn without_protoc_nothing_is_compared() {
    support::left_out(
        "all that other libraries say of our bytes",
        "protoc is absent; Debian's protobuf-compiler brings it",
    );
}
