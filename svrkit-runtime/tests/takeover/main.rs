//! Hot restart: a server takes over from another, and whatever happens on the way, somebody serves.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where what it stands on fails")]

#[path = "../streams/service.rs"]
#[allow(dead_code, reason = "each test program uses its own part of this module")]
mod service;
#[path = "../support/mod.rs"]
mod support;

mod handing_over;
mod load;
mod process;
mod restarts;
mod strangers;
mod streams;
