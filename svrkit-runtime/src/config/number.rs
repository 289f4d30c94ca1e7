//! Numbers as people write them: `4MiB`, `200ms`, `1024`.

use std::time::Duration;

/// What a number measures, and so its units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Measure {
    /// Bytes.
    Size,
    /// Nanoseconds.
    Time,
    /// Things.
    Count,
}

/// A type that a limit may have, as the number that it is.
pub(crate) trait Quantity: Copy {
    /// Bytes, nanoseconds or things; at most `u64::MAX`.
    fn to_number(self) -> u64;
    /// The nearest that the type can hold. The range of a key lies within its type, so that nothing is lost.
    fn from_number(number: u64) -> Self;
}

macro_rules! integers {
    ($($type:ident)+) => {
        $(impl Quantity for $type {
            fn to_number(self) -> u64 {
                u64::try_from(self).unwrap_or(u64::MAX)
            }

            fn from_number(number: u64) -> Self {
                Self::try_from(number).unwrap_or(Self::MAX)
            }
        })+
    };
}

integers! { u16 u32 u64 usize }

impl Quantity for Duration {
    fn to_number(self) -> u64 {
        u64::try_from(self.as_nanos()).unwrap_or(u64::MAX)
    }

    fn from_number(number: u64) -> Self {
        Self::from_nanos(number)
    }
}

/// Why a text is no number of a measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoNumber {
    /// It does not begin with digits.
    NoDigits,
    /// It has no unit, and needs one.
    UnitMissing,
    /// What follows the digits is no unit of this measure.
    UnitUnknown,
    /// It is over 2^64 - 1 bytes, nanoseconds or things.
    TooLarge,
}

impl Measure {
    /// The units, smallest first. Each is a whole number of the first.
    fn units(self) -> &'static [(&'static str, u64)] {
        match self {
            Self::Size => &[("B", 1), ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)],
            Self::Time => &[
                ("ns", 1),
                ("us", 1_000),
                ("ms", 1_000_000),
                ("s", 1_000_000_000),
                ("min", 60_000_000_000),
                ("h", 3_600_000_000_000),
            ],
            Self::Count => &[("", 1)],
        }
    }

    /// Reads digits and a unit with nothing between them. A size may come without a unit; a time may not, for nobody sees
    /// whether `200` means seconds.
    pub(crate) fn read(self, text: &str) -> Result<u64, NoNumber> {
        let digits_end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (digits, unit) = text.split_at(digits_end);
        if digits.is_empty() {
            return Err(NoNumber::NoDigits);
        }
        let factor = match self.units().iter().find(|(name, _)| *name == unit) {
            Some((_, factor)) => *factor,
            None if unit.is_empty() && self == Self::Size => 1,
            None if unit.is_empty() => return Err(NoNumber::UnitMissing),
            None => return Err(NoNumber::UnitUnknown),
        };
        // Digits alone: what fails here is too many of them.
        let number: u64 = digits.parse().map_err(|_| NoNumber::TooLarge)?;
        number.checked_mul(factor).ok_or(NoNumber::TooLarge)
    }

    /// What [`Self::read`] reads as `number`, in the largest unit that has no remainder.
    pub(crate) fn show(self, number: u64) -> String {
        let whole = |(_, factor): &&(&str, u64)| number >= *factor && number.is_multiple_of(*factor);
        match self.units().iter().rev().find(whole) {
            Some((unit, factor)) => format!("{}{unit}", number / factor),
            None => self.zero().into(),
        }
    }

    fn zero(self) -> &'static str {
        match self {
            Self::Size => "0B",
            Self::Time => "0s",
            Self::Count => "0",
        }
    }

    /// A number of this measure, in words.
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Self::Size => "size",
            Self::Time => "duration",
            Self::Count => "count",
        }
    }

    fn unit_names(self) -> String {
        self.units().iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
    }
}

