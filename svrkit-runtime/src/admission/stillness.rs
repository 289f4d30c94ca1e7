//! Whether the machine has stood still for a moment: what is seen then, and right after, says nothing of what it can do. Pure.
//!
//! Where nobody has looked for longer than that takes, the system ran something else, or all threads computed. Nothing ended meanwhile and everything comes at
//! once then, calls and turns that are late: by such a window the capacity would be half of what it is, the load many times what it is, and handlers would seem to
//! be too many. So it teaches nothing; the queue, which is bounded by what was known before, holds the goodput. Who stands still again and again is as slow as
//! it seems: the next such moment within [`REST`] is believed.

use std::time::Duration;

use tokio::time::Instant;

/// The task that looks after windows does so each 5 ms, and each call that comes or ends.
const STILL: Duration = Duration::from_millis(40);

/// What came meanwhile is dealt with in so long.
const AFTERMATH: Duration = Duration::from_millis(50);

/// A moment of so long is not looked into twice.
const REST: Duration = Duration::from_secs(1);

/// What is known of such moments.
#[derive(Debug, Default)]
pub(super) struct Stillness {
    /// Nobody looked for too long in this window.
    is_seen: bool,
    /// When the window ended in which the last one was that taught nothing.
    last: Option<Instant>,
}

impl Stillness {
    /// Somebody looks, so long after the last look.
    pub(super) fn looked(&mut self, after: Duration) {
        self.is_seen |= after > STILL;
    }

    /// A window ends; whether there is something to be learned from it.
    pub(super) fn teaches(&mut self, now: Instant) -> bool {
        let is_seen = std::mem::take(&mut self.is_seen);
        match self.last.map(|last| now.saturating_duration_since(last)) {
            Some(since) if since < REST => since >= AFTERMATH,
            _ if is_seen => {
                self.last = Some(now);
                false
            }
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_teaches_nothing_nor_what_comes_of_it_and_the_next_one_does() {
        let born = Instant::now();
        let mut stillness = Stillness::default();
        // When the window ends in milliseconds, the longest time that nobody looked, whether it teaches.
        for (ms, after, expected) in [
            (20, 5, true),
            (60, 40, true),
            (260, 200, false),
            (280, 5, false),
            (309, 5, false),
            (310, 5, true),
            (600, 200, true),
            (1259, 200, true),
            (1300, 5, true),
            (1400, 41, false),
        ] {
            stillness.looked(Duration::from_millis(5));
            stillness.looked(Duration::from_millis(after));
            assert_eq!(stillness.teaches(born + Duration::from_millis(ms)), expected, "at {ms} ms");
        }
    }
}
