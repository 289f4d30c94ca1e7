//! What tests of services are written with: a server in one line.
//!
//! Nothing here is meant for production: where a test cannot go on, it panics and says why.

#![allow(clippy::panic, reason = "a test ends where what it stands on fails")]

mod server;

pub use server::TestServer;
