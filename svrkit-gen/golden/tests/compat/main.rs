//! Three versions of a protocol over real sockets: who is older keeps what it does not know, in either direction.
//!
//! Each of `tests/schemas/compat` is a module of its own; they share a package, a service and nothing else.

#![allow(clippy::unwrap_used, reason = "a helper of tests that panics fails its test")]

mod hops;
mod methods;
mod orders;
mod versions;
