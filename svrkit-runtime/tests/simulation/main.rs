//! Servers and clients on a simulated network.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where what it stands on fails")]
#![allow(clippy::print_stdout, reason = "the figures of docs/reliability.md")]

mod callers;
mod chain;
mod cluster;
mod hooks;
mod ledger;
mod losses;
mod partitions;
mod pauses;
mod plan;
mod scenarios;
mod seeds;
mod streams;
mod work;
mod world;
