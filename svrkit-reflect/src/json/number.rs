//! Numbers of JSON as whole numbers, exactly: `1e3` and `10.0` are whole, `0.1` is not.

/// More digits than any integer has; a longer number is out of range, or was written with more zeros than anybody needs.
const DIGITS_MAX: usize = 40;

/// The whole number a text of JSON's form stands for; `None` if it is none or beyond any integer of ours.
pub(super) fn whole(text: &str) -> Option<i128> {
    let (is_negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let (digits, exponent) = match digits.split_once(['e', 'E']) {
        Some((digits, exponent)) => (digits, exponent.parse::<i32>().ok()?),
        None => (digits, 0),
    };
    let (before, behind) = digits.split_once('.').unwrap_or((digits, ""));
    let behind = behind.trim_end_matches('0');
    // The digits without a point, and how many zeros follow them.
    let mut all = format!("{before}{behind}");
    let zeros = exponent.checked_sub(i32::try_from(behind.len()).ok()?)?;
    if all.bytes().all(|digit| digit == b'0') {
        return Some(0);
    }
    match usize::try_from(zeros) {
        Ok(zeros) if zeros <= DIGITS_MAX => all.extend(std::iter::repeat_n('0', zeros)),
        Ok(_) => return None,
        Err(_) => {
            let cut = all.len().checked_sub(usize::try_from(zeros.unsigned_abs()).ok()?)?;
            if all[cut..].bytes().any(|digit| digit != b'0') {
                return None;
            }
            all.truncate(cut);
        }
    }
    let digits = all.trim_start_matches('0');
    if DIGITS_MAX < digits.len() {
        return None;
    }
    let number: i128 = if digits.is_empty() { 0 } else { digits.parse().ok()? };
    Some(if is_negative { -number } else { number })
}

/// Whether a text has the form of a number of JSON.
pub(super) fn is_number(text: &str) -> bool {
    let mut rest = text.strip_prefix('-').unwrap_or(text);
    let digits = |rest: &mut &str| {
        let end = rest.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(rest.len());
        let (digits, behind) = rest.split_at(end);
        *rest = behind;
        digits.len()
    };
    let first = rest.as_bytes().first().copied();
    let before = digits(&mut rest);
    if before == 0 || (first == Some(b'0') && before > 1) {
        return false;
    }
    if let Some(behind) = rest.strip_prefix('.') {
        rest = behind;
        if digits(&mut rest) == 0 {
            return false;
        }
    }
    if let Some(behind) = rest.strip_prefix(['e', 'E']) {
        rest = behind.strip_prefix(['+', '-']).unwrap_or(behind);
        if digits(&mut rest) == 0 {
            return false;
        }
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_are_exact_in_every_form() {
        for (text, expected) in [
            ("0", Some(0)),
            ("-0", Some(0)),
            ("0.0e99999", Some(0)),
            ("18446744073709551615", Some(u64::MAX.into())),
            ("1.8446744073709551615e19", Some(u64::MAX.into())),
            ("-9223372036854775808", Some(i64::MIN.into())),
            ("1e3", Some(1000)),
            ("1E+3", Some(1000)),
            ("1000e-3", Some(1)),
            ("1001e-3", None),
            ("10.0", Some(10)),
            ("10.50e1", Some(105)),
            ("0.1", None),
            ("1e-1", None),
            ("1e40", None),
            ("1e2147483648", None),
            ("1e-2147483648", None),
            ("1.5e-2147483648", None),
            ("9999999999999999999999999999999999999999", None),
        ] {
            assert_eq!(whole(text), expected, "{text}");
        }
    }

    #[test]
    fn the_form_of_a_number_is_that_of_json() {
        for text in ["0", "-0", "10", "1.5", "1e5", "1E-05", "-1.0e+1"] {
            assert!(is_number(text), "{text}");
        }
        for text in
            ["", "-", "+1", "01", "-01", "1.", ".5", "1e", "1e+", " 1", "1 ", "0x1", "1_0", "NaN", "١"]
        {
            assert!(!is_number(text), "{text}");
        }
    }
}
