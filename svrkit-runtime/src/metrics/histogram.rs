//! Histograms: which bucket a value falls into, and what buckets say of the values. Pure numbers.
//!
//! Log-linear, as HdrHistogram's: up to 16 units a bucket is one unit wide, and from there on each power of two has 16 buckets
//! of equal width. The middle of a bucket is at most a thirty-second away from any value in it, which is 3.2 %, wherever it lies; what is below
//! 16 units is off by half a unit. Coarse ones have one bucket a power of two, for what only its magnitude matters of.

use std::ops::RangeInclusive;

/// How values become buckets. Values are integers of the metric's smallest unit (nanoseconds, bytes).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scale {
    /// A unit of the scale is two to the power of this.
    pub(crate) unit_bits: u8,
    /// Two to the power of this is how many buckets a power of two has.
    pub(crate) sub_bits: u8,
    /// How many buckets there are. The last one has what is above it as well.
    pub(crate) buckets: u16,
}

impl Scale {
    /// Of times, in nanoseconds: exact to 3.2 % from a microsecond to 73 minutes.
    pub(crate) const TIME: Self = Self { unit_bits: 6, sub_bits: 4, buckets: 16 + 32 * 16 };

    /// Of lengths, in bytes: the power of two, up to 1 GiB.
    pub(crate) const LENGTH: Self = Self { unit_bits: 0, sub_bits: 0, buckets: 1 + 31 };

    /// The bucket that a value falls into.
    pub(crate) const fn bucket_of(&self, value: u64) -> usize {
        let units = value >> self.unit_bits;
        let linear = 1 << self.sub_bits;
        let bucket = if units < linear {
            units as usize
        } else {
            // The power of two that it lies in, and its first bits after the leading one.
            let power = 63 - units.leading_zeros() - self.sub_bits as u32;
            (power as usize) * (linear as usize) + (units >> power) as usize
        };
        let last = self.buckets as usize - 1;
        if bucket < last { bucket } else { last }
    }

    /// The values of a bucket; of the last one, those that it is meant for.
    pub(crate) fn values_of(&self, bucket: usize) -> RangeInclusive<u64> {
        let linear = 1_usize << self.sub_bits;
        let (first_unit, width_bits) = if bucket < linear {
            (bucket as u64, 0)
        } else {
            let power = (bucket / linear - 1) as u32;
            (((bucket % linear + linear) as u64) << power, power)
        };
        let first = first_unit << self.unit_bits;
        first..=first + ((1 << (width_bits + u32::from(self.unit_bits))) - 1)
    }

    /// Whether it is one that a file may claim to have: every value of it has to be a number of 64 bits.
    pub(crate) fn is_sound(&self) -> bool {
        let linear = 1_u32 << self.sub_bits.min(16);
        let powers = u32::from(self.buckets) / linear;
        self.buckets > 0
            && self.sub_bits <= 8
            && powers + u32::from(self.unit_bits) + u32::from(self.sub_bits) < 64
    }
}

/// What a histogram has counted: how many values fell into which bucket, and their sum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Histogram {
    scale: Scale,
    sum: u64,
    /// Of the buckets up to the last one that has values: nothing is held for what a file only says that it has.
    counts: Vec<u64>,
}

impl Histogram {
    /// One that has counted nothing.
    pub(crate) fn new(scale: Scale) -> Self {
        Self { scale, sum: 0, counts: Vec::new() }
    }

    /// Adds what another place has counted: its sum, then its buckets.
    pub(crate) fn add_slots(&mut self, slots: &[u64]) {
        let Some((sum, buckets)) = slots.split_first() else { return };
        self.sum = self.sum.wrapping_add(*sum);
        let used = buckets.iter().rposition(|count| *count > 0).map_or(0, |last| last + 1);
        self.hold(used);
        for (count, slot) in self.counts.iter_mut().zip(buckets) {
            *count = count.wrapping_add(*slot);
        }
    }

    /// Has the first so many buckets be there.
    fn hold(&mut self, buckets: usize) {
        let buckets = buckets.min(self.scale.buckets.into());
        if self.counts.len() < buckets {
            self.counts.resize(buckets, 0);
        }
    }

