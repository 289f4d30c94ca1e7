//! The red packet night: on New Year's Eve everybody shakes a phone in the same second, and what falls out is money.
//!
//! Three services, each in a process of its own: [`access`] answers shakes, [`packet`] keeps the packets and opens them, [`ledger`] credits what was in them. [`fleet`]
//! starts them, [`night`] has a million people call them, [`books`] says whether all is accounted for when it is over.

pub mod access;
pub mod books;
mod credit;
pub mod fleet;
mod hardware;
pub mod ledger;
pub mod night;
pub mod packet;
pub mod protocol;
mod report;
mod start;
mod store;

pub use self::start::{Failure, Start};
