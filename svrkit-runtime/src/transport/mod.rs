//! Bytes in and out of a socket, the same for both ends.
//!
//! [`Socket`] is a stream of whatever kind, [`Listener`] accepts them; [`inbox`](self::Inbox) reads frames,
//! [`outbox`](self::Outbox) writes many at a time. None of them knows what a call is.

#[cfg(all(unix, feature = "systemd"))]
mod activation;
mod address;
pub(crate) mod framing;
mod inbox;
mod lifespan;
mod listener;
mod outbox;
#[cfg(all(unix, any(feature = "systemd", feature = "takeover")))]
mod passed;
mod socket;
#[cfg(unix)]
mod socket_file;

pub use address::{Address, AddressError};
pub use framing::Framing;
pub(crate) use inbox::{Inbox, InboxError};
pub(crate) use lifespan::{Activity, Lifespan, Verdict};
pub(crate) use listener::Listener;
pub(crate) use outbox::{Outbox, Written};
#[cfg(all(unix, feature = "takeover"))]
pub(crate) use passed::listens;
pub(crate) use socket::{ReadHalf, Socket};
#[cfg(all(unix, feature = "takeover"))]
pub(crate) use socket_file::SocketFile;
