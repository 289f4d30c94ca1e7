//! Numbers as people read them. What is no number is a dash, wherever it came from.

/// A whole number with its thousands apart: `12,345`.
pub(crate) fn whole(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Short, for an axis: `250`, `1.5k`, `20k`, `3M`.
pub(crate) fn short(number: f64) -> String {
    let (number, unit) = match number.abs() {
        size if size >= 1e6 => (number / 1e6, "M"),
        size if size >= 1e3 => (number / 1e3, "k"),
        _ => (number, ""),
    };
    let rounded = (number * 100.0).round() / 100.0;
    format!("{rounded}{unit}")
}

/// So many of a hundred, never rounded to more than it is: 99.996 is `99.99 %`, and only all are `100 %`.
pub(crate) fn percent(share: Option<f64>) -> String {
    match share.filter(|share| share.is_finite()) {
        Some(share) if share >= 100.0 => "100 %".into(),
        Some(share) if share >= 99.0 => format!("{:.2} %", (share * 100.0).floor() / 100.0),
        Some(share) => format!("{:.1} %", (share * 10.0).floor() / 10.0),
        None => DASH.into(),
    }
}

/// A time: `0.42 ms`, `8.1 ms`, `812 ms`, `2.3 s`.
pub(crate) fn time(ms: Option<f64>) -> String {
    match ms.filter(|ms| ms.is_finite()) {
        Some(ms) if ms >= 1_000.0 => format!("{:.1} s", ms / 1e3),
        Some(ms) if ms >= 100.0 => format!("{ms:.0} ms"),
        Some(ms) if ms >= 1.0 => format!("{ms:.1} ms"),
        Some(ms) => format!("{ms:.2} ms"),
        None => DASH.into(),
    }
}

pub(crate) const DASH: &str = "–";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_none_is_better_than_it_is() {
        for (number, expected) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(whole(number), expected);
        }
        for (number, expected) in
            [(0.0, "0"), (0.25, "0.25"), (1_500.0, "1.5k"), (20_000.0, "20k"), (3e6, "3M")]
        {
            assert_eq!(short(number), expected);
        }
        for (share, expected) in
            [(Some(100.0), "100 %"), (Some(99.999), "99.99 %"), (Some(41.27), "41.2 %"), (Some(0.0), "0.0 %")]
        {
            assert_eq!(percent(share), expected);
        }
        for (ms, expected) in [
            (Some(0.421), "0.42 ms"),
            (Some(8.12), "8.1 ms"),
            (Some(812.3), "812 ms"),
            (Some(2_310.0), "2.3 s"),
        ] {
            assert_eq!(time(ms), expected);
        }
        for nothing in [None, Some(f64::NAN), Some(f64::INFINITY)] {
            assert_eq!((percent(nothing), time(nothing)), (DASH.into(), DASH.into()));
        }
    }
}
