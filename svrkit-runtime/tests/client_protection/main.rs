//! What a client does for its servers, its callers and itself when calls fail: over real sockets, order and counts asserted, never durations.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where what it stands on fails")]

mod ejection;
mod gates;
mod hedging;
mod invariants;
mod last_good;
mod pages;
mod retries;
mod scripted;
mod simulated;
mod spared;
mod streams;
#[path = "../support/mod.rs"]
mod support;
mod wishes;
