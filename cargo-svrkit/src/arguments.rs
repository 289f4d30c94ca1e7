//! Texts of the command line that are more than texts.

use std::time::Duration;

use svrkit_runtime::{Config, Key, Priority};

const HOUR: Duration = Duration::from_secs(60 * 60);

/// The classes of a schema, by their words.
const CLASSES: [(&str, Priority); 4] = [
    ("core", Priority::CORE),
    ("important", Priority::IMPORTANT),
    ("normal", Priority::NORMAL),
    ("lossy", Priority::LOSSY),
];

/// `300ms`, `5s` or `2min`, as configurations write it; at most an hour.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    const KEY: &str = "call.deadline";
    let key = Key::duration(KEY, "the time for the call.", Duration::from_millis(1)..=HOUR);
    let read = Config::builder().key(key).set(KEY, text).load().ok();
    let read = read.and_then(|config| config.duration(KEY));
    read.ok_or_else(|| "a time from 1ms to 1h is wanted, such as `300ms`, `5s` or `2min`".into())
}

/// `key=value`.
pub(crate) fn entry(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.into(), value.into())),
        _ => Err("a key and a value are wanted, as in `tenant=blue`".into()),
    }
}

/// The words that there are for classes.
pub(crate) fn classes() -> impl Iterator<Item = &'static str> {
    CLASSES.iter().map(|(word, _)| *word)
}

/// The word of a class, or its number.
pub(crate) fn priority(text: &str) -> Result<Priority, String> {
    let named = CLASSES.iter().find(|(word, _)| *word == text).map(|(_, priority)| *priority);
    let numbered = || text.parse().ok().map(Priority::of_class);
    named.or_else(numbered).ok_or_else(|| {
        "a class is wanted: `core`, `important`, `normal`, `lossy`, or a number from 0 to 255".into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_entries_and_classes_are_read_as_schemas_and_configurations_write_them() {
        for (text, expected) in [
            ("300ms", Some(Duration::from_millis(300))),
            ("2min", Some(Duration::from_secs(120))),
            ("1h", Some(HOUR)),
            ("61min", None),
            ("0ms", None),
            ("5", None),
            ("soon", None),
        ] {
            assert_eq!(duration(text).ok(), expected, "{text}");
        }
        assert_eq!(entry("a=b=c"), Ok(("a".into(), "b=c".into())));
        assert!(entry("=b").is_err() && entry("ab").is_err());
        assert_eq!(priority("lossy"), Ok(Priority::LOSSY));
        assert_eq!(priority("7"), Ok(Priority::of_class(7)));
        assert!(priority("256").is_err() && priority("vip").is_err());
    }
}
