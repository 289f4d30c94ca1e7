//! How the table finds a call.

use std::hash::Hasher;

/// Spreads call ids, which count up in their low bits. The table is bounded by `calls.in_flight`, so ids chosen to
/// collide cost a peer's own connection a scan of that many entries at the most.
#[derive(Debug, Default)]
pub(super) struct CallIdHasher(u64);

impl Hasher for CallIdHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u32(u32::from(*byte));
        }
    }

    fn write_u32(&mut self, call_id: u32) {
        // Fibonacci hashing (Knuth, TAOCP 3, 6.4): the high bits are what hashbrown takes its tags from.
        self.0 = (self.0 ^ u64::from(call_id)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}
