//! How often something may happen, in the words of the schema.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// The highest rate, and the largest burst.
const RATE_MAX: u32 = 1_000_000_000;

/// How often something may happen: so many calls a second or a minute in the long run, and so many at once.
///
/// Its text is that of schemas and configurations: `1000/s`, `30/min`, `1000/s burst 50`. Without a burst it is a second's worth, at
/// least one call. Numbers are 1 to 1,000,000,000.
///
/// ```
/// use svrkit_runtime::Rate;
///
/// const POLITE: Rate = Rate::per_minute(90).with_burst(5);
/// assert_eq!("90/min burst 5".parse(), Ok(POLITE));
/// assert_eq!((POLITE.calls(), POLITE.per().as_secs(), POLITE.burst()), (90, 60, 5));
/// assert_eq!((Rate::per_second(1_000).burst(), Rate::per_minute(90).burst(), Rate::per_minute(30).burst()), (1_000, 1, 1));
/// assert_eq!(Rate::per_second(1_000).to_string(), "1000/s");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rate {
    calls: u32,
    /// 1 or 60.
    seconds: u32,
    burst: u32,
}

/// A text that is no [`Rate`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotARate;

impl Rate {
    /// So many calls a second; 1 to 1,000,000,000, and the nearest of these for any other number.
    #[must_use]
    pub const fn per_second(calls: u32) -> Self {
        let calls = bounded(calls);
        Self { calls, seconds: 1, burst: calls }
    }

    /// So many calls a minute; 1 to 1,000,000,000, and the nearest of these for any other number.
    #[must_use]
    pub const fn per_minute(calls: u32) -> Self {
        let calls = bounded(calls);
        Self { calls, seconds: 60, burst: bounded(calls / 60) }
    }

    /// Has so many calls pass at once after a time without any; 1 to 1,000,000,000, and the nearest of these for any other number.
    #[must_use]
    pub const fn with_burst(mut self, calls: u32) -> Self {
        self.burst = bounded(calls);
        self
    }

    /// How many calls, in the long run, in [`per`](Self::per).
    #[must_use]
    pub const fn calls(self) -> u32 {
        self.calls
    }

    /// In how long: a second or a minute.
    #[must_use]
    pub const fn per(self) -> Duration {
        Duration::from_secs(self.seconds as u64)
    }

    /// How many calls may come at once after a time without any; at least one.
    #[must_use]
    pub const fn burst(self) -> u32 {
        self.burst
    }
}

const fn bounded(calls: u32) -> u32 {
    match calls {
        0 => 1,
        RATE_MAX.. => RATE_MAX,
        _ => calls,
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (unit, plain) = match self.seconds {
            1 => ("s", Self::per_second(self.calls)),
            _ => ("min", Self::per_minute(self.calls)),
        };
        write!(f, "{}/{unit}", self.calls)?;
        if plain.burst == self.burst { Ok(()) } else { write!(f, " burst {}", self.burst) }
    }
}

impl FromStr for Rate {
    type Err = NotARate;

    fn from_str(text: &str) -> Result<Self, NotARate> {
        let (rate, burst) = match text.split_once(" burst ") {
            Some((rate, burst)) => (rate, Some(number(burst)?)),
            None => (text, None),
        };
        let rate = match rate.split_once('/') {
            Some((calls, "s")) => Self::per_second(number(calls)?),
            Some((calls, "min")) => Self::per_minute(number(calls)?),
            _ => return Err(NotARate),
        };
        Ok(burst.map_or(rate, |burst| rate.with_burst(burst)))
    }
}

fn number(digits: &str) -> Result<u32, NotARate> {
    let is_plain = digits.bytes().all(|it| it.is_ascii_digit());
    let number = digits.parse().ok().filter(|number| is_plain && (1..=RATE_MAX).contains(number));
    number.ok_or(NotARate)
}

impl fmt::Display for NotARate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected a rate of 1 to {RATE_MAX} calls, as in 1000/s, 30/min or 1000/s burst 50")
    }
}

impl std::error::Error for NotARate {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_as_it_is_written() {
        for (text, calls, seconds, burst) in [
            ("1000/s", 1_000, 1, 1_000),
            ("1/min", 1, 60, 1),
            ("119/min", 119, 60, 1),
            ("120/min", 120, 60, 2),
            ("1000000000/s", RATE_MAX, 1, RATE_MAX),
            ("1/s burst 1000000000", 1, 1, RATE_MAX),
            ("600/min burst 1", 600, 60, 1),
        ] {
            let rate: Rate = text.parse().unwrap();
            assert_eq!(rate, Rate { calls, seconds, burst });
            assert_eq!(rate.to_string(), text);
        }
        assert_eq!("5/s burst 5".parse::<Rate>().unwrap().to_string(), "5/s");
    }

    #[test]
    fn what_is_no_rate_is_refused() {
        for text in [
            "",
            "5",
            "/s",
            "0/s",
            "5/h",
            "5/ms",
            "-5/s",
            "+5/s",
            "5 /s",
            "5/s ",
            "5.0/s",
            "1000000001/s",
            "5/s burst",
            "5/s burst ",
            "5/s burst 0",
            "5/s burst -1",
            "5/s burst 1000000001",
            "5/s burst 5 burst 5",
            "5/S",
        ] {
            assert_eq!(text.parse::<Rate>(), Err(NotARate), "{text}");
        }
    }

    #[test]
    fn the_edges_hold_for_whoever_makes_one() {
        assert_eq!((Rate::per_second(0), Rate::per_minute(0)), (Rate::per_second(1), Rate::per_minute(1)));
        assert_eq!(Rate::per_second(u32::MAX).calls(), RATE_MAX);
        assert_eq!(Rate::per_second(9).with_burst(0).burst(), 1);
    }
}
