//! Points in time: to and from the system's clock, and RFC 3339 text.

use std::error::Error;
use std::fmt;
use std::str::FromStr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::{Timestamp, fraction};

/// The first second of the year 1.
pub const TIMESTAMP_SECONDS_MIN: i64 = -62_135_596_800;

/// The last second of the year 9999.
pub const TIMESTAMP_SECONDS_MAX: i64 = 253_402_300_799;

const NANOS_PER_SECOND: u32 = 1_000_000_000;
const SECONDS_PER_DAY: i64 = 86_400;

/// Why something is no point in time. Who wrote it mends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TimestampError {
    /// Before the year 1 or after the year 9999, or beyond what this system's clock can hold.
    OutOfRange {
        /// Seconds since 1970, as far as they can be told.
        seconds: i64,
    },
    /// The nanoseconds are below 0 or a second and more.
    Nanos {
        /// What they are.
        nanos: i32,
    },
    /// The text is no RFC 3339.
    Text,
}

impl fmt::Display for TimestampError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutOfRange { seconds } => {
                write!(
                    out,
                    "{seconds} seconds from 1970 are not within the years 1 to 9999, or this system's clock"
                )
            }
            Self::Nanos { nanos } => {
                write!(out, "a timestamp has 0 to 999999999 nanoseconds, not {nanos}, before 1970 as well")
            }
            Self::Text => out.write_str("no point in time, which looks like `2026-01-31T23:59:59.500Z`"),
        }
    }
}

impl Error for TimestampError {}

impl Timestamp {
    /// The time that the system's clock shows.
    ///
    /// # Errors
    /// Where the clock is outside of the years 1 to 9999.
    pub fn now() -> Result<Self, TimestampError> {
        SystemTime::now().try_into()
    }

    /// Is it within the years 1 to 9999, its nanoseconds below a second?
    ///
    /// # Errors
    /// What it is not.
    pub fn validate(&self) -> Result<(), TimestampError> {
        let Self { seconds, nanos, .. } = *self;
        if !(TIMESTAMP_SECONDS_MIN..=TIMESTAMP_SECONDS_MAX).contains(&seconds) {
            return Err(TimestampError::OutOfRange { seconds });
        }
        if !(0..NANOS_PER_SECOND as i32).contains(&nanos) {
            return Err(TimestampError::Nanos { nanos });
        }
        Ok(())
    }
}

impl TryFrom<SystemTime> for Timestamp {
    type Error = TimestampError;

    fn try_from(time: SystemTime) -> Result<Self, TimestampError> {
        let (seconds, nanos) = match time.duration_since(UNIX_EPOCH) {
            Ok(after) => (i64::try_from(after.as_secs()).unwrap_or(i64::MAX), after.subsec_nanos()),
            Err(before) => {
                let before = before.duration();
                let seconds = i64::try_from(before.as_secs()).map_or(i64::MIN, |seconds| -seconds);
                match before.subsec_nanos() {
                    0 => (seconds, 0),
                    nanos => (seconds.saturating_sub(1), NANOS_PER_SECOND - nanos),
                }
            }
        };
        let timestamp = Self { seconds, nanos: nanos as i32, ..Self::default() };
        timestamp.validate()?;
        Ok(timestamp)
    }
}

impl TryFrom<&Timestamp> for SystemTime {
    type Error = TimestampError;

    fn try_from(timestamp: &Timestamp) -> Result<Self, TimestampError> {
        timestamp.validate()?;
        let seconds = Duration::from_secs(timestamp.seconds.unsigned_abs());
        let whole = if timestamp.seconds < 0 {
            UNIX_EPOCH.checked_sub(seconds)
        } else {
            UNIX_EPOCH.checked_add(seconds)
        };
        whole
            .and_then(|whole| {
                whole.checked_add(Duration::from_nanos(u64::from(timestamp.nanos.unsigned_abs())))
            })
            .ok_or(TimestampError::OutOfRange { seconds: timestamp.seconds })
    }
}

