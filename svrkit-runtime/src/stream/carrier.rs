//! What takes the messages of a stream from one end to the other: frames, or nothing at all.

use std::fmt;
use std::task::{Context, Poll};

use crate::limits::Limits;
use crate::status::Status;

/// The way from one end of a stream to the other, seen from this end.
pub(crate) trait Carrier: Send + Sync + fmt::Debug {
    /// Whether a message of about this length may be sent, as far as the connection is concerned.
    fn has_room(&self, message_len: usize) -> bool;

    /// Ready while that is so. Whoever waits is woken when it is, and forgotten when the stream ends.
    fn poll_room(&self, call_id: u32, message_len: usize, cx: &mut Context<'_>) -> Poll<()>;

    /// Sends a message.
    fn message(&self, call_id: u32, message: &[u8]) -> Delivery;

    /// Says that no more messages come from this end: all were sent, or why not.
    fn end(&self, call_id: u32, outcome: Result<(), &Status>);

    /// Gives the other end credit.
    fn credit(&self, call_id: u32, bytes: u32);

    /// Says that messages of this cost have been taken, or thrown away.
    fn taken(&self, cost: u32);

    /// The caller has sent all, and the handler has answered nothing yet: its time to the first answer begins, where none was stated.
    fn all_came(&self, call_id: u32);

    /// The first answer of a call has passed: it has no deadline any more.
    fn answered(&self, call_id: u32);

    fn limits(&self) -> &Limits;

    /// The largest message the other end takes, where it said so.
    fn peer_message_in(&self) -> Option<u32>;
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// For so much credit.
    Sent { cost: u32 },
    /// Others have taken the credit of the connection meanwhile, or the room: nothing was sent.
    NotNow,
    /// Nothing is carried any more.
    Gone,
}
