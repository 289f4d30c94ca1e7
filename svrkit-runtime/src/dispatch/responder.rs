//! Where the answer to a call goes.

use super::in_flight::InFlight;
use crate::limits::Limits;
use crate::status::Status;

/// The way back to a caller, as the dispatcher sees it: a transport implements it.
pub(crate) trait Responder: Send + Sync {
    /// Sends the answer: an encoded message, or why there is none. Told at most once for each call.
    fn answer(&self, call_id: u32, outcome: Result<&[u8], &Status>);

    /// The limits its calls are held to.
    fn limits(&self) -> &Limits;

    /// The calls of this caller's connection.
    fn in_flight(&self) -> &InFlight;
}
