//! The calls of one connection that wait for their answers.
//!
//! A slab of slots. A call id is a slot's number with the slot's generation above it, so an answer that comes after its
//! call was given up meets another generation and is ignored. Time is handed in; the table reads no clock.

#[cfg(test)]
mod interleavings;
mod outcome;
mod slots;
mod table;
#[cfg(test)]
mod tests;

// What `table.rs` shares between threads: it takes them from here, so that a test can put others in their place.
use std::sync::{Mutex, MutexGuard};
use tokio::sync::Notify;

pub(super) use self::outcome::Outcome;
pub(super) use self::slots::{CALLS_MAX, Until};
pub(super) use self::table::Pending;
