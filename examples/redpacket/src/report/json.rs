//! A night as JSON, for whoever wants to draw it otherwise.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::latencies::Latencies;
use super::model::{Calls, Night, Outcome, Run, Second};

/// A value, on its way into text.
#[derive(Clone, Debug, PartialEq)]
enum Value {
    Null,
    Bool(bool),
    Number(f64),
    Whole(u64),
    Text(String),
    List(Vec<Self>),
    Object(Vec<(&'static str, Self)>),
    /// By names that are known only now.
    Named(Vec<(String, Self)>),
}

pub(crate) fn json(night: &Night) -> String {
    let mut text = String::new();
    of_night(night).write(&mut text);
    text.push('\n');
    text
}

fn of_night(night: &Night) -> Value {
    let setting = &night.setting;
    let parts = setting.parts.iter().map(|part| {
        Value::Object(vec![
            ("name", Value::Text(part.name.into())),
            ("from_s", Value::Number(part.from)),
            ("to_s", Value::Number(part.to)),
        ])
    });
    Value::Object(vec![
        ("seed", Value::Whole(setting.seed)),
        ("users", Value::Whole(setting.users)),
        ("capacity_per_s", Value::Number(setting.capacity)),
        ("peak", Value::Number(setting.peak)),
        ("wild", Value::Whole(setting.wild)),
        ("connections", Value::Whole(setting.connections as u64)),
        ("cores", Value::Whole(setting.cores as u64)),
        ("parts", Value::List(parts.collect())),
        ("runs", Value::List(night.runs.iter().map(of_run).collect())),
    ])
}

fn of_run(run: &Run) -> Value {
    let sums = run.books.sums.iter().map(|sum| {
        Value::Object(vec![
            ("what", Value::Text(sum.what.into())),
            ("count", Value::Whole(sum.count)),
            ("fen", Value::Whole(sum.fen)),
        ])
    });
    let books = Value::Object(vec![
        ("is_exact", Value::Bool(run.books.are_exact())),
        ("sums", Value::List(sums.collect())),
        ("faults", Value::List(run.books.faults.iter().cloned().map(Value::Text).collect())),
    ]);
    Value::Object(vec![
        ("is_protected", Value::Bool(run.is_protected)),
        ("books", books),
        ("seconds", Value::List(run.seconds.iter().map(of_second).collect())),
    ])
}

fn of_second(second: &Second) -> Value {
    let calls = second.calls.iter().map(|(ask, calls)| (ask.word().to_owned(), of_calls(calls)));
    let services = second.services.iter().map(|(service, reading)| {
        let reading = Value::Object(vec![
            ("load", Value::Whole(reading.load.into())),
            ("level", reading.level.map_or(Value::Null, |level| Value::Whole(level.into()))),
            ("refused", of_counts(&reading.refused)),
            ("degraded", Value::Whole(reading.degraded)),
            ("jobs", Value::Whole(reading.jobs)),
            ("blocked", Value::Whole(reading.blocked)),
            ("cores", Value::Number(reading.cores)),
        ]);
        (service.name().to_owned(), reading)
    });
    Value::Object(vec![
        ("calls", Value::Named(calls.collect())),
        ("made_late_ms", percentiles(&second.made_late)),
        ("services", Value::Named(services.collect())),
    ])
}

fn of_calls(calls: &Calls) -> Value {
    let outcomes =
        Outcome::ALL.iter().map(|outcome| (outcome.word().to_owned(), Value::Whole(calls.of(*outcome))));
    Value::Object(vec![("outcomes", Value::Named(outcomes.collect())), ("took_ms", percentiles(&calls.took))])
}

fn of_counts(counts: &BTreeMap<String, u64>) -> Value {
    Value::Named(counts.iter().map(|(name, count)| (name.clone(), Value::Whole(*count))).collect())
}

fn percentiles(times: &Latencies) -> Value {
    let names = [("p50", 500), ("p99", 990), ("p999", 999)];
    Value::Object(names.map(|(name, of)| (name, times.ms(of).map_or(Value::Null, Value::Number))).into())
}

impl Value {
    fn write(&self, text: &mut String) {
        // Writing to a string cannot fail.
        let _ = match self {
            Self::Null => write!(text, "null"),
            Self::Bool(value) => write!(text, "{value}"),
            // JSON has no word for what is no number.
            Self::Number(number) if !number.is_finite() => write!(text, "null"),
            Self::Number(number) => write!(text, "{number}"),
            Self::Whole(number) => write!(text, "{number}"),
            Self::Text(words) => {
                quoted(text, words);
                Ok(())
            }
            Self::List(values) => {
                text.push('[');
                for (number, value) in values.iter().enumerate() {
                    text.push_str(if number == 0 { "" } else { "," });
                    value.write(text);
                }
                text.push(']');
                Ok(())
            }
            Self::Object(members) => {
                object(text, members.iter().map(|(name, value)| (*name, value)));
                Ok(())
            }
            Self::Named(members) => {
                object(text, members.iter().map(|(name, value)| (name.as_str(), value)));
                Ok(())
            }
        };
    }
}

fn object<'a>(text: &mut String, members: impl Iterator<Item = (&'a str, &'a Value)>) {
    text.push('{');
    for (number, (name, value)) in members.enumerate() {
        text.push_str(if number == 0 { "" } else { "," });
        quoted(text, name);
        text.push(':');
        value.write(text);
    }
    text.push('}');
}

fn quoted(text: &mut String, words: &str) {
    text.push('"');
    for char in words.chars() {
        match char {
            '"' | '\\' => text.extend(['\\', char]),
            char if char.is_control() => {
                // Writing to a string cannot fail.
                let _ = write!(text, "\\u{:04x}", u32::from(char));
            }
            char => text.push(char),
        }
    }
    text.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_quoted_and_what_is_no_number_is_null() {
        let value = Value::Object(vec![
            ("a", Value::Text("\"\\\n é".into())),
            ("b", Value::List(vec![Value::Number(f64::NAN), Value::Number(1.5), Value::Bool(true)])),
            ("c", Value::Named(vec![("x\"".into(), Value::Whole(u64::MAX)), ("y".into(), Value::Null)])),
        ]);
        let mut text = String::new();
        value.write(&mut text);
        let expected =
            r#"{"a":"\"\\\u000a é","b":[null,1.5,true],"c":{"x\"":18446744073709551615,"y":null}}"#;
        assert_eq!(text, expected);
    }
}
