//! Bytes in and out of a socket, the same for both ends.
//!
//! [`Socket`] is a stream of whatever kind, [`Listener`] accepts them; [`inbox`](self::Inbox) reads frames,
//! [`outbox`](self::Outbox) writes many at a time; `patience` and `flood` say how slow and how useless a peer's frames may be. None of them knows what a call is.

#[cfg(all(unix, feature = "systemd"))]
mod activation;
mod address;
mod flood;
pub(crate) mod framing;
mod inbox;
mod lifespan;
mod listener;
mod outbox;
#[cfg(all(unix, any(feature = "systemd", feature = "takeover")))]
mod passed;
mod patience;
mod socket;
#[cfg(unix)]
mod socket_file;

pub use address::{Address, AddressError};
pub(crate) use flood::{NEUTRAL, UNDONE, USELESS, Worth};
pub use framing::Framing;
pub(crate) use inbox::{ALL, Inbox, InboxError, discard};
pub(crate) use lifespan::{Activity, Lifespan, Verdict};
pub(crate) use listener::Listener;
pub(crate) use outbox::{Outbox, Written};
#[cfg(all(unix, feature = "takeover"))]
pub(crate) use passed::listens;
pub(crate) use socket::{ReadHalf, Socket, WriteHalf};
#[cfg(all(unix, feature = "takeover"))]
pub(crate) use socket_file::SocketFile;
