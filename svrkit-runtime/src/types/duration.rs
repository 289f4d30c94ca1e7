//! Spans of time: to and from `core`'s, and protobuf's JSON form, `1.500s`.

use std::error::Error;
use std::fmt;
use std::str::FromStr;
use std::time;

use super::{Duration, fraction};

/// The longest span either way, in seconds: about 10000 years.
pub const DURATION_SECONDS_MAX: i64 = 315_576_000_000;

const NANOS_PER_SECOND: i32 = 1_000_000_000;

/// Why something is no span of time, or not of the kind that is asked for. Who wrote it mends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DurationError {
    /// Longer than [`DURATION_SECONDS_MAX`].
    OutOfRange,
    /// The nanoseconds are a second and more, or of another sign than the seconds.
    Nanos {
        /// What they are.
        nanos: i32,
    },
    /// Below zero, where `core`'s durations never are.
    Negative,
    /// The text is no span of time.
    Text,
}

impl fmt::Display for DurationError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutOfRange => {
                write!(out, "a duration has at most {DURATION_SECONDS_MAX} seconds either way")
            }
            Self::Nanos { nanos } => write!(
                out,
                "a duration has at most 999999999 nanoseconds, of the same sign as its seconds, not {nanos}"
            ),
            Self::Negative => out.write_str("the duration is negative, which is no length of time to wait"),
            Self::Text => out.write_str("no duration, which looks like `1.500s`"),
        }
    }
}

impl Error for DurationError {}

impl Duration {
    /// Is it within its range, its two parts of one sign?
    ///
    /// # Errors
    /// What it is not.
    pub fn validate(&self) -> Result<(), DurationError> {
        let Self { seconds, nanos, .. } = *self;
        if !(-DURATION_SECONDS_MAX..=DURATION_SECONDS_MAX).contains(&seconds) {
            return Err(DurationError::OutOfRange);
        }
        let is_fraction = -NANOS_PER_SECOND < nanos && nanos < NANOS_PER_SECOND;
        if !is_fraction || (seconds > 0 && nanos < 0) || (seconds < 0 && nanos > 0) {
            return Err(DurationError::Nanos { nanos });
        }
        Ok(())
    }
}

impl TryFrom<time::Duration> for Duration {
    type Error = DurationError;

    fn try_from(duration: time::Duration) -> Result<Self, DurationError> {
        let seconds = i64::try_from(duration.as_secs()).map_err(|_| DurationError::OutOfRange)?;
        let duration = Self { seconds, nanos: duration.subsec_nanos() as i32, ..Self::default() };
        duration.validate()?;
        Ok(duration)
    }
}

impl TryFrom<&Duration> for time::Duration {
    type Error = DurationError;

    fn try_from(duration: &Duration) -> Result<Self, DurationError> {
        duration.validate()?;
        match (u64::try_from(duration.seconds), u32::try_from(duration.nanos)) {
            (Ok(seconds), Ok(nanos)) => Ok(Self::new(seconds, nanos)),
            _ => Err(DurationError::Negative),
        }
    }
}

impl TryFrom<Duration> for time::Duration {
    type Error = DurationError;

    fn try_from(duration: Duration) -> Result<Self, DurationError> {
        Self::try_from(&duration)
    }
}

/// `1.500s`, `-0.000001s`: none, three, six or nine digits of a second. One that is no duration says what it holds.
impl fmt::Display for Duration {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seconds, nanos, .. } = *self;
        if self.validate().is_err() {
            return write!(out, "<no duration: {seconds} s {nanos} ns>");
        }
        let sign = if seconds < 0 || nanos < 0 { "-" } else { "" };
        write!(out, "{sign}{}", seconds.unsigned_abs())?;
        fraction::write(out, nanos.unsigned_abs())?;
        out.write_str("s")
    }
}

/// Digits, up to nine more behind a point, and `s`.
impl FromStr for Duration {
    type Err = DurationError;