impl TryFrom<Timestamp> for SystemTime {
    type Error = TimestampError;

    fn try_from(timestamp: Timestamp) -> Result<Self, TimestampError> {
        Self::try_from(&timestamp)
    }
}

/// RFC 3339 in UTC, as in protobuf's JSON form: `2026-01-31T23:59:59.500Z`. One that is no point in time says what it holds.
impl fmt::Display for Timestamp {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.validate().is_err() {
            return write!(out, "<no timestamp: {} s {} ns>", self.seconds, self.nanos);
        }
        let (days, second) =
            (self.seconds.div_euclid(SECONDS_PER_DAY), self.seconds.rem_euclid(SECONDS_PER_DAY));
        let (year, month, day) = civil_from_days(days);
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        write!(out, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")?;
        fraction::write(out, self.nanos.unsigned_abs())?;
        out.write_str("Z")
    }
}

/// RFC 3339 with `Z` or an offset, up to nine digits of a second.
impl FromStr for Timestamp {
    type Err = TimestampError;

    fn from_str(text: &str) -> Result<Self, TimestampError> {
        let (seconds, nanos) = parse(text).ok_or(TimestampError::Text)?;
        let timestamp = Self { seconds, nanos: nanos as i32, ..Self::default() };
        timestamp.validate()?;
        Ok(timestamp)
    }
}

fn parse(text: &str) -> Option<(i64, u32)> {
    let year = number(text.get(..4)?, 1..=9999)?;
    let month = number(text.get(4..7)?.strip_prefix('-')?, 1..=12)?;
    let day = number(text.get(7..10)?.strip_prefix('-')?, 1..=days_in_month(year, month))?;
    let hour = number(text.get(10..13)?.strip_prefix(['T', 't'])?, 0..=23)?;
    let minute = number(text.get(13..16)?.strip_prefix(':')?, 0..=59)?;
    let second = number(text.get(16..19)?.strip_prefix(':')?, 0..=59)?;
    let rest = text.get(19..)?;
    let (nanos, zone) = match rest.strip_prefix('.') {
        None => (0, rest),
        Some(rest) => {
            let end = rest.find(|letter: char| !letter.is_ascii_digit())?;
            (fraction::read(&rest[..end])?, &rest[end..])
        }
    };
    let offset = offset(zone)?;
    let days = days_from_civil(year, month, day);
    Some((days * SECONDS_PER_DAY + hour * 3600 + minute * 60 + second - offset, nanos))
}

/// Seconds that a zone is ahead of UTC.
fn offset(zone: &str) -> Option<i64> {
    if matches!(zone, "Z" | "z") {
        return Some(0);
    }
    let sign = match zone.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, minutes) = zone.get(1..)?.split_once(':')?;
    (hours.len() == 2 && minutes.len() == 2)
        .then(|| Some(sign * (number(hours, 0..=23)? * 3600 + number(minutes, 0..=59)? * 60)))?
}

