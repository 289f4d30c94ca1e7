//! The red packet night: on New Year's Eve everybody shakes a phone in the same second, and what falls out is money.
//!
//! Three services, each in a process of its own: [`access`] answers shakes, [`packet`] keeps the packets and opens them, [`ledger`] credits what was in them. [`fleet`]
//! starts them, [`books`] says whether all is accounted for when the night is over.

pub mod access;
pub mod books;
pub mod fleet;
mod hardware;
pub mod ledger;
pub mod packet;
pub mod protocol;
mod start;
mod store;

pub use self::start::{Failure, Start};
