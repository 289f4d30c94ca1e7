//! What tests of services are written with: a server in one line, mocks of the services that yours calls, and
//! faults on the way to them.
//!
//! Nothing here is meant for production: where a test cannot go on, it panics and says why.

#![allow(clippy::panic, reason = "a test ends where what it stands on fails")]

mod chance;
mod faults;
mod mock;
mod server;
mod times;

pub use faults::{Faults, InjectedFault};
pub use mock::MockMethod;
pub use server::TestServer;
pub use times::Times;
