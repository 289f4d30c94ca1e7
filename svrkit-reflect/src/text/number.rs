//! Numbers as text has them: decimal, `0x` and octal integers, and floats.

/// The whole number a word stands for.
pub(super) fn integer(word: &str, is_negative: bool) -> Option<i128> {
    let (digits, radix) = match word.strip_prefix("0x").or_else(|| word.strip_prefix("0X")) {
        Some(digits) => (digits, 16),
        None if word.len() > 1 && word.starts_with('0') => (&word[1..], 8),
        None => (word, 10),
    };
    // `from_str_radix` takes a sign, which is none of a word.
    let number = u64::from_str_radix(digits, radix).ok().filter(|_| !digits.starts_with('+'))?;
    Some(if is_negative { -i128::from(number) } else { number.into() })
}

/// The number a word stands for, as the float `T`; too large a number is none.
pub(super) fn float<T: std::str::FromStr + Into<f64> + Copy>(word: &str, is_negative: bool) -> Option<T> {
    let lower = word.to_ascii_lowercase();
    let is_named = matches!(&*lower, "inf" | "infinity" | "nan");
    let is_number = word.starts_with(|letter: char| letter.is_ascii_digit() || letter == '.');
    if !is_named && !is_number {
        return None;
    }
    let digits = if is_number { lower.strip_suffix('f').unwrap_or(&lower) } else { &lower };
    let sign = if is_negative { "-" } else { "" };
    let number: T = format!("{sign}{digits}").parse().ok()?;
    (is_named || number.into().is_finite()).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_have_three_forms() {
        for (word, is_negative, expected) in [
            ("0", false, Some(0)),
            ("18446744073709551615", false, Some(u64::MAX.into())),
            ("18446744073709551616", false, None),
            ("9223372036854775808", true, Some(i64::MIN.into())),
            ("0x1F", false, Some(31)),
            ("0x", false, None),
            ("0x+1", false, None),
            ("017", false, Some(15)),
            ("08", false, None),
            ("1.0", false, None),
            ("", false, None),
        ] {
            assert_eq!(integer(word, is_negative), expected, "{word}");
        }
    }

    #[test]
    fn floats_are_decimal_or_have_a_name() {
        for (word, is_negative, expected) in [
            ("1", false, Some(1.0)),
            (".5", true, Some(-0.5)),
            ("1.5e-3F", false, Some(0.0015)),
            ("INF", true, Some(f64::NEG_INFINITY)),
            ("infinity", false, Some(f64::INFINITY)),
            ("1e999", false, None),
            ("f", false, None),
            (".", false, None),
            ("0x10", false, None),
            ("none", false, None),
        ] {
            assert_eq!(float::<f64>(word, is_negative), expected, "{word}");
        }
        assert!(float::<f32>("nan", false).unwrap().is_nan());
        assert_eq!(float::<f32>("1e39", false), None);
    }
}
