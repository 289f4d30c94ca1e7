//! What a server tells of itself to callers without generated code.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where what it stands on fails")]

mod monitoring;
mod reflection;
#[path = "../support/mod.rs"]
mod support;
