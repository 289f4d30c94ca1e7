//! Hostile bytes, as `docs/reliability.md` lists them (A9 to A13): a file for each, tables in each.
//!
//! The heap is counted by an allocator of this program's own; `cargo run --release -p svrkit-runtime --example hostile`
//! prints the figures.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper of tests that panics fails its test")]

#[path = "../../../fuzz/properties/codec/mod.rs"]
#[allow(dead_code, reason = "the properties are other tests'")]
mod codec;
#[path = "../../../fuzz/properties/heap.rs"]
#[allow(dead_code, reason = "what else is counted is for other tests")]
mod heap;

mod bombs;
mod depth;
mod malformed;
mod memory;
mod merging;
mod target;
mod text;
mod views;

#[global_allocator]
static HEAP: heap::Counting = heap::Counting;
