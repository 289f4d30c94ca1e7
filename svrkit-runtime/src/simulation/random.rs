//! Numbers that come again with their seed.

use std::ops::RangeInclusive;
use std::time::Duration;

use crate::random::{GAMMA, below, mix};

/// Numbers by chance, the same for the same seed: SplitMix64 (Steele, Lea, Flood 2014).
///
/// ```
/// use svrkit_runtime::simulation::Random;
///
/// let (mut one, mut other) = (Random::seeded(7), Random::seeded(7));
/// assert_eq!(one.below(1000), other.below(1000));
/// ```
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The numbers of `seed`.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        // Mixed, because seeds that follow one another would give sequences that are one sequence, shifted.
        Self(mix(seed.wrapping_add(GAMMA)))
    }

    /// Numbers of their own for whoever is the `stream`th to need some: what one draws changes nothing for the others.
    #[must_use]
    pub fn stream(&self, stream: u64) -> Self {
        Self(mix(self.0 ^ mix(stream.wrapping_add(GAMMA))))
    }

    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GAMMA);
        mix(self.0)
    }

    /// A number below `end`; 0 where that is 0. Even but for 2⁻³², for an `end` far below that.
    pub fn below(&mut self, end: usize) -> usize {
        below((self.number() >> 32) as u32, end)
    }

    /// True with `probability`.
    pub fn probably(&mut self, probability: f64) -> bool {
        // 53 bits are what an f64 holds.
        ((self.number() >> 11) as f64 / (1_u64 << 53) as f64) < probability
    }

    /// A time of the range, in whole milliseconds: the grain of the simulated clock.
    pub fn time(&mut self, range: &RangeInclusive<Duration>) -> Duration {
        let (least, most) = (millis(*range.start()), millis(*range.end()));
        Duration::from_millis(least + self.below(most.saturating_sub(least) as usize + 1) as u64)
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_numbers_and_streams_differ() {
        let numbers = |seed, stream| {
            let mut random = Random::seeded(seed).stream(stream);
            (0..100).map(|_| random.number()).collect::<Vec<_>>()
        };
        assert_eq!(numbers(7, 0), numbers(7, 0));
        assert_ne!(numbers(7, 0), numbers(7, 1));
        assert_ne!(numbers(7, 0), numbers(8, 0));
    }

    #[test]
    fn numbers_stay_in_their_range_and_reach_its_ends() {
        let mut random = Random::seeded(1);
        let range = Duration::from_millis(3)..=Duration::from_millis(5);
        let times: std::collections::BTreeSet<_> =
            (0..1000).map(|_| random.time(&range).as_millis()).collect();
        assert_eq!(times.into_iter().collect::<Vec<_>>(), [3, 4, 5]);
        assert_eq!((random.below(1), random.below(0)), (0, 0));
        assert!((0..1000).all(|_| random.probably(1.0) && !random.probably(0.0)));
    }
}
