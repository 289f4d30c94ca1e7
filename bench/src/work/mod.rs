//! Services that have something to do, and callers who do not wait for one another: what the cases of protection are made of.
//!
//! [`handler`] is what a server does with a call, [`peers`] have it behind a service of their own kind, [`load`] makes the calls and [`record`] says what
//! became of each; [`frames`] makes them by hand. [`child`] runs either side in a process of its own.

pub(crate) mod child;
pub(crate) mod frames;
pub(crate) mod handler;
pub(crate) mod load;
pub(crate) mod peers;
pub(crate) mod record;
mod schedule;
mod spin;

pub(crate) use self::spin::spins_for;
