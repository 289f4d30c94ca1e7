//! Built-in metrics: what is counted is what was sent, at both sides and whatever the ending; and what is read of it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where what it stands on fails")]

mod catalogue;
#[cfg(unix)]
mod child;
#[cfg(all(target_os = "linux", target_endian = "little"))]
mod cost;
mod deadlines;
mod endings;
#[cfg(target_os = "linux")]
mod full_disk;
mod ledger;
mod own;
mod pools;
mod prometheus;
mod refusals;
#[cfg(unix)]
mod segment;
#[allow(dead_code, reason = "other tests use other parts of this module")]
#[path = "../streams/service.rs"]
mod service;
mod streams;
#[path = "../support/mod.rs"]
mod support;
mod surroundings;
mod text;
