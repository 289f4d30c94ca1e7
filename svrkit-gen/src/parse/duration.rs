//! Times: how long a call may take, and when to try again.
//!
//! As `value`: each function reads one attribute, and `None` means that it could not be read and that this was
//! reported. Who writes another unit is told what it is in ours.

use std::rc::Rc;

use super::Context;
use super::attributes::Attribute;
use crate::limits::TIMEOUT_MS_MAX;

/// What an answer carries: milliseconds in 32 bits.
const RETRY_MS_MAX: u64 = u32::MAX as u64;

const TIMEOUT_UNITS: &[&str] = &["ms", "s", "min"];
const RETRY_UNITS: &[&str] = &["ms", "s"];

/// Units that are not ours, and what they are in one that is.
const OTHER_UNITS: [(&[&str], u64, &str); 7] = [
    (&["msec", "msecs", "millis", "milliseconds"], 1, "ms"),
    (&["sec", "secs", "second", "seconds"], 1, "s"),
    (&["m", "mins", "minute", "minutes"], 1, "min"),
    // Where minutes are too long a unit.
    (&["m", "min", "mins", "minute", "minutes"], 60, "s"),
    (&["h", "hr", "hour", "hours"], 60, "min"),
    (&["h", "hr", "hour", "hours"], 3_600, "s"),
    (&["d", "day", "days"], 1_440, "min"),
];

/// `300ms`, `5s` or `2min`, in milliseconds.
pub(super) fn duration_ms(attribute: &Attribute<'_>, context: &mut Context<'_>) -> Option<u64> {
    let value = &*attribute.value;
    let ms = read(value, TIMEOUT_UNITS, TIMEOUT_MS_MAX);
    if ms.is_none() {
        let expected = "a time of 1ms to one day (TIMEOUT_MS_MAX), such as `300ms`, `5s` or `2min`";
        let meant = meant(value, TIMEOUT_UNITS, TIMEOUT_MS_MAX).map(|meant| format!("write `{meant}`"));
        context.bad_value_with(attribute.value_span, value, expected, meant);
    }
    ms
}

/// `never`, `elsewhere` or `after 20ms`.
pub(super) fn retry(attribute: &Attribute<'_>, context: &mut Context<'_>) -> Option<Rc<str>> {
    let value = &*attribute.value;
    let is_sound = match value.strip_prefix("after ") {
        None => matches!(value, "never" | "elsewhere"),
        Some(wait) => read(wait, RETRY_UNITS, RETRY_MS_MAX).is_some(),
    };
    if !is_sound {
        let expected = "`never`, `elsewhere` or a time such as `after 20ms` or `after 2s`";
        let wait = value.strip_prefix("after").unwrap_or(value).trim();
        let is_time = read(wait, RETRY_UNITS, RETRY_MS_MAX).map(|_| wait.to_owned());
        let meant = is_time.or_else(|| meant(wait, RETRY_UNITS, RETRY_MS_MAX));
        let meant = meant.map(|meant| format!("write `after {meant}`"));
        context.bad_value_with(attribute.value_span, value, expected, meant);
    }
    is_sound.then(|| context.shared.names.intern(value))
}

/// A number of at most `max_ms` milliseconds, and more than none, in one of the units.
fn read(text: &str, units: &[&str], max_ms: u64) -> Option<u64> {
    let (digits, unit) = split(text);
    let unit_ms: u64 = match *units.iter().find(|known| **known == unit)? {
        "ms" => 1,
        "s" => 1_000,
        _ => 60_000,
    };
    let ms = digits.parse::<u64>().ok()?.checked_mul(unit_ms)?;
    (1..=max_ms).contains(&ms).then_some(ms)
}

/// The same time as it is written here, where there is such a thing: `60min` for `1h`.
fn meant(text: &str, units: &[&str], max_ms: u64) -> Option<String> {
    let (digits, unit) = split(text.trim());
    let (count, unit) = (digits.parse::<u64>().ok()?, unit.trim().to_ascii_lowercase());
    let ours = units.contains(&&*unit).then(|| format!("{count}{unit}"));
    let others = OTHER_UNITS.iter().filter(|(others, ..)| others.contains(&&*unit));
    let others = others.filter_map(|(_, times, ours)| Some(format!("{}{ours}", count.checked_mul(*times)?)));
    ours.into_iter().chain(others).find(|time| read(time, units, max_ms).is_some())
}

/// The digits in front, and the rest.
fn split(text: &str) -> (&str, &str) {
    text.split_at(text.find(|it: char| !it.is_ascii_digit()).unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_has_a_unit_and_ends_at_one_day() {
        for (text, expected) in [
            ("300ms", Some(300)),
            ("5s", Some(5_000)),
            ("2min", Some(120_000)),
            ("86400s", Some(TIMEOUT_MS_MAX)),
            ("86400001ms", None),
            ("0ms", None),
            ("5", None),
            ("s", None),
            ("-5s", None),
            ("5 s", None),
            ("18446744073709551615min", None),
        ] {
            assert_eq!(read(text, TIMEOUT_UNITS, TIMEOUT_MS_MAX), expected, "{text}");
        }
    }

    #[test]
    fn a_time_in_another_unit_is_said_in_ours() {
        for (text, timeout, wait) in [
            ("1h", Some("60min"), Some("3600s")),
            ("24 hours", Some("1440min"), Some("86400s")),
            ("1d", Some("1440min"), None),
            ("2d", None, None),
            ("5m", Some("5min"), Some("300s")),
            ("2min", Some("2min"), Some("120s")),
            ("5 s", Some("5s"), Some("5s")),
            ("20 MS", Some("20ms"), Some("20ms")),
            ("3sec", Some("3s"), Some("3s")),
            ("5", None, None),
            ("0h", None, None),
            ("18446744073709551615h", None, None),
            ("soon", None, None),
        ] {
            assert_eq!(meant(text, TIMEOUT_UNITS, TIMEOUT_MS_MAX).as_deref(), timeout, "{text}");
            assert_eq!(meant(text, RETRY_UNITS, RETRY_MS_MAX).as_deref(), wait, "{text}");
        }
    }
}
