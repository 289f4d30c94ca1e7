//! Numbers that nobody has to be unable to guess, only unlikely to share: choices among endpoints, jitter.

use std::cell::Cell;
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

thread_local! {
    static STATE: Cell<u64> = Cell::new(RandomState::new().hash_one("svrkit"));
}

/// The next number: SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, OOPSLA 2014), one state
/// a thread, seeded from the operating system by way of [`RandomState`].
pub(crate) fn next() -> u64 {
    let state = STATE.get().wrapping_add(GAMMA);
    STATE.set(state);
    mix(state)
}

/// Has this thread draw the numbers of `seed` until the guard is dropped.
#[cfg(feature = "simulation")]
pub(crate) fn seed(seed: u64) -> impl Drop {
    struct Before(u64);

    impl Drop for Before {
        fn drop(&mut self) {
            STATE.set(self.0);
        }
    }

    Before(STATE.replace(mix(seed.wrapping_add(GAMMA))))
}

/// The step from one state to the next: the golden ratio, odd.
pub(crate) const GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

/// The number of a state.
pub(crate) fn mix(state: u64) -> u64 {
    let z = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Maps `random` to a number below `end`, all but evenly: `end` is far below 2³² (Lemire: Fast Random Integer Generation in
/// an Interval, 2019, without the rejection).
pub(crate) fn below(random: u32, end: usize) -> usize {
    ((u64::from(random) * end as u64) >> 32) as usize
}

/// A part of `whole`, from nothing to all of it.
pub(crate) fn part_of(whole: Duration) -> Duration {
    // 53 bits are what an f64 holds; the quotient is at most 1.
    whole.mul_f64((next() >> 11) as f64 / (1_u64 << 53) as f64)
}

/// `about`, a tenth more or less.
pub(crate) fn around(about: Duration) -> Duration {
    let tenth = about / 10;
    about.saturating_sub(tenth).saturating_add(part_of(tenth.saturating_mul(2)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_is_splitmix() {
        // The first numbers after seed 1234567, as published with the reference implementation (Vigna).
        let mut state = 1_234_567_u64;
        let mut next = || {
            state = state.wrapping_add(GAMMA);
            mix(state)
        };
        assert_eq!(
            [next(), next(), next()],
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]
        );
    }

    #[test]
    fn numbers_stay_in_their_range() {
        assert_eq!((below(0, 3), below(u32::MAX, 3), below(u32::MAX, 1)), (0, 2, 0));
        for _ in 0..1000 {
            assert!(part_of(Duration::from_secs(3)) <= Duration::from_secs(3));
            let about = around(Duration::from_secs(100));
            assert!(about >= Duration::from_secs(90) && about <= Duration::from_secs(110), "{about:?}");
            assert!(around(Duration::MAX) > Duration::ZERO, "no time is too long");
        }
        assert_ne!(next(), next());
    }
}
