//! Numbers as people read them.

use std::time::Duration;

/// Three digits and a unit: `1.25 ms`, `420 µs`, `2.50 s`.
pub(super) fn short(time: Duration) -> String {
    let nanos = time.as_nanos() as f64;
    let (value, unit) = match nanos {
        ..1e3 => (nanos, "ns"),
        ..1e6 => (nanos / 1e3, "µs"),
        ..1e9 => (nanos / 1e6, "ms"),
        _ => (nanos / 1e9, "s"),
    };
    format!("{} {unit}", three_digits(value))
}

/// The two largest units: `3 d 4 h`, `2 min 5 s`, `7 s`.
pub(super) fn long(time: Duration) -> String {
    let seconds = time.as_secs();
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86400);
    match () {
        () if days > 0 => format!("{days} d {} h", hours % 24),
        () if hours > 0 => format!("{hours} h {} min", minutes % 60),
        () if minutes > 0 => format!("{minutes} min {} s", seconds % 60),
        () => format!("{seconds} s"),
    }
}

/// How many in a second: `1250`, `3.33`, `0`.
pub(super) fn rate(count: u64, window: Duration) -> String {
    let seconds = window.as_secs_f64();
    if count == 0 || seconds == 0.0 { count.to_string() } else { three_digits(count as f64 / seconds) }
}

/// A part in hundredths: `2.50 %`.
pub(super) fn share(part: u64, whole: u64) -> String {
    if part == 0 { "0 %".into() } else { format!("{} %", three_digits(100.0 * part as f64 / whole as f64)) }
}

/// Powers of 1024: `512 B`, `1.50 KiB`.
pub(super) fn bytes(bytes: u64) -> String {
    let units = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let mut value = bytes as f64 / 1024.0;
    let mut at = 0;
    while value >= 999.5 && at + 1 < units.len() {
        (value, at) = (value / 1024.0, at + 1);
    }
    format!("{} {}", three_digits(value), units[at])
}

fn three_digits(value: f64) -> String {
    match value {
        ..9.995 if value.fract() != 0.0 => format!("{value:.2}"),
        ..99.95 if value.fract() != 0.0 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        for (nanos, expected) in [
            (0, "0 ns"),
            (999, "999 ns"),
            (1_000, "1 µs"),
            (1_250_000, "1.25 ms"),
            (12_345_000, "12.3 ms"),
            (420_400_000, "420 ms"),
            (61_000_000_000, "61 s"),
        ] {
            assert_eq!(short(Duration::from_nanos(nanos)), expected);
        }
        for (seconds, expected) in [(7, "7 s"), (125, "2 min 5 s"), (7260, "2 h 1 min"), (273_600, "3 d 4 h")]
        {
            assert_eq!(long(Duration::from_secs(seconds)), expected);
        }
        for (count, seconds, expected) in [(0, 9, "0"), (10, 3, "3.33"), (90_000, 60, "1500"), (7, 0, "7")] {
            assert_eq!(rate(count, Duration::from_secs(seconds)), expected);
        }
        for (part, whole, expected) in [(0, 0, "0 %"), (1, 40, "2.50 %"), (9, 9, "100 %")] {
            assert_eq!(share(part, whole), expected);
        }
        for (count, expected) in
            [(0, "0 B"), (1023, "1023 B"), (1536, "1.50 KiB"), (1 << 20, "1 MiB"), (u64::MAX, "16 EiB")]
        {
            assert_eq!(bytes(count), expected);
        }
    }
}
