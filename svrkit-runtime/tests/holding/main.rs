//! That calls hold: whoever leaves, is cut or stops, and wherever, each call ends once, in words, and nothing of it is left.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where what it stands on fails")]

#[path = "../support/authority.rs"]
mod authority;
#[path = "../support/mod.rs"]
mod support;

mod cancels;
mod chain;
mod cuts;
mod cutting_proxy;
mod deadlines;
mod drains;
mod nothing_left;
mod steps;
mod stream_cancels;
