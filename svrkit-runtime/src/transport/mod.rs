//! Bytes in and out of a socket, the same for both ends.
//!
//! [`inbox`](self::Inbox) reads frames, [`outbox`](self::Outbox) writes many at a time. Neither knows what a call is.

mod batch;
mod inbox;
mod outbox;

pub(crate) use inbox::{Inbox, InboxError};
pub(crate) use outbox::Outbox;
