//! Code that stands between a caller and every handler, or between this code and every server.
//!
//! The same trait on both sides: at a server a chain of interceptors is passed before a request is decoded, at a client
//! before a request is sent. Where there is none, nothing is passed and nothing is paid.

mod allow_list;
mod bearer;
mod chain;
mod envelope;
#[cfg(feature = "tower")]
mod tower;

pub use self::allow_list::AllowList;
pub use self::bearer::{BearerCheck, BearerToken};
pub(crate) use self::chain::{Boxed, Chain};
pub use self::chain::{Interceptor, Next};
pub use self::envelope::{Envelope, Reply, Side};
#[cfg(feature = "tower")]
pub use self::tower::{Tower, TowerCall, TowerNext};