    fn from_str(text: &str) -> Result<Self, DurationError> {
        let number = text.strip_suffix('s').ok_or(DurationError::Text)?;
        let (sign, number) = match number.strip_prefix('-') {
            Some(number) => (-1, number),
            None => (1, number),
        };
        let (seconds, nanos) = match number.split_once('.') {
            Some((seconds, digits)) => (seconds, fraction::read(digits).ok_or(DurationError::Text)?),
            None => (number, 0),
        };
        if seconds.is_empty() || !seconds.bytes().all(|digit| digit.is_ascii_digit()) {
            return Err(DurationError::Text);
        }
        // Digits alone fail only by being too many.
        let seconds: i64 = seconds.parse().map_err(|_| DurationError::OutOfRange)?;
        let duration = Self { seconds: sign * seconds, nanos: sign as i32 * nanos as i32, ..Self::default() };
        duration.validate()?;
        Ok(duration)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn duration(seconds: i64, nanos: i32) -> Duration {
        Duration { seconds, nanos, ..Duration::default() }
    }

    #[test]
    fn text_has_as_many_digits_as_it_needs() {
        for (text, seconds, nanos) in [
            ("0s", 0, 0),
            ("1.500s", 1, 500_000_000),
            ("-0.000001s", 0, -1_000),
            ("-3.000000001s", -3, -1),
            ("315576000000.999999999s", DURATION_SECONDS_MAX, 999_999_999),
        ] {
            assert_eq!(duration(seconds, nanos).to_string(), text);
            assert_eq!(text.parse(), Ok(duration(seconds, nanos)), "{text}");
        }
        assert_eq!("1.5s".parse(), Ok(duration(1, 500_000_000)));
    }

    #[test]
    fn what_is_no_duration_is_refused() {
        for text in ["", "s", "1", "1.s", ".5s", "--1s", "+1s", "1.1234567890s", "1 s", "1ms", "é"] {
            assert_eq!(text.parse::<Duration>(), Err(DurationError::Text), "{text}");
        }
        for text in ["315576000001s", "-315576000001s", "99999999999999999999s"] {
            assert_eq!(text.parse::<Duration>(), Err(DurationError::OutOfRange), "{text}");
        }
    }

    #[test]
    fn fields_of_strangers_are_checked() {
        for (seconds, nanos, expected) in [
            (i64::MIN, 0, DurationError::OutOfRange),
            (DURATION_SECONDS_MAX + 1, 0, DurationError::OutOfRange),
            (1, -1, DurationError::Nanos { nanos: -1 }),
            (-1, 1, DurationError::Nanos { nanos: 1 }),
            (0, i32::MIN, DurationError::Nanos { nanos: i32::MIN }),
            (0, 1_000_000_000, DurationError::Nanos { nanos: 1_000_000_000 }),
            (0, -1, DurationError::Negative),
            (-1, 0, DurationError::Negative),
        ] {
            assert_eq!(
                time::Duration::try_from(duration(seconds, nanos)),
                Err(expected),
                "{seconds} {nanos}"
            );
        }
        assert_eq!(Duration::try_from(time::Duration::MAX), Err(DurationError::OutOfRange));
    }

    proptest! {
        #[test]
        fn every_duration_survives_text_and_core(seconds in 0..=DURATION_SECONDS_MAX, nanos in 0..1_000_000_000_i32) {
            let length = duration(seconds, nanos);
            prop_assert_eq!(&length.to_string().parse::<Duration>().unwrap(), &length);
            let core = time::Duration::try_from(&length).unwrap();
            prop_assert_eq!(Duration::try_from(core).unwrap(), length);
            let back = duration(-seconds, -nanos);
            prop_assert_eq!(back.to_string().parse::<Duration>().unwrap(), back);
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,30}|[0-9.s-]{0,30}") {
            let _ = text.parse::<Duration>();
        }
    }
}