fn number(digits: &str, range: std::ops::RangeInclusive<i64>) -> Option<i64> {
    let number = digits.bytes().all(|digit| digit.is_ascii_digit()).then(|| digits.parse().ok())??;
    range.contains(&number).then_some(number)
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 of the proleptic Gregorian calendar, by eras of 400 years that begin in March (Howard Hinnant,
/// "chrono-Compatible Low-Level Date Algorithms").
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The way back: year, month, day.
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn timestamp(seconds: i64, nanos: i32) -> Timestamp {
        Timestamp { seconds, nanos, ..Timestamp::default() }
    }

    #[test]
    fn text_and_seconds_are_the_same_point() {
        for (text, seconds, nanos) in [
            ("1970-01-01T00:00:00Z", 0, 0),
            ("1969-12-31T23:59:59.500Z", -1, 500_000_000),
            ("2000-02-29T12:30:45.000001Z", 951_827_445, 1_000),
            ("2026-01-31T23:59:59.123456789Z", 1_769_903_999, 123_456_789),
            ("0001-01-01T00:00:00Z", TIMESTAMP_SECONDS_MIN, 0),
            ("9999-12-31T23:59:59.999999999Z", TIMESTAMP_SECONDS_MAX, 999_999_999),
        ] {
            assert_eq!(timestamp(seconds, nanos).to_string(), text);
            assert_eq!(text.parse(), Ok(timestamp(seconds, nanos)), "{text}");
        }
    }

    #[test]
    fn other_forms_are_read() {
        for (text, seconds, nanos) in [
            ("1970-01-01t00:00:00z", 0, 0),
            ("1970-01-01T01:30:00+01:30", 0, 0),
            ("1969-12-31T16:00:00.5-08:00", 0, 500_000_000),
        ] {
            assert_eq!(text.parse(), Ok(timestamp(seconds, nanos)), "{text}");
        }
    }

    #[test]
    fn what_is_no_point_in_time_is_refused() {
        for text in [
            "",
            "1970-01-01",
            "1970-01-01T00:00:00",
            "1970-01-01 00:00:00Z",
            "1970-13-01T00:00:00Z",
            "1970-02-29T00:00:00Z",
            "1970-00-01T00:00:00Z",
            "1970-01-01T24:00:00Z",
            "1970-01-01T00:60:00Z",
            "1970-01-01T23:59:60Z",
            "1970-01-01T00:00:00.Z",
            "1970-01-01T00:00:00.1234567890Z",
            "1970-01-01T00:00:00.5",
            "1970-01-01T00:00:00+1:00",
            "1970-01-01T00:00:00+24:00",
            "0000-01-01T00:00:00Z",
            "+970-01-01T00:00:00Z",
            "1970-01-01T00:00:00Z ",
            "éééé-01-01T00:00:00Z",
            "1970-01-01T00:00:00é",
        ] {
            assert_eq!(text.parse::<Timestamp>(), Err(TimestampError::Text), "{text}");
        }
        let before = "0001-01-01T00:00:00+00:01".parse::<Timestamp>();
        assert_eq!(before, Err(TimestampError::OutOfRange { seconds: TIMESTAMP_SECONDS_MIN - 60 }));
        let after = "9999-12-31T23:59:59-00:01".parse::<Timestamp>();
        assert_eq!(after, Err(TimestampError::OutOfRange { seconds: TIMESTAMP_SECONDS_MAX + 60 }));
    }

    #[test]
    fn fields_of_strangers_are_checked() {
        for (seconds, nanos, expected) in [
            (TIMESTAMP_SECONDS_MAX + 1, 0, TimestampError::OutOfRange { seconds: TIMESTAMP_SECONDS_MAX + 1 }),
            (i64::MIN, 0, TimestampError::OutOfRange { seconds: i64::MIN }),
            (0, -1, TimestampError::Nanos { nanos: -1 }),
            (0, 1_000_000_000, TimestampError::Nanos { nanos: 1_000_000_000 }),
        ] {
            assert_eq!(SystemTime::try_from(timestamp(seconds, nanos)), Err(expected));
            assert_eq!(
                timestamp(seconds, nanos).to_string(),
                format!("<no timestamp: {seconds} s {nanos} ns>")
            );
        }
    }

    proptest! {
        #[test]
        fn every_point_survives_text_and_clock(
            seconds in TIMESTAMP_SECONDS_MIN..=TIMESTAMP_SECONDS_MAX,
            nanos in 0..1_000_000_000_i32,
        ) {
            let point = timestamp(seconds, nanos);
            prop_assert_eq!(&point.to_string().parse::<Timestamp>().unwrap(), &point);
            let clock = SystemTime::try_from(&point).unwrap();
            prop_assert_eq!(Timestamp::try_from(clock).unwrap(), point);
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,40}|[0-9TZ:.+-]{0,40}") {
            let _ = text.parse::<Timestamp>();
        }
    }
}
