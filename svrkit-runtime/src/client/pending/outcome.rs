//! How a call ended, as its connection sees it.

use bytes::Bytes;

use crate::status::Status;

/// How a call ended.
#[derive(Debug)]
pub(in crate::client) enum Outcome {
    /// By its encoded answer, or by a status that says why there is none.
    Answered(Result<Bytes, Status>),
    /// By its encoded answer, which is marked as degraded.
    Degraded(Bytes),
    /// By its deadline; whether it had been sent.
    Late { sent: bool },
    /// The connection ended before it was sent: another may take it.
    Unsent,
}
