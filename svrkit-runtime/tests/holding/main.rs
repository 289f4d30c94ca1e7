//! That calls hold: whoever leaves, is cut or stops, and wherever, each call ends once, in words, and nothing of it is left.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where what it stands on fails")]

#[path = "../support/authority.rs"]
mod authority;
#[cfg(target_os = "linux")]
#[path = "../takeover/process.rs"]
mod process;
#[path = "../support/mod.rs"]
mod support;

mod cancels;
mod chain;
mod clocks;
mod cuts;
mod cutting_proxy;
mod deadlines;
#[cfg(target_os = "linux")]
mod descriptors;
mod drains;
mod nothing_left;
#[cfg(target_os = "linux")]
mod pauses;
mod steps;
mod stream_cancels;
