//! Numbers by chance that come again with their seed.

use crate::random::{GAMMA, mix};

/// Numbers from 0 up to, and without, 1: SplitMix64, as in `crate::random`, with a seed.
#[derive(Debug)]
pub(super) struct Chance(u64);

impl Chance {
    /// One of many streams of a seed.
    pub(super) fn new(seed: u64, stream: u64) -> Self {
        // Streams whose states differ by a multiple of the increment would be one stream, shifted: so this one is mixed.
        Self(mix(seed ^ mix(stream.wrapping_add(GAMMA))))
    }

    pub(super) fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(GAMMA);
        // As many bits as a double holds.
        (mix(self.0) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_numbers_and_streams_differ() {
        let numbers = |seed, stream| {
            let mut chance = Chance::new(seed, stream);
            (0..100).map(|_| chance.next()).collect::<Vec<_>>()
        };
        assert_eq!(numbers(7, 0), numbers(7, 0));
        assert_ne!(numbers(7, 0), numbers(7, 1));
        assert_ne!(numbers(7, 0), numbers(8, 0));
        assert!(numbers(7, 0).iter().all(|number| (0.0..1.0).contains(number)));
    }
}
