//! Numbers by chance that come again with their seed.

/// Numbers from 0 up to, and without, 1: SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA
/// 2014).
#[derive(Debug)]
pub(super) struct Chance(u64);

/// The increment of the paper: the golden ratio, odd.
const GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

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

fn mix(z: u64) -> u64 {
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mixing_is_that_of_the_paper() {
        // The first two numbers of the reference implementation for the seed 1234567.
        let first = 1_234_567_u64.wrapping_add(GAMMA);
        assert_eq!(mix(first), 6_457_827_717_110_365_317);
        assert_eq!(mix(first.wrapping_add(GAMMA)), 3_203_168_211_198_807_973);
    }

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
