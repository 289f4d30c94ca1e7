//! Each feature of the dialect, used as a program would use what was generated for it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper of tests that panics fails its test")]

mod blocking;
mod constraints;
mod defaults;
mod desk;
mod durable;
mod errors;
mod externs;
mod lifecycle;
mod maps;
mod mocks;
mod oneofs;
mod oneway;
mod prelude;
mod queued;
mod route_keys;
mod sensitive;
mod streams;
mod tiers;
mod tour;
mod views;
mod well_known;

use svrkit_runtime::Tlv;

/// A message comes back from its bytes as it was.
#[track_caller]
fn check_round_trip<M: Tlv + PartialEq + std::fmt::Debug>(message: &M) {
    assert_eq!(M::decode(&message.encode().unwrap()).as_ref(), Ok(message));
}
