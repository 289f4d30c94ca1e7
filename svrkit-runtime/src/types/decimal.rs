//! Decimal numbers as text: read, put into their canonical form, and taken apart.
//!
//! The grammar is google.type.Decimal's: `[sign] digits [. digits] [e [sign] digits]`, where either group of digits around
//! the point may be missing; nothing at all is 0. The canonical form has no `+`, a digit in front of the point, none behind
//! an empty one, a lower-case `e` and no exponent of zero. Zeros behind the point stay: they say how exact the number is.

use std::error::Error;
use std::fmt;
use std::str::FromStr;

use super::Decimal;

/// The longest text that is read, in bytes.
pub const DECIMAL_LEN_MAX: usize = 128;

/// Why something is no decimal number, or not one that fits. Who wrote it mends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecimalError {
    /// Longer than [`DECIMAL_LEN_MAX`].
    TooLong {
        /// Its length in bytes.
        len: usize,
    },
    /// The text is no decimal number.
    Text,
    /// More digits than an `i128` takes, or an exponent beyond `i32`.
    OutOfRange,
}

impl fmt::Display for DecimalError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { len } => {
                write!(out, "a decimal number of {len} bytes is over the limit of {DECIMAL_LEN_MAX}")
            }
            Self::Text => out.write_str("no decimal number, which looks like `-12.50` or `2.5e8`"),
            Self::OutOfRange => out.write_str("the decimal number has more digits than 128 bits hold"),
        }
    }
}

impl Error for DecimalError {}

/// `mantissa` × 10 to the power of −`scale`: 12.50 is 1250 at scale 2.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct DecimalParts {
    /// All digits, with the sign.
    pub mantissa: i128,
    /// How many of them stand behind the point; below zero, how many zeros follow them.
    pub scale: i32,
}

/// What the grammar sees in a text. Digits are digits, and there is one in front of or behind the point.
struct Read<'a> {
    is_negative: bool,
    integer: &'a str,
    fraction: &'a str,
    is_exponent_negative: bool,
    /// Without zeros in front.
    exponent: &'a str,
}

impl Decimal {
    /// The canonical form of the number, checked.
    ///
    /// ```
    /// use svrkit_runtime::types::Decimal;
    ///
    /// let decimal: Decimal = "+.50E+08".parse()?;
    /// assert_eq!(decimal.value, "0.50e8");
    /// # Ok::<(), svrkit_runtime::types::DecimalError>(())
    /// ```
    ///
    /// # Errors
    /// Where [`value`](Self::value) is no decimal number.
    pub fn canonical(&self) -> Result<String, DecimalError> {
        let Read { is_negative, integer, fraction, is_exponent_negative, exponent } = read(&self.value)?;
        let sign = if is_negative { "-" } else { "" };
        let integer = if integer.is_empty() { "0" } else { integer };
        let point = if fraction.is_empty() { "" } else { "." };
        let e = match (exponent.is_empty(), is_exponent_negative) {
            (true, _) => "",
            (false, false) => "e",
            (false, true) => "e-",
        };
        Ok([sign, integer, point, fraction, e, exponent].concat())
    }
}

/// The text as it is.
impl fmt::Display for Decimal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(if self.value.is_empty() { "0" } else { &self.value })
    }
}

/// Gives the canonical form.
impl FromStr for Decimal {
    type Err = DecimalError;

    fn from_str(text: &str) -> Result<Self, DecimalError> {
        // Checked before it is copied: a text may be of any length.
        read(text)?;
        let decimal = Self { value: text.to_owned(), ..Self::default() };
        Ok(Self { value: decimal.canonical()?, ..decimal })
    }
}

impl TryFrom<&Decimal> for DecimalParts {
    type Error = DecimalError;

    fn try_from(decimal: &Decimal) -> Result<Self, DecimalError> {
        let Read { is_negative, integer, fraction, is_exponent_negative, exponent } = read(&decimal.value)?;
        let sign = if is_negative { -1 } else { 1 };
        let mut mantissa = 0_i128;
        for digit in integer.bytes().chain(fraction.bytes()) {
            let digit = sign * i128::from(digit - b'0');
            let larger = mantissa.checked_mul(10).and_then(|mantissa| mantissa.checked_add(digit));
            mantissa = larger.ok_or(DecimalError::OutOfRange)?;
        }
        let exponent: i64 =
            if exponent.is_empty() { 0 } else { exponent.parse().map_err(|_| DecimalError::OutOfRange)? };
        let exponent = if is_exponent_negative { -exponent } else { exponent };
        let scale = (fraction.len() as i64).checked_sub(exponent).and_then(|scale| i32::try_from(scale).ok());
        Ok(Self { mantissa, scale: scale.ok_or(DecimalError::OutOfRange)? })
    }
}

impl TryFrom<Decimal> for DecimalParts {
    type Error = DecimalError;

    fn try_from(decimal: Decimal) -> Result<Self, DecimalError> {
        Self::try_from(&decimal)
    }
}

/// With a point where the scale is small enough to write all digits, with an exponent elsewhere.
impl From<DecimalParts> for Decimal {
    fn from(DecimalParts { mantissa, scale }: DecimalParts) -> Self {
        let value = match usize::try_from(scale) {
            Ok(0) => mantissa.to_string(),
            Ok(scale) if scale < DECIMAL_LEN_MAX / 2 => {
                let sign = if mantissa < 0 { "-" } else { "" };
                let digits = format!("{:0width$}", mantissa.unsigned_abs(), width = scale + 1);
                let (integer, fraction) = digits.split_at(digits.len() - scale);
                format!("{sign}{integer}.{fraction}")
            }
            _ => format!("{mantissa}e{}", -i64::from(scale)),
        };
        Self { value, ..Self::default() }
    }
}

