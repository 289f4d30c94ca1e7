//! Callers that run wild: who asks one thing over and over, far beyond what the others ask, is blocked for a time.
//!
//! Three values decide, each pure and told the time: [`detector`] finds who it is, by a [`summary`] of who repeats what and the [`population`] that it
//! is held to; [`blocks`] says for how long, and forgets. [`Wild`] is both under a lock for the connections of one server, and tells whoever is to know.
//! A connection has a [`Sentry`]: it picks the calls that are looked at and knows the blocks of its caller, so that a call costs one load and a
//! subtraction of its own. *Absent:* frames; why a caller is who it is.

mod blocks;
mod caller;
mod detector;
mod population;
mod sampling;
mod sentry;
#[cfg(test)]
mod simulation;
mod summary;
mod watch;

pub(crate) use blocks::BlockSeen;
use caller::Caller;
pub(crate) use caller::Told;
pub(crate) use sentry::Sentry;
pub(crate) use watch::Wild;

/// Whose calls they are: a caller's, and where it calls for others, those of one of its users.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Who {
    /// The caller's number: a hash that nobody can choose.
    caller: u64,
    /// The hash of the user's route key; 0: of no user, or not told apart by them.
    user: u32,
}

/// Their calls of one method, which a block is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Habit {
    who: Who,
    /// Of the service and the method.
    ids: (u32, u16),
}
