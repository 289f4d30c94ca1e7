//! From a call's ids to its handler and back to an answer. Knows no transport and no frames.
//!
//! A transport counts a call ([`InFlight`]), wraps it up with its way back ([`Call`], [`Responder`]) and hands it to the
//! [`Router`]; the generated [`Service`] picks the method and calls [`Call::handle`].

mod blocking;
mod call;
mod in_flight;
mod message;
mod moment;
mod panic;
mod permit;
mod responder;
mod router;
mod service;
mod workplace;

pub(crate) use blocking::on_blocking_pool;
pub use call::Call;
pub(crate) use in_flight::{Full, InFlight, NotBegun, Room, StoppedBy};
pub(crate) use moment::{Together, looked};
pub(crate) use permit::{Permit, Starts, Wanted};
pub(crate) use responder::{Answered, Responder};
pub(crate) use router::Router;
pub use router::ServiceIdTaken;
pub use service::{Answer, Service};
