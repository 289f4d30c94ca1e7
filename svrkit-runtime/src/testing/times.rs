//! How often something is expected.

use std::fmt;
use std::ops::{RangeFrom, RangeInclusive, RangeToInclusive};

/// A number of calls: `2`, `1..=3`, `1..` or `..=3`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    min: usize,
    max: usize,
}

impl Times {
    pub(super) fn has(self, count: usize) -> bool {
        (self.min..=self.max).contains(&count)
    }
}

impl From<usize> for Times {
    fn from(exactly: usize) -> Self {
        Self { min: exactly, max: exactly }
    }
}

impl From<RangeInclusive<usize>> for Times {
    fn from(range: RangeInclusive<usize>) -> Self {
        Self { min: *range.start(), max: *range.end() }
    }
}

impl From<RangeFrom<usize>> for Times {
    fn from(range: RangeFrom<usize>) -> Self {
        Self { min: range.start, max: usize::MAX }
    }
}

impl From<RangeToInclusive<usize>> for Times {
    fn from(range: RangeToInclusive<usize>) -> Self {
        Self { min: 0, max: range.end }
    }
}

/// `2 times`, `1 to 3 times`, `at least once`, `at most 3 times`, `never`.
impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { min, max } = *self;
        match (min, max) {
            (0, usize::MAX) => f.write_str("any number of times"),
            (min, usize::MAX) => write!(f, "at least {}", Count(min)),
            (0, max) if max > 0 => write!(f, "at most {}", Count(max)),
            (min, max) if min == max => Count(min).fmt(f),
            (min, max) => write!(f, "{min} to {max} times"),
        }
    }
}

/// `never`, `once` or `2 times`.
pub(super) struct Count(pub(super) usize);

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0 => f.write_str("never"),
            1 => f.write_str("once"),
            count => write!(f, "{count} times"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(times: impl Into<Times>, words: &str, within: &[usize], without: &[usize]) {
        let times = times.into();
        assert_eq!(times.to_string(), words);
        assert!(within.iter().all(|count| times.has(*count)), "{words}");
        assert!(!without.iter().any(|count| times.has(*count)), "{words}");
    }

    #[test]
    fn each_form_has_its_words_and_its_edges() {
        check(0, "never", &[0], &[1]);
        check(1, "once", &[1], &[0, 2]);
        check(2, "2 times", &[2], &[1, 3]);
        check(1..=3, "1 to 3 times", &[1, 3], &[0, 4]);
        check(1.., "at least once", &[1, 9], &[0]);
        check(..=3, "at most 3 times", &[0, 3], &[4]);
        check(0.., "any number of times", &[0, 9], &[]);
    }
}
