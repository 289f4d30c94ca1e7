//! How long calls took, in buckets: sixteen for each power of two of microseconds, so that a percentile is at most 6.3 % off.

use std::time::Duration;

/// Buckets of each power of two.
const PARTS: u64 = 16;

/// Times of calls. It is as long as its longest time needs, which is 26 KiB for an hour.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Latencies {
    buckets: Vec<u32>,
    count: u64,
}

impl Latencies {
    pub(crate) fn add(&mut self, time: Duration) {
        let bucket = bucket_of(u64::try_from(time.as_micros()).unwrap_or(u64::MAX));
        if self.buckets.len() <= bucket {
            self.buckets.resize(bucket + 1, 0);
        }
        if let Some(bucket) = self.buckets.get_mut(bucket) {
            *bucket = bucket.saturating_add(1);
        }
        self.count += 1;
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        if self.buckets.len() < other.buckets.len() {
            self.buckets.resize(other.buckets.len(), 0);
        }
        for (bucket, more) in self.buckets.iter_mut().zip(&other.buckets) {
            *bucket = bucket.saturating_add(*more);
        }
        self.count += other.count;
    }

    /// How long so many of a thousand took at most, in milliseconds; `None`: there were none.
    pub(crate) fn ms(&self, per_mille: u64) -> Option<f64> {
        let rank = (u128::from(self.count) * u128::from(per_mille)).div_ceil(1_000).max(1) as u64;
        let mut below = 0;
        let reached = self.buckets.iter().position(|count| {
            below += u64::from(*count);
            below >= rank
        });
        reached.map(|bucket| end_of(bucket) as f64 / 1e3)
    }
}

fn bucket_of(us: u64) -> usize {
    if us < 2 * PARTS {
        return us as usize;
    }
    let power = us.ilog2() - PARTS.ilog2();
    (u64::from(power) * PARTS + (us >> power)) as usize
}

/// The longest time of a bucket, in microseconds.
fn end_of(bucket: usize) -> u64 {
    let bucket = bucket as u64;
    if bucket < 2 * PARTS {
        return bucket;
    }
    let power = bucket / PARTS - 1;
    ((bucket % PARTS + PARTS + 1) << power) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_time_is_in_a_bucket_that_ends_a_sixteenth_later_at_most() {
        for us in (0..5_000).chain([1 << 20, (1 << 20) - 1, 3_600_000_000, u64::from(u32::MAX)]) {
            let end = end_of(bucket_of(us));
            assert!((us..=us + us / 16).contains(&end), "{us} {end}");
        }
    }

    #[test]
    fn percentiles_are_those_of_all_that_was_added() {
        let (mut fast, mut slow) = (Latencies::default(), Latencies::default());
        assert_eq!(fast.ms(500), None);
        for _ in 0..98 {
            fast.add(Duration::from_micros(10));
        }
        slow.add(Duration::from_micros(20));
        slow.add(Duration::from_micros(31));
        fast.merge(&slow);
        for (per_mille, expected) in [(0, 0.010), (500, 0.010), (980, 0.010), (990, 0.020), (1_000, 0.031)] {
            assert_eq!(fast.ms(per_mille), Some(expected), "{per_mille}");
        }
        slow.merge(&fast);
        assert_eq!(slow.ms(10), Some(0.010));
    }
}
