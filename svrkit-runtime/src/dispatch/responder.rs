//! Where the answer to a call goes.

use std::sync::Arc;
use std::task::{Context, Poll};

use super::in_flight::InFlight;
use crate::admission::Gate;
use crate::limits::Limits;
use crate::metrics::Metrics;
use crate::monitor::WhenWritten;
use crate::queue::Queues;
use crate::spec::Spec;
use crate::status::Status;

/// An answer that is there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Answered<'a> {
    /// The encoded message.
    pub(crate) body: &'a [u8],
    /// It is less than the method's best, and marked so.
    pub(crate) is_degraded: bool,
}

/// The way back to a caller, as the dispatcher sees it: a transport implements it.
pub(crate) trait Responder: Send + Sync {
    /// Sends the answer: an encoded message, or why there is none. Told at most once for each call.
    fn answer(&self, call_id: u32, outcome: Result<Answered<'_>, &Status>);

    /// Tells who wants to know when the answers that were given so far have been written; without that where they are not.
    fn when_written(&self, then: WhenWritten);

    /// Whether an answer of this length may be sent now: short ones and long ones wait apart (`outbound.queue`).
    fn has_room(&self, answer_len: usize) -> bool;

    /// Ready while that is so; otherwise the waiter is woken when it is.
    fn poll_room(&self, call_id: u32, answer_len: usize, cx: &mut Context<'_>) -> Poll<()>;

    /// Says that a call no longer waits for room.
    fn forget_room(&self, call_id: u32);

    /// The largest message the caller takes, where it said so.
    fn caller_message_in(&self) -> Option<u32>;

    /// Says that a call with a stream sends and takes nothing any more, but for its answer.
    fn stream_ended(&self, call_id: u32);

    /// The limits its calls are held to.
    fn limits(&self) -> &Limits;

    /// What its calls are counted in, if they are.
    fn metrics(&self) -> Option<&Metrics>;

    /// Where its handlers are counted that do not end at once; `None`: nowhere.
    fn gate(&self) -> Option<&Arc<Gate>>;

    /// The queued methods that are served.
    fn queues(&self) -> &Queues;

    /// Whether the load is such that the second handler of a method answers, which it has to have.
    fn degrades(&self, spec: &'static Spec) -> bool;

    /// The calls of this caller's connection.
    fn in_flight(&self) -> &InFlight;
}
