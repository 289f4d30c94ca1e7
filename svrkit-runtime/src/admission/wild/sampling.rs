//! Which calls are looked at: one of so many, by chance, so that all of a server are a fixed number in a second; and what they stand for.
//!
//! Each call is picked with the same probability, whatever was picked before it: the number of calls until the next one is drawn from the geometric
//! distribution. So no rhythm of calls escapes, and one that opens a connection for each call is seen as often as any other.

/// Calls that are to be looked at in a second, of all connections.
const SIGHTINGS_PER_S: u32 = 4096;

/// One of so many is looked at in any case.
const ONE_IN_MAX: u32 = 64;

/// By so many standard deviations less is certain.
const CERTAINTY: f64 = 3.0;

/// One of how many calls is to be looked at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sampling {
    one_in: u32,
    /// Calls that were looked at since that was set.
    sightings: u32,
}

impl Default for Sampling {
    fn default() -> Self {
        Self { one_in: 1, sightings: 0 }
    }
}

impl Sampling {
    pub(super) fn one_in(self) -> u32 {
        self.one_in
    }

    /// A call was looked at. Where there are suddenly more than there are to be, fewer are: half as many, as often as it takes.
    pub(super) fn sighted(&mut self) {
        self.sightings += 1;
        if self.sightings >= 2 * SIGHTINGS_PER_S {
            *self = Self { one_in: (self.one_in * 2).min(ONE_IN_MAX), sightings: 0 };
        }
    }

    /// A window has ended in which so many calls came in a second.
    pub(super) fn ended(&mut self, calls_per_s: f64) {
        // Out of range it ends there.
        let one_in = (calls_per_s / f64::from(SIGHTINGS_PER_S)).ceil() as u32;
        *self = Self { one_in: one_in.clamp(1, ONE_IN_MAX), sightings: 0 };
    }
}

/// How many calls are not looked at before the next one that is, one of `one_in`; `random` throws the dice.
pub(super) fn skipped(one_in: u32, random: u64) -> u32 {
    if one_in <= 1 {
        return 0;
    }
    // 53 bits are what an f64 holds; above 0, at most 1.
    let part = ((random >> 11) + 1) as f64 / (1_u64 << 53) as f64;
    (part.ln() / (1.0 - 1.0 / f64::from(one_in)).ln()) as u32
}

/// How many calls there were, by those of them that were looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Estimate {
    calls: u64,
    /// Of that number (Horvitz, Thompson 1952): nothing where all were looked at.
    variance: u64,
}

impl Estimate {
    pub(super) fn of(weight: u32) -> Self {
        let mut estimate = Self::default();
        estimate.add(weight);
        estimate
    }

    /// One more was looked at, of `weight` of them.
    pub(super) fn add(&mut self, weight: u32) {
        let weight = u64::from(weight);
        self.calls += weight;
        self.variance += weight * weight.saturating_sub(1);
    }

    /// How many there were, as likely more as fewer.
    pub(super) fn calls(&self) -> u64 {
        self.calls
    }

    /// How many there certainly were, once in a thousand aside.
    pub(super) fn certain(&self) -> f64 {
        (self.calls as f64 - CERTAINTY * (self.variance as f64).sqrt()).max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::mix;

    #[test]
    fn as_many_are_picked_as_are_to_be() {
        let mut sampling = Sampling::default();
        for (calls_per_s, expected) in
            [(0.0, 1), (4096.0, 1), (4097.0, 2), (1e5, 25), (1e9, 64), (f64::NAN, 1)]
        {
            sampling.ended(calls_per_s);
            assert_eq!(sampling.one_in(), expected, "{calls_per_s}");
        }
        // In the middle of a window.
        for (sightings, expected) in [(8191, 1), (1, 2), (8192, 4), (8192 * 9, 64)] {
            (0..sightings).for_each(|_| sampling.sighted());
            assert_eq!(sampling.one_in(), expected);
        }
        for one_in in [2, 16, 64] {
            let skipped = (0..100_000_u64).map(|seed| u64::from(skipped(one_in, mix(seed))));
            let mean = skipped.sum::<u64>() as f64 / 1e5;
            assert!((mean + 1.0 - f64::from(one_in)).abs() < 0.02 * f64::from(one_in), "{mean} of {one_in}");
            assert!(super::skipped(one_in, 0) < 64 * 40 && super::skipped(one_in, u64::MAX) == 0);
        }
        assert_eq!(skipped(1, 0), 0);
    }

    #[test]
    fn what_was_seen_of_few_is_less_certain() {
        let of = |weight: u32, times| {
            let mut estimate = Estimate::default();
            (0..times).for_each(|_| estimate.add(weight));
            estimate
        };
        assert_eq!((of(1, 100).calls(), of(1, 100).certain()), (100, 100.0));
        assert_eq!((of(16, 3).calls(), of(16, 3).certain()), (48, 0.0));
        let certain = of(16, 100).certain();
        assert!((1100.0..1200.0).contains(&certain), "{certain}");
    }
}
