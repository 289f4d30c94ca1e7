//! The two channels of one call, and who holds which end.

use bytes::Bytes;
use tokio::sync::{Semaphore, mpsc};

use super::{Receiver, Sender};
use crate::limits::Limits;
use crate::wire::tlv::Tlv;

/// One encoded message, or that there are no more.
pub(super) type Item = Option<Bytes>;

/// What a caller holds.
#[derive(Debug)]
pub(crate) struct CallerEnds {
    pub(super) requests: mpsc::Sender<Item>,
    pub(super) answers: mpsc::Receiver<Item>,
}

/// What a handler holds.
#[derive(Debug)]
pub(crate) struct HandlerEnds {
    requests: mpsc::Receiver<Item>,
    answers: mpsc::Sender<Item>,
    limits: Limits,
}

impl HandlerEnds {
    /// What the handler is given.
    pub(crate) fn open<Req: Tlv, Resp: Tlv>(self) -> (Receiver<Req>, Sender<Resp>) {
        let Self { requests, answers, limits } = self;
        (Receiver::new(requests, limits), Sender::new(answers, limits))
    }
}

/// The ends of one call, with room for `stream.room` messages each way.
pub(crate) fn ends(limits: &Limits) -> (CallerEnds, HandlerEnds) {
    let room = limits.stream_room.clamp(1, Semaphore::MAX_PERMITS);
    let (to_handler, requests) = mpsc::channel(room);
    let (answers, to_caller) = mpsc::channel(room);
    (
        CallerEnds { requests: to_handler, answers: to_caller },
        HandlerEnds { requests, answers, limits: *limits },
    )
}
