//! Admin pages, asked over real sockets as terminals and browsers do.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where what it stands on fails")]

#[path = "../support/mod.rs"]
mod support;

mod access;
mod calls;
mod client;
mod drain;
mod level;
mod protocol;
mod queues;
mod rules;
mod shown;
mod starting;
mod wild;
