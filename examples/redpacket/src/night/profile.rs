//! How often people shake their phones, as a function of time.

use std::str::FromStr;

use crate::report::model::Part;

/// A night: parts in which the rate goes evenly from one value to another.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Profile(Vec<Stage>);

/// A part of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Stage {
    pub(crate) name: &'static str,
    pub(crate) seconds: f64,
    /// Shakes a second at its beginning, and at its end.
    pub(crate) rates: (f64, f64),
}

/// How long the parts are, in seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Lengths {
    pub(crate) calm: f64,
    pub(crate) ramp: f64,
    pub(crate) peak: f64,
    pub(crate) tail: f64,
}

impl FromStr for Lengths {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const EXPECTED: &str = "expected four times in seconds, each between 0 and 600, as in 20,10,30,50";
        let mut times = [0.0; 4];
        let mut words = text.split(',');
        for time in &mut times {
            let word = words.next().ok_or(EXPECTED)?;
            *time = word.trim().parse().ok().filter(|time| (0.0..=600.0).contains(time)).ok_or(EXPECTED)?;
        }
        let [calm, ramp, peak, tail] = times;
        if words.next().is_none() { Ok(Self { calm, ramp, peak, tail }) } else { Err(EXPECTED) }
    }
}

/// Of the capacity, how much is asked for before the peak and after it.
const CALM: f64 = 0.35;

/// The names of the parts.
pub(crate) const PARTS: [&str; 4] = ["calm", "ramp", "peak", "tail"];

impl Profile {
    /// New Year's Eve, for services that can answer `capacity` shakes a second, and are asked for `peak` times that.
    pub(crate) fn new_years_eve(capacity: f64, peak: f64, lengths: Lengths) -> Self {
        let [calm, most] = [CALM, peak].map(|times| times * capacity);
        let [first, second, third, last] = PARTS;
        Self(vec![
            Stage { name: first, seconds: lengths.calm, rates: (calm, calm) },
            Stage { name: second, seconds: lengths.ramp, rates: (calm, most) },
            Stage { name: third, seconds: lengths.peak, rates: (most, most) },
            Stage { name: last, seconds: lengths.tail, rates: (calm, calm) },
        ])
    }

    pub(crate) fn seconds(&self) -> f64 {
        self.0.iter().map(|stage| stage.seconds).sum()
    }

    /// When the shake of this number is due, the first being 1; numbers between are times between. `None`: after the night.
    pub(crate) fn when(&self, number: f64) -> Option<f64> {
        let (mut began, mut left) = (0.0, number);
        for stage in &self.0 {
            let all = stage.shakes();
            if left <= all {
                return Some(began + stage.when(left));
            }
            left -= all;
            began += stage.seconds;
        }
        None
    }

    /// All shakes of the night.
    pub(crate) fn shakes(&self) -> f64 {
        self.0.iter().map(Stage::shakes).sum()
    }

    pub(crate) fn parts(&self) -> Vec<Part> {
        let mut from = 0.0;
        let part = |stage: &Stage| {
            let part = Part { name: stage.name, from, to: from + stage.seconds };
            from = part.to;
            part
        };
        self.0.iter().map(part).collect()
    }
}

impl Stage {
    fn shakes(&self) -> f64 {
        (self.rates.0 + self.rates.1) / 2.0 * self.seconds
    }

    /// How far into it so many shakes have been made: where the area under the rate is `count`.
    fn when(&self, count: f64) -> f64 {
        let (first, last) = self.rates;
        let slope = (last - first) / self.seconds;
        // The form of the solution that does not divide by the slope, which may be nothing.
        let root = (first * first + 2.0 * slope * count).max(0.0).sqrt();
        (2.0 * count / (first + root).max(f64::MIN_POSITIVE)).min(self.seconds)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn profile(capacity: f64, peak: f64, lengths: [f64; 4]) -> Profile {
        let [calm, ramp, peak_s, tail] = lengths;
        Profile::new_years_eve(capacity, peak, Lengths { calm, ramp, peak: peak_s, tail })
    }

    /// How often people shake at a time, in a second, by the stages alone.
    fn rate(night: &Profile, at: f64) -> f64 {
        let mut left = at;
        for Stage { seconds, rates: (first, last), .. } in &night.0 {
            if left < *seconds {
                return first + (last - first) * left / seconds;
            }
            left -= seconds;
        }
        0.0
    }

    #[test]
    fn the_night_is_calm_then_ten_times_the_capacity_then_calm() {
        let night = profile(1_000.0, 10.0, [10.0, 10.0, 30.0, 40.0]);
        for (at, expected) in [
            (0.0, 350.0),
            (9.9, 350.0),
            (15.0, 5_175.0),
            (20.0, 10_000.0),
            (49.9, 10_000.0),
            (50.0, 350.0),
            (90.0, 0.0),
        ] {
            assert!((rate(&night, at) - expected).abs() < 1e-6, "{at}: {}", rate(&night, at));
        }
        assert_eq!((night.seconds(), night.shakes()), (90.0, 3_500.0 + 51_750.0 + 300_000.0 + 14_000.0));
        let peak = &night.parts()[2];
        assert_eq!((peak.name, peak.from, peak.to), ("peak", 20.0, 50.0));
    }

    #[test]
    fn lengths_are_four_times() {
        let lengths = Lengths { calm: 20.0, ramp: 0.0, peak: 1.5, tail: 600.0 };
        assert_eq!("20, 0,1.5,600".parse(), Ok(lengths));
        for wrong in ["", "1,2,3", "1,2,3,4,5", "1,2,3,x", "1,2,3,-4", "1,2,3,601", "1,2,3,NaN"] {
            assert!(wrong.parse::<Lengths>().is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn what_is_offered_is_what_the_rate_says(
            capacity in 1.0..10_000.0,
            peak in 0.1..20.0,
            lengths in prop::array::uniform4(0.1..100.0),
            share in 0.0..1.0,
        ) {
            let night = profile(capacity, peak, lengths);
            let at: f64 = share * night.seconds();
            // The rate, summed up by small steps.
            let steps = 20_000;
            let step = at / f64::from(steps);
            let offered: f64 = (0..steps).map(|number| rate(&night, (f64::from(number) + 0.5) * step) * step).sum();
            let when: f64 = night.when(offered).unwrap();
            let error: f64 = f64::abs(when - at) * capacity;
            prop_assert!(error < 1e-3 * night.shakes().max(1.0), "{offered} by {at}, but at {when}");
        }

        #[test]
        fn shakes_come_one_after_the_other_and_none_after_the_night(numbers in prop::collection::vec(0.0..2.0, 2..50)) {
            let night = profile(100.0, 10.0, [3.0, 2.0, 4.0, 5.0]);
            let mut numbers: Vec<f64> = numbers.into_iter().map(|share| share * night.shakes()).collect();
            numbers.sort_by(f64::total_cmp);
            let times: Vec<Option<f64>> = numbers.iter().map(|number| night.when(*number)).collect();
            for (number, pair) in numbers.iter().zip(times.windows(2)) {
                match pair {
                    [Some(earlier), Some(later)] => prop_assert!(0.0 <= *earlier && earlier <= later && *later <= night.seconds()),
                    [None, Some(_)] => prop_assert!(false, "{number} is after the night"),
                    _ => {}
                }
            }
            prop_assert_eq!(night.when(night.shakes() + 1.0), None);
        }
    }
}
