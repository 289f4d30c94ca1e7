//! Nanoseconds behind a decimal point, as protobuf's JSON form writes them: none, three, six or nine digits.

use std::fmt;

/// Writes `nanos`, below a billion.
pub(super) fn write(out: &mut fmt::Formatter<'_>, nanos: u32) -> fmt::Result {
    match nanos {
        0 => Ok(()),
        _ if nanos.is_multiple_of(1_000_000) => write!(out, ".{:03}", nanos / 1_000_000),
        _ if nanos.is_multiple_of(1_000) => write!(out, ".{:06}", nanos / 1_000),
        _ => write!(out, ".{nanos:09}"),
    }
}

/// Reads one to nine digits.
pub(super) fn read(digits: &str) -> Option<u32> {
    let is_fraction = (1..=9).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit());
    let number: u32 = is_fraction.then(|| digits.parse().ok())??;
    Some(number * 10_u32.pow(9 - digits.len() as u32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_to_nine_digits_are_nanoseconds() {
        for (digits, expected) in [
            ("5", Some(500_000_000)),
            ("000000001", Some(1)),
            ("999999999", Some(999_999_999)),
            ("", None),
            ("0000000001", None),
            ("+1", None),
            ("1a", None),
        ] {
            assert_eq!(read(digits), expected, "{digits}");
        }
    }
}
