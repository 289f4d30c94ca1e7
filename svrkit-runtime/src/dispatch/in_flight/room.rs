//! What a connection has room for: so many calls, and so many bytes of their requests (`calls.in_flight`, `calls.bytes`).
//!
//! A few bytes of a compressed body stand for up to 255 times as many, and a handler may hold what it was sent for as long as it runs: what is
//! held is bounded here, whatever was sent for it. Counted are requests of some length alone, so that a connection full of long ones goes on
//! to take short ones.

use crate::limits::Limits;

/// A request of fewer bytes is not counted: all of a connection together are no more than one long one.
const COUNTED_MIN: usize = 4096;

/// What one connection may have in flight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Room {
    pub(crate) calls: u32,
    pub(crate) bytes: usize,
}

/// What there is no room for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Full {
    /// As many calls as allowed are in flight.
    Calls,
    /// Their requests would have more bytes than allowed.
    Bytes,
}

impl Room {
    pub(crate) fn of(limits: &Limits) -> Self {
        // One of any length is taken by whoever takes it at all.
        Self { calls: limits.calls_in_flight, bytes: limits.calls_bytes.max(limits.message_in as usize) }
    }

    /// Whether a call whose request has so many bytes has room beside so many calls whose requests have `held`; gives what it is counted as.
    pub(super) fn takes(self, len: usize, calls: usize, held: usize) -> Result<usize, Full> {
        if calls >= self.calls as usize {
            return Err(Full::Calls);
        }
        if len < COUNTED_MIN {
            return Ok(0);
        }
        if held.saturating_add(len) > self.bytes {
            return Err(Full::Bytes);
        }
        Ok(len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_short_has_room_where_what_is_long_has_none() {
        let room = Room { calls: 10, bytes: 10_000 };
        assert_eq!(room.takes(4096, 9, 5904), Ok(4096));
        assert_eq!(room.takes(4097, 9, 5904), Err(Full::Bytes));
        assert_eq!(room.takes(4096, 9, 5905), Err(Full::Bytes));
        assert_eq!(room.takes(4095, 9, 10_000), Ok(0));
        assert_eq!(room.takes(0, 10, 0), Err(Full::Calls));
        assert_eq!(room.takes(usize::MAX, 0, 1), Err(Full::Bytes));
    }

    #[test]
    fn the_longest_message_has_room_alone() {
        let limits = Limits { message_in: 50_000, calls_bytes: 10_000, ..Limits::default() };
        assert_eq!(Room::of(&limits).takes(50_000, 0, 0), Ok(50_000));
        assert_eq!(Room::of(&limits).takes(50_000, 1, 4096), Err(Full::Bytes));
    }
}
