//! What callers are told whose calls cannot begin.

use super::{Full, NotBegun, Room};
use crate::limits::Limits;
use crate::status::Status;
use crate::status::catalogue::admitting;

impl NotBegun {
    /// What the caller is told.
    pub(crate) fn status(self, limits: &Limits) -> Status {
        match self {
            Self::Draining => admitting::draining(),
            Self::Full(Full::Calls) => admitting::calls_in_flight_full(limits.calls_in_flight),
            Self::Full(Full::Bytes) => admitting::calls_bytes_full(Room::of(limits).bytes),
            Self::Duplicate | Self::Lingering => admitting::call_lingering(),
        }
    }
}
