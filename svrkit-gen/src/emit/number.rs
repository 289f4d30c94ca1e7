//! Numbers as a person writes them: long ones in groups.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

/// From this many digits on a whole number is grouped.
const GROUPED_DIGITS_MIN: usize = 5;

/// A whole number without a type of its own.
pub(super) fn integer(number: impl Into<i128>) -> TokenStream {
    let number = number.into();
    let digits = literal(&grouped(&number.unsigned_abs().to_string()));
    let sign = (number < 0).then(|| quote!(-));
    quote!(#sign #digits)
}

/// A number with a fraction without a type of its own, from what `{:?}` makes of it.
pub(super) fn float(shown: &str) -> TokenStream {
    let (sign, shown) = match shown.strip_prefix('-') {
        Some(rest) => (Some(quote!(-)), rest),
        None => (None, shown),
    };
    let digits = match shown.split_once('.') {
        Some((whole, fraction)) => format!("{}.{fraction}", grouped(whole)),
        None => shown.to_owned(),
    };
    let digits = literal(&digits);
    quote!(#sign #digits)
}

/// A number of 64 bits that is no quantity.
pub(super) fn hexadecimal(number: u64) -> Literal {
    let words = [48, 32, 16, 0].map(|shift| format!("{:04x}", (number >> shift) & 0xffff));
    literal(&format!("0x{}", words.join("_")))
}

fn literal(text: &str) -> Literal {
    text.parse().expect("digits, points and exponents are a literal")
}

/// `1_000_000`
fn grouped(digits: &str) -> String {
    if digits.len() < GROUPED_DIGITS_MIN {
        return digits.to_owned();
    }
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push('_');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_numbers_are_grouped() {
        for (number, expected) in
            [(0, "0"), (-7, "- 7"), (2310, "2310"), (86_400, "86_400"), (-1_234_567, "- 1_234_567")]
        {
            assert_eq!(integer(number).to_string(), expected);
        }
        assert_eq!(integer(u64::MAX).to_string(), "18_446_744_073_709_551_615");
        for (number, expected) in
            [(0.5, "0.5"), (-0.0, "- 0.0"), (123_456.75, "123_456.75"), (1e300, "1e300")]
        {
            assert_eq!(float(&format!("{number:?}")).to_string(), expected);
        }
        assert_eq!(hexadecimal(0xfedc_ba98_0000_0001).to_string(), "0xfedc_ba98_0000_0001");
        assert_eq!(hexadecimal(0).to_string(), "0x0000_0000_0000_0000");
    }
}
