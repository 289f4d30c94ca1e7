//! Streams over a socket and within a process: how each can end, who waits for whom, and what stands on the wire.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where what it stands on fails")]

#[path = "../support/mod.rs"]
mod support;

mod credit;
mod deadlines;
mod ending;
mod frames;
mod interceptors;
mod leaving;
mod monitors;
mod oneway;
mod packs;
mod service;
