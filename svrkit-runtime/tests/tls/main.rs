//! Connections over TLS: what is said of TCP holds there too, certificates are asked for and looked at, and who fails is told why.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where what it stands on fails")]

#[path = "../support/authority.rs"]
mod authority;
#[path = "../streams/service.rs"]
#[allow(dead_code, reason = "each test program uses its own part of this module")]
mod service;
#[path = "../support/mod.rs"]
mod support;
#[path = "../support/tls_peers.rs"]
mod tls_peers;

mod calls;
mod config;
mod handshakes;
mod identity;
mod loading;
mod refusals;
mod reload;
mod simulated;
mod streams;
mod trust;
