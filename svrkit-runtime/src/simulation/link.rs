//! What the way from one host to another is like.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::Random;

/// The first time after which TCP sends again what was not acknowledged; it doubles with each further one.
const RETRANSMIT_MIN: Duration = Duration::from_millis(200);

/// The longest time between two of them (Linux: `TCP_RTO_MAX`).
const RETRANSMIT_MAX: Duration = Duration::from_secs(120);

/// So often TCP sends something again, and then it gives the connection up (Linux: `tcp_retries2`): after a quarter of an hour.
pub(super) const RETRANSMITS_MAX: u32 = 15;

/// After the `count`th sending in vain, the time until the next.
pub(super) fn retransmit_after(count: u32) -> Duration {
    RETRANSMIT_MIN.saturating_mul(1 << count.min(16)).min(RETRANSMIT_MAX)
}

/// What the way from one host to another is like, in one direction.
///
/// Connections see it as those of TCP do: in order and complete, and what is lost on the way comes later, by a retransmission.
#[derive(Clone, Debug, PartialEq)]
pub struct Conditions {
    /// How long a packet is under way, in whole milliseconds: each draws its own, so that connections overtake one another.
    pub delay: RangeInclusive<Duration>,
    /// The share of packets that are lost, from 0 to 1. Each costs its connection 200 ms, and twice that if it is lost again.
    pub loss: f64,
}

impl Conditions {
    /// A way on which everything takes `delay` and nothing is lost.
    #[must_use]
    pub fn delay(delay: Duration) -> Self {
        Self { delay: delay..=delay, loss: 0.0 }
    }

    /// How long the next packet is under way, its retransmissions included.
    pub(super) fn draw(&self, random: &mut Random) -> Duration {
        let mut time = random.time(&self.delay);
        let mut lost = 0;
        while lost < RETRANSMITS_MAX && random.probably(self.loss) {
            time += retransmit_after(lost);
            lost += 1;
        }
        time
    }
}

/// From 1 to 3 ms, nothing lost.
impl Default for Conditions {
    fn default() -> Self {
        Self { delay: Duration::from_millis(1)..=Duration::from_millis(3), loss: 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retransmissions_double_up_to_two_minutes_and_give_up_after_a_quarter_of_an_hour() {
        let waits: Vec<u128> = [0, 1, 2, 9, 10, 20].map(|count| retransmit_after(count).as_millis()).into();
        assert_eq!(waits, [200, 400, 800, 102_400, 120_000, 120_000]);
        let all: Duration = (0..=RETRANSMITS_MAX).map(retransmit_after).sum();
        assert_eq!(all.as_secs(), 924);
    }

    #[test]
    fn what_is_lost_comes_later() {
        let conditions = Conditions { loss: 0.5, ..Conditions::delay(Duration::from_millis(10)) };
        let mut random = Random::seeded(3);
        let times: Vec<u128> = (0..100).map(|_| conditions.draw(&mut random).as_millis()).collect();
        let at_once = times.iter().filter(|time| **time == 10).count();
        assert!((30..70).contains(&at_once), "{at_once}");
        assert!(times.contains(&210) && times.contains(&610), "{times:?}");
    }
}