macro_rules! integers {
    ($($type:ty)*) => {$(
        impl From<$type> for Decimal {
            fn from(number: $type) -> Self {
                Self { value: number.to_string(), ..Self::default() }
            }
        }
    )*};
}

integers! { i32 i64 i128 u32 u64 }

fn read(text: &str) -> Result<Read<'_>, DecimalError> {
    if text.len() > DECIMAL_LEN_MAX {
        return Err(DecimalError::TooLong { len: text.len() });
    }
    if text.is_empty() {
        let (integer, fraction, exponent) = ("0", "", "");
        return Ok(Read { is_negative: false, integer, fraction, is_exponent_negative: false, exponent });
    }
    let (significand, exponent) = match text.split_once(['e', 'E']) {
        Some((significand, exponent)) => (significand, Some(exponent)),
        None => (text, None),
    };
    let (is_negative, significand) = signed(significand);
    let (integer, fraction) = significand.split_once('.').unwrap_or((significand, ""));
    let (is_exponent_negative, digits) = exponent.map_or((false, "0"), signed);
    let is_digits = |text: &str| text.bytes().all(|letter| letter.is_ascii_digit());
    let is_cut_short = digits.is_empty() || integer.is_empty() && fraction.is_empty();
    if is_cut_short || ![integer, fraction, digits].into_iter().all(is_digits) {
        return Err(DecimalError::Text);
    }
    let exponent = digits.trim_start_matches('0');
    Ok(Read { is_negative, integer, fraction, is_exponent_negative, exponent })
}

fn signed(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_have_one_form_and_two_parts() {
        for (text, canonical, mantissa, scale) in [
            ("", "0", 0, 0),
            ("0", "0", 0, 0),
            ("+2.5", "2.5", 25, 1),
            (".5", "0.5", 5, 1),
            ("5.", "5", 5, 0),
            ("-12.50", "-12.50", -1250, 2),
            ("2.5E8", "2.5e8", 25, -7),
            ("2.5e+08", "2.5e8", 25, -7),
            ("2.5e0", "2.5", 25, 1),
            ("2.5e-00", "2.5", 25, 1),
            ("1e-3", "1e-3", 1, 3),
            (
                "-170141183460469231731687303715884105728",
                "-170141183460469231731687303715884105728",
                i128::MIN,
                0,
            ),
            ("1e2147483648", "1e2147483648", 1, i32::MIN),
        ] {
            let decimal: Decimal = text.parse().unwrap();
            assert_eq!(decimal.to_string(), canonical, "{text}");
            assert_eq!(DecimalParts::try_from(decimal), Ok(DecimalParts { mantissa, scale }), "{text}");
        }
    }

    #[test]
    fn what_is_no_decimal_is_refused() {
        for text in [
            ".", "+", "-.", "e5", "1e", "1e+", "1,5", "1_000", "0x1", " 1", "1 ", "--1", "1.2.3", "1e5.0",
            "NaN", "é",
        ] {
            assert_eq!(text.parse::<Decimal>(), Err(DecimalError::Text), "{text}");
        }
        let longest = "1".repeat(DECIMAL_LEN_MAX);
        assert!(longest.parse::<Decimal>().is_ok());
        assert_eq!(
            format!("{longest}1").parse::<Decimal>(),
            Err(DecimalError::TooLong { len: DECIMAL_LEN_MAX + 1 })
        );
        for text in [
            "170141183460469231731687303715884105728",
            "1e2147483649",
            "1e-2147483648",
            "1e99999999999999999999",
        ] {
            let decimal: Decimal = text.parse().unwrap();
            assert_eq!(DecimalParts::try_from(&decimal), Err(DecimalError::OutOfRange), "{text}");
        }
    }

    #[test]
    fn parts_become_numbers() {
        for (mantissa, scale, text) in [
            (1250, 2, "12.50"),
            (-5, 3, "-0.005"),
            (0, 2, "0.00"),
            (25, -7, "25e7"),
            (1, 64, "1e-64"),
            (7, i32::MIN, "7e2147483648"),
            (i128::MIN, 39, "-0.170141183460469231731687303715884105728"),
        ] {
            assert_eq!(Decimal::from(DecimalParts { mantissa, scale }).value, text);
        }
        assert_eq!(Decimal::from(u64::MAX).value, "18446744073709551615");
    }

    proptest! {
        #[test]
        fn parts_survive_text(mantissa: i128, scale: i32) {
            let parts = DecimalParts { mantissa, scale };
            let decimal = Decimal::from(parts);
            prop_assert_eq!(&decimal.canonical().unwrap(), &decimal.value);
            prop_assert_eq!(DecimalParts::try_from(&decimal), Ok(parts));
        }

        #[test]
        fn a_canonical_form_is_its_own(text in "[+-]?[0-9]{0,5}\\.?[0-9]{0,5}([eE][+-]?[0-9]{1,4})?|\\PC{0,20}") {
            if let Ok(decimal) = text.parse::<Decimal>() {
                prop_assert_eq!(&decimal.canonical().unwrap(), &decimal.value);
                let as_given = Decimal { value: text, ..Decimal::default() };
                prop_assert_eq!(DecimalParts::try_from(&decimal), DecimalParts::try_from(&as_given));
            }
        }
    }
}
