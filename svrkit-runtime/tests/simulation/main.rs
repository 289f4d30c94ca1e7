//! Servers and clients on a simulated network.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where what it stands on fails")]

mod callers;
mod chain;
mod hooks;
mod ledger;
mod plan;
mod scenarios;
mod seeds;
mod streams;
mod work;
mod world;