impl NoNumber {
    /// The reason, as the end of a sentence about a value.
    pub(crate) fn reason(self, measure: Measure) -> String {
        let noun = measure.noun();
        match (self, measure) {
            (Self::NoDigits, _) => format!("which is no {noun}"),
            (Self::UnitMissing, _) => format!("which has no unit ({})", measure.unit_names()),
            (Self::UnitUnknown, Measure::Count) => "which is no whole number".into(),
            (Self::UnitUnknown, _) => {
                format!("which has an unknown unit (known are {})", measure.unit_names())
            }
            (Self::TooLarge, _) => format!("which is more than any {noun} can be"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn digits_and_a_unit_are_a_number() {
        let rows = [
            (Measure::Size, "0", Ok(0)),
            (Measure::Size, "17", Ok(17)),
            (Measure::Size, "17B", Ok(17)),
            (Measure::Size, "64KiB", Ok(64 << 10)),
            (Measure::Size, "4MiB", Ok(4 << 20)),
            (Measure::Size, "17179869183GiB", Ok(u64::MAX - ((1 << 30) - 1))),
            (Measure::Size, "17179869184GiB", Err(NoNumber::TooLarge)),
            (Measure::Size, "18446744073709551615", Ok(u64::MAX)),
            (Measure::Size, "18446744073709551616", Err(NoNumber::TooLarge)),
            (Measure::Size, "4MB", Err(NoNumber::UnitUnknown)),
            (Measure::Size, "4mib", Err(NoNumber::UnitUnknown)),
            (Measure::Size, "4 MiB", Err(NoNumber::UnitUnknown)),
            (Measure::Size, "1.5MiB", Err(NoNumber::UnitUnknown)),
            (Measure::Size, "4ms", Err(NoNumber::UnitUnknown)),
            (Measure::Size, "", Err(NoNumber::NoDigits)),
            (Measure::Size, "MiB", Err(NoNumber::NoDigits)),
            (Measure::Size, "-1", Err(NoNumber::NoDigits)),
            (Measure::Size, "+1", Err(NoNumber::NoDigits)),
            (Measure::Size, "٣", Err(NoNumber::NoDigits)),
            (Measure::Time, "200ms", Ok(200_000_000)),
            (Measure::Time, "5s", Ok(5_000_000_000)),
            (Measure::Time, "10min", Ok(600_000_000_000)),
            (Measure::Time, "1h", Ok(3_600_000_000_000)),
            (Measure::Time, "0s", Ok(0)),
            (Measure::Time, "200", Err(NoNumber::UnitMissing)),
            (Measure::Time, "200m", Err(NoNumber::UnitUnknown)),
            (Measure::Count, "1024", Ok(1024)),
            (Measure::Count, "1024B", Err(NoNumber::UnitUnknown)),
        ];
        for (measure, text, expected) in rows {
            assert_eq!(measure.read(text), expected, "{text}");
        }
    }

    #[test]
    fn a_number_is_shown_in_the_largest_unit_without_a_remainder() {
        let rows = [
            (Measure::Size, 0, "0B"),
            (Measure::Size, 1023, "1023B"),
            (Measure::Size, 4 << 20, "4MiB"),
            (Measure::Size, (4 << 20) + 1, "4194305B"),
            (Measure::Time, 0, "0s"),
            (Measure::Time, 90_000_000_000, "90s"),
            (Measure::Time, 120_000_000_000, "2min"),
            (Measure::Count, 0, "0"),
            (Measure::Count, 10_000, "10000"),
        ];
        for (measure, number, expected) in rows {
            assert_eq!(measure.show(number), expected);
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_reads_back(number in any::<u64>(), shift in 0..64) {
            for measure in [Measure::Size, Measure::Time, Measure::Count] {
                let number = number >> shift;
                prop_assert_eq!(measure.read(&measure.show(number)), Ok(number));
            }
        }

        #[test]
        fn any_text_is_read_or_refused(text in "[0-9]{0,25}.{0,5}") {
            for measure in [Measure::Size, Measure::Time, Measure::Count] {
                let _ = measure.read(&text);
            }
        }
    }
}
