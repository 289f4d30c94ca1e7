//! The calls of one connection whose handlers have not ended.
//!
//! A call stands here from its arrival until its handler's future is gone, cancelled or not: a peer that cancels at
//! once does not get more work out of us than one that waits.

mod call_id_hasher;
#[cfg(test)]
mod interleavings;
mod refusal;
mod room;
mod table;
#[cfg(test)]
mod tests;

// What `table.rs` shares between threads: it takes them from here, so that a test can put others in their place.
use std::sync::atomic::AtomicU32;
use std::sync::{Mutex, MutexGuard};
use tokio::sync::Notify;

pub(crate) use room::{Full, Room};
pub(crate) use table::{InFlight, Lasts, NotBegun, StoppedBy, Stops};
