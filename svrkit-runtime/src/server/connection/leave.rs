//! Why a connection ends before its peer closes it.

use crate::server::stranger::{self, TLS_HANDSHAKE};
use crate::stream::Violation;
use crate::transport::{InboxError, Outbox};
use crate::wire::frame::{FrameError, GoawayReason};

/// Why a connection ends before its peer closes it.
pub(super) enum Leave {
    /// The peer is told.
    Goaway(GoawayReason, String),
    /// The peer speaks another protocol and was answered in it, where that is known.
    Stranger(String),
    /// The peer is gone, in the middle of something.
    Lost(String),
}

impl Leave {
    pub(super) fn protocol(words: String) -> Self {
        Self::Goaway(GoawayReason::Protocol, words)
    }

    /// For frames of streams that break their rules.
    pub(super) fn violation(violation: Violation) -> Self {
        Self::protocol(violation.to_string())
    }

    pub(super) fn limit(words: String) -> Self {
        Self::Goaway(GoawayReason::Limit, words)
    }

    /// For what was read, or could not be. A peer that speaks another protocol is answered in it, where that is known.
    pub(super) fn by(error: InboxError, outbox: &Outbox) -> Self {
        match error {
            // No TLS client can read it but ours; to others it is what answers that speak no TLS always are.
            InboxError::Frame(FrameError::NotSvrkit { start: [TLS_HANDSHAKE, 3, ..] }) => {
                let words =
                    "this port speaks svrkit without TLS: leave TLS out, or call the port that has it";
                Self::Goaway(GoawayReason::Tls, words.into())
            }
            InboxError::Frame(FrameError::NotSvrkit { start }) => {
                // Not a frame: a goaway would be noise to such a peer.
                stranger::answer(&start, outbox);
                Self::Stranger(FrameError::NotSvrkit { start }.to_string())
            }
            InboxError::Frame(error @ FrameError::Version { .. }) => {
                Self::Goaway(GoawayReason::Version, error.to_string())
            }
            InboxError::Frame(error) => Self::protocol(error.to_string()),
            // The peer is gone; there is nobody to tell.
            InboxError::Limit(words) => Self::limit(words),
            InboxError::Io(error) => Self::Lost(error.to_string()),
            InboxError::CutShort => Self::Lost("it was closed in the middle of a frame".into()),
        }
    }
}