    /// Adds what another one has counted, by the same scale; of one with another scale each value counts as the lowest of its bucket.
    pub(crate) fn add(&mut self, other: &Self) {
        self.sum = self.sum.wrapping_add(other.sum);
        for (bucket, count) in other.counts.iter().enumerate() {
            let bucket = if self.scale == other.scale {
                bucket
            } else {
                self.scale.bucket_of(*other.scale.values_of(bucket).start())
            };
            self.hold(bucket + 1);
            self.counts[bucket] = self.counts[bucket].wrapping_add(*count);
        }
    }

    /// Leaves what was counted since `earlier`, which is an earlier state of the same.
    pub(crate) fn subtract(&mut self, earlier: &Self) {
        self.sum = self.sum.wrapping_sub(earlier.sum);
        for (count, earlier) in self.counts.iter_mut().zip(&earlier.counts) {
            // What is read while it is counted may be a value ahead in one bucket.
            *count = count.saturating_sub(*earlier);
        }
    }

    /// Counts one value.
    #[cfg(test)]
    pub(crate) fn record(&mut self, value: u64) {
        self.sum += value;
        let bucket = self.scale.bucket_of(value);
        self.hold(bucket + 1);
        self.counts[bucket] += 1;
    }

    /// How many values there were.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.counts.iter().fold(0, |count, bucket| count.wrapping_add(*bucket))
    }

    /// The middle of each bucket that has any values, ascending, and how many.
    pub(crate) fn counted(&self) -> impl Iterator<Item = (u64, u64)> {
        self.counts.iter().enumerate().filter(|(_, count)| **count > 0).map(|(bucket, count)| {
            let values = self.scale.values_of(bucket);
            (values.start() + (values.end() - values.start()) / 2, *count)
        })
    }

    /// Their sum, in the metric's smallest unit: nanoseconds, bytes. Exact.
    #[must_use]
    pub fn sum(&self) -> u64 {
        self.sum
    }

    /// The value that `percent` of a hundred are not above, in the metric's smallest unit: 50.0 is the median, 99.9 the value that one of a thousand exceeds.
    /// At most 3.2 % from the true one for times from a microsecond to 73 minutes; of lengths it is their magnitude. `None`: there were no values.
    #[must_use]
    pub fn percentile(&self, percent: f64) -> Option<u64> {
        let count = self.count();
        let rank = ((percent.clamp(0.0, 100.0) / 100.0 * count as f64).ceil() as u64).max(1);
        let mut below = 0_u64;
        let bucket = self.counts.iter().position(|in_bucket| {
            below = below.saturating_add(*in_bucket);
            below >= rank
        })?;
        let values = self.scale.values_of(bucket);
        Some(values.start() + (values.end() - values.start()) / 2)
    }

    /// How many values are not above the highest value of each power of two, and that value: what Prometheus' buckets are made of. From the first
    /// power of two on that has a bucket of its own; the last has all.
    pub(crate) fn cumulative(&self) -> impl Iterator<Item = (u64, u64)> {
        let (linear, buckets) = (1_usize << self.scale.sub_bits, usize::from(self.scale.buckets));
        let mut below = 0_u64;
        (0..buckets).step_by(linear).map(move |first| {
            let next = buckets.min(first + linear);
            let counts = self.counts.iter().take(next).skip(first);
            below = counts.fold(below, |sum, count| sum.wrapping_add(*count));
            (*self.scale.values_of(next - 1).end(), below)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_follow_one_another_without_gap_or_overlap() {
        for scale in [Scale::TIME, Scale::LENGTH] {
            let mut next = 0;
            for bucket in 0..scale.buckets.into() {
                let values = scale.values_of(bucket);
                assert_eq!(*values.start(), next, "{scale:?}, bucket {bucket}");
                assert_eq!(scale.bucket_of(*values.start()), bucket);
                assert_eq!(scale.bucket_of(*values.end()), bucket);
                next = values.end() + 1;
            }
            assert_eq!(scale.bucket_of(u64::MAX), usize::from(scale.buckets) - 1);
            assert!(scale.is_sound());
        }
        assert_eq!(*Scale::TIME.values_of(16 + 32 * 16 - 1).end(), (1 << 42) - 1, "73 minutes");
        assert_eq!(*Scale::LENGTH.values_of(31).end(), (1 << 31) - 1);
    }

    #[test]
    fn the_middle_of_a_bucket_is_near_to_all_of_it() {
        for bucket in 16..Scale::TIME.buckets.into() {
            let values = Scale::TIME.values_of(bucket);
            let half = (values.end() - values.start()) / 2;
            assert!(half as f64 / *values.start() as f64 <= 0.032, "{values:?}");
        }
    }

    #[test]
    fn percentiles_of_few_values() {
        let mut histogram = Histogram::new(Scale::TIME);
        assert_eq!(histogram.percentile(50.0), None);
        for value in [1_000, 2_000, 3_000, 1_000_000] {
            histogram.record(value);
        }
        let near = |percent, expected: f64| {
            let value = histogram.percentile(percent).unwrap() as f64;
            assert!((value / expected - 1.0).abs() <= 0.032, "p{percent}: {value} for {expected}");
        };
        near(0.0, 1_000.0);
        near(25.0, 1_000.0);
        near(50.0, 2_000.0);
        near(75.0, 3_000.0);
        near(99.99, 1_000_000.0);
        near(100.0, 1_000_000.0);
        assert_eq!((histogram.count(), histogram.sum()), (4, 1_006_000));
    }

    #[test]
    fn what_was_counted_since_is_the_difference() {
        let mut histogram = Histogram::new(Scale::TIME);
        histogram.record(1_000_000);
        let earlier = histogram.clone();
        histogram.record(1_000);
        histogram.subtract(&earlier);
        assert_eq!((histogram.count(), histogram.sum()), (1, 1_000));
        assert!(histogram.percentile(100.0).is_some_and(|highest| highest < 1_100));
    }

    #[test]
    fn scales_that_no_value_fits_are_not_sound() {
        for scale in [
            Scale { buckets: 0, ..Scale::TIME },
            Scale { unit_bits: 64, ..Scale::TIME },
            Scale { sub_bits: 40, ..Scale::TIME },
            Scale { buckets: u16::MAX, ..Scale::LENGTH },
        ] {
            assert!(!scale.is_sound(), "{scale:?}");
        }
    }

    #[test]
    fn powers_of_two_add_up() {
        let mut histogram = Histogram::new(Scale::LENGTH);
        [0, 1, 2, 3, 700].into_iter().for_each(|value| histogram.record(value));
        let cumulative: Vec<_> = histogram.cumulative().collect();
        assert_eq!(cumulative[..3], [(0, 1), (1, 2), (3, 4)]);
        assert_eq!(cumulative[9..11], [(511, 4), (1023, 5)]);
        assert_eq!(cumulative.last(), Some(&((1 << 31) - 1, 5)));
    }

    /// Numbers that are always the same ones: xorshift (Marsaglia 2003).
    fn numbers() -> impl Iterator<Item = u64> {
        std::iter::successors(Some(0x2545_f491_4f6c_dd1d_u64), |number| {
            let number = number ^ (number << 13);
            let number = number ^ (number >> 7);
            Some(number ^ (number << 17))
        })
    }

    #[test]
    fn percentiles_are_within_5_percent_of_those_of_hdrhistogram() {
        // Between 0 and 1.
        let part = |number: u64| (number >> 11) as f64 / (1_u64 << 53) as f64;
        let even = |number| 1e4 + part(number) * 1e9;
        let long_tail = |number| -(1.0 - part(number)).ln() * 2e6 + 1e3;
        let two_humps =
            |number| if number % 50 == 0 { 3e8 + part(number) * 1e8 } else { 2e5 + part(number) * 1e4 };
        let wide = |number| 1e3 * 4e9_f64.powf(part(number));
        let distributions: [(&str, &dyn Fn(u64) -> f64); 4] =
            [("even", &even), ("long tail", &long_tail), ("two humps", &two_humps), ("wide", &wide)];
        for (name, distribution) in distributions {
            let mut own = Histogram::new(Scale::TIME);
            let mut theirs = hdrhistogram::Histogram::<u64>::new(3).unwrap();
            for value in numbers().take(200_000).map(|number| distribution(number) as u64) {
                own.record(value);
                theirs.record(value).unwrap();
            }
            assert_eq!(own.count(), theirs.len());
            for percent in [1.0, 10.0, 25.0, 50.0, 75.0, 90.0, 95.0, 99.0, 99.9, 99.99] {
                let (own, theirs) = (own.percentile(percent).unwrap(), theirs.value_at_percentile(percent));
                let apart = own as f64 / theirs as f64 - 1.0;
                assert!(apart.abs() < 0.05, "{name}, p{percent}: {own}, HdrHistogram {theirs}: {apart:.3}");
            }
        }
    }
}
