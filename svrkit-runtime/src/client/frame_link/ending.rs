//! What calls are told that wait when their connection ends.

use std::sync::Arc;

use super::FrameLink;
use crate::status::catalogue::connecting;
use crate::status::{Retry, Status};
use crate::transport::InboxError;
use crate::wire::frame::{Failure, Frame, FrameError, GoawayReason};
use crate::wire::tlv::Tlv;

impl FrameLink {
    /// The server closed the connection between two frames.
    pub(super) fn closed(&self, waiting: usize) -> Status {
        let status = match self.goaway.get() {
            Some((GoawayReason::Protocol, words)) => connecting::server_accused(words),
            Some((_, words)) => connecting::server_left(words),
            None => connecting::connection_closed(),
        };
        self.lost(status, waiting)
    }

    /// The connection failed.
    pub(super) fn broken(&self, error: InboxError, waiting: usize) -> Status {
        let status = match error {
            InboxError::Frame(error @ FrameError::NotSvrkit { .. }) => connecting::peer_foreign(error),
            InboxError::Frame(error) => connecting::frame_broken(error),
            InboxError::Limit(words) => connecting::limit_exceeded(words),
            InboxError::Io(error) => connecting::connection_lost().source_io(error),
            InboxError::CutShort => connecting::frame_cut_short(),
        };
        self.lost(status, waiting)
    }

    /// `waiting` calls had been sent: whether they had an effect is not known, and only without any is it sure that
    /// another endpoint may be tried.
    pub(super) fn lost(&self, status: Status, waiting: usize) -> Status {
        let status = status.endpoint(Arc::clone(&self.endpoint));
        match waiting {
            0 => status.retry(Retry::Elsewhere),
            1 => status.append("; a call was waiting, and whether it had an effect is not known"),
            _ => status.append(&format!(
                "; {waiting} calls were waiting, and whether they had an effect is not known"
            )),
        }
    }
}

/// What a goaway says.
pub(in crate::client) fn goaway_words(frame: &Frame, reason: GoawayReason) -> String {
    match Failure::decode(&frame.body) {
        Ok(failure) if !failure.message.is_empty() => failure.message,
        _ => format!("{reason:?}").to_lowercase(),
    }
}
