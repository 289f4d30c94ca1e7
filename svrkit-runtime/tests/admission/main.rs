//! What becomes of calls beyond what a server can do, over real sockets.
//!
//! No clock is asserted on: handlers are held, and the order of what starts and what is refused tells.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where what it stands on fails")]

#[path = "../support/mod.rs"]
mod support;

mod bulkheads;
mod faults;
mod learned_tier;
mod level;
mod queue;
mod rates;
mod rules;
mod server;
mod shown;
mod tiers;
mod trust;
mod wild;
