//! Frames that serve no call, so many and no more (`flood.frames`).
//!
//! A token bucket: a frame that serves no call takes a token, one that begins or ends a call brings one back, and time brings back
//! `flood.frames` in a second, at most that many in all. So frames that belong to calls are paid for, however many they are, and a peer that
//! sends nothing else is stopped after a moment. A frame that takes back what an earlier one has paid for costs two.
//!
//! Pure: the time is that of the last read, so that nobody looks at a clock for it.

use tokio::time::Instant;

/// What a frame was good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Worth {
    /// A call began or ended by it, or a message of a stream came.
    Call,
    /// Nothing that anyone waits for, and it costs so much.
    Nothing(u32),
}

/// A call that was begun and brings nothing: what it had earned, and its own price.
pub(crate) const UNDONE: Worth = Worth::Nothing(2);

/// Any other frame that serves no call.
pub(crate) const USELESS: Worth = Worth::Nothing(1);

/// A frame that serves a call and was paid for with another, or serves none by no fault of its sender's.
pub(crate) const NEUTRAL: Worth = Worth::Nothing(0);

/// How many frames a peer may still send that serve no call.
#[derive(Debug)]
pub(super) struct Flood {
    max: u32,
    left: u32,
    /// Up to when time has been paid out.
    paid_until: Instant,
}

impl Flood {
    pub(super) fn new(max: u32, now: Instant) -> Self {
        Self { max, left: max, paid_until: now }
    }

    /// Whether the peer may go on after a frame of this worth, which was read at `now`.
    pub(super) fn takes(&mut self, worth: Worth, now: Instant) -> bool {
        match worth {
            Worth::Call => {
                self.left = self.max.min(self.left.saturating_add(1));
                true
            }
            Worth::Nothing(cost) => self.spend(cost, now),
        }
    }

    fn spend(&mut self, cost: u32, now: Instant) -> bool {
        if self.left == self.max {
            // Time that passed while there was nothing to bring back.
            self.paid_until = now;
        }
        if self.left < cost {
            self.pay_out(now);
        }
        let left = self.left.checked_sub(cost);
        self.left = left.unwrap_or(0);
        left.is_some()
    }

    #[cold]
    fn pay_out(&mut self, now: Instant) {
        let micros = now.saturating_duration_since(self.paid_until).as_micros().min(1_000_000) as u64;
        let earned = u64::from(self.max) * micros / 1_000_000;
        self.left = (u64::from(self.left) + earned).min(u64::from(self.max)) as u32;
        self.paid_until = now;
    }

    /// What a peer is told that has gone too far.
    pub(super) fn words(&self) -> String {
        format!("more than {} frames in a second that serve no call (flood.frames)", self.max)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// How many useless frames are taken at `now`.
    fn taken(flood: &mut Flood, now: Instant) -> usize {
        std::iter::repeat_with(|| flood.takes(USELESS, now)).take_while(|takes| *takes).count()
    }

    #[test]
    fn so_many_at_once_and_as_many_again_in_a_second() {
        let began = Instant::now();
        let mut flood = Flood::new(100, began);
        // However long it was silent.
        let now = began + 1000 * SECOND;
        assert_eq!(taken(&mut flood, now), 100);
        assert_eq!(taken(&mut flood, now + SECOND / 10), 10);
        assert_eq!(taken(&mut flood, now + SECOND), 90);
        assert_eq!(taken(&mut flood, now + 50 * SECOND), 100);
    }

    #[test]
    fn calls_pay_for_the_frames_that_belong_to_them() {
        let now = Instant::now();
        let mut flood = Flood::new(10, now);
        for _ in 0..10_000 {
            // Two calls, of which one is cancelled.
            assert!(flood.takes(Worth::Call, now) && flood.takes(Worth::Call, now));
            assert!(flood.takes(UNDONE, now));
        }
        // Each is cancelled.
        let mut flood = Flood::new(10, now);
        let pairs = std::iter::repeat_with(|| flood.takes(Worth::Call, now) && flood.takes(UNDONE, now));
        assert_eq!(pairs.take_while(|takes| *takes).count(), 9);
    }

    #[test]
    fn calls_put_nothing_by_beyond_the_limit() {
        let now = Instant::now();
        let mut flood = Flood::new(10, now);
        for _ in 0..10_000 {
            flood.takes(Worth::Call, now);
        }
        assert_eq!(taken(&mut flood, now), 10);
    }
}
