//! The text that Prometheus scrapes: its text format, version 0.0.4.

use std::fmt::{self, Write as _};

use super::family::{Kind, Unit};
use super::snapshot::{MetricFamily, Sample, Value};

/// All families as text.
pub(super) fn text(families: &[MetricFamily]) -> String {
    let mut text = String::new();
    for family in families {
        // A String takes whatever it is given.
        let _ = write_family(&mut text, family);
    }
    text
}

fn write_family(out: &mut String, family: &MetricFamily) -> fmt::Result {
    let MetricFamily { name, help, kind, unit, samples } = family;
    let name = Name(name);
    writeln!(out, "# HELP {name} {}", Escaped { text: help, quotes: false })?;
    writeln!(out, "# TYPE {name} {kind}")?;
    // A code that no call has ended with, a cause that refused nobody: without them the text is a fifth as long. Whoever asks for them by
    // PromQL gets nothing, which `or vector(0)` makes a 0 of.
    let is_told =
        |sample: &&Sample| *kind != Kind::Counter || sample.value != Value::Counter(0) || !sample.is_detail;
    samples.iter().filter(is_told).try_for_each(|sample| write_sample(out, &name, *unit, sample))
}

fn write_sample(out: &mut String, name: &Name<'_>, unit: Unit, sample: &Sample) -> fmt::Result {
    let labels = &sample.labels;
    match &sample.value {
        Value::Counter(number) => {
            write_line(out, name, "", labels, None, Number { sign: "", number: *number, unit })
        }
        Value::Gauge(number) => {
            let sign = if *number < 0 { "-" } else { "" };
            write_line(out, name, "", labels, None, Number { sign, number: number.unsigned_abs(), unit })
        }
        Value::Histogram(histogram) => {
            let number = |number, unit| Number { sign: "", number, unit };
            let buckets: Vec<_> = histogram.cumulative().collect();
            // The last one has what is above it as well.
            for (highest, count) in &buckets[..buckets.len().saturating_sub(1)] {
                let le = number(*highest, unit).to_string();
                write_line(out, name, "_bucket", labels, Some(&le), number(*count, Unit::None))?;
            }
            let count = number(histogram.count(), Unit::None);
            write_line(out, name, "_bucket", labels, Some("+Inf"), &count)?;
            write_line(out, name, "_sum", labels, None, number(histogram.sum(), unit))?;
            write_line(out, name, "_count", labels, None, &count)
        }
    }
}

fn write_line(
    out: &mut String,
    name: &Name<'_>,
    suffix: &str,
    labels: &[(String, String)],
    le: Option<&str>,
    number: impl fmt::Display,
) -> fmt::Result {
    write!(out, "{name}{suffix}")?;
    let labels = labels.iter().map(|(label, value)| (label.as_str(), value.as_str()));
    let mut separator = '{';
    for (label, value) in labels.chain(le.map(|le| ("le", le))) {
        write!(out, "{separator}{}=\"{}\"", Name(label), Escaped { text: value, quotes: true })?;
        separator = ',';
    }
    let end = if separator == ',' { "} " } else { " " };
    writeln!(out, "{end}{number}")
}

/// A number in its base unit, exactly: a `f64` would not have all of its digits.
struct Number {
    sign: &'static str,
    number: u64,
    unit: Unit,
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { sign, number, unit } = self;
        let per_base = unit.per_base();
        write!(f, "{sign}{}", number / per_base)?;
        let (rest, digits) = (number % per_base, per_base.ilog10() as usize);
        if rest == 0 {
            return Ok(());
        }
        write!(f, ".{}", format!("{rest:0digits$}").trim_end_matches('0'))
    }
}

/// A name as Prometheus takes it: what else stands in it, as it may in a file of others, is an underscore.
struct Name<'a>(&'a str);

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, letter) in self.0.chars().enumerate() {
            let is_fit = letter == '_' || letter.is_ascii_alphabetic() || at > 0 && letter.is_ascii_digit();
            f.write_char(if is_fit { letter } else { '_' })?;
        }
        if self.0.is_empty() { f.write_char('_') } else { Ok(()) }
    }
}

/// A text with what would end it written otherwise.
struct Escaped<'a> {
    text: &'a str,
    quotes: bool,
}

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for letter in self.text.chars() {
            match letter {
                '\\' => f.write_str("\\\\")?,
                '\n' => f.write_str("\\n")?,
                '"' if self.quotes => f.write_str("\\\"")?,
                letter => f.write_char(letter)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_all_their_digits() {
        let seconds = |number| Number { sign: "", number, unit: Unit::Seconds }.to_string();
        assert_eq!(seconds(0), "0");
        assert_eq!(seconds(1_023), "0.000001023");
        assert_eq!(seconds(1_500_000_000), "1.5");
        assert_eq!(seconds(u64::MAX), "18446744073.709551615");
        assert_eq!(Number { sign: "-", number: 7, unit: Unit::None }.to_string(), "-7");
    }

    #[test]
    fn no_text_ends_its_line_or_its_quotes() {
        let sample = Sample {
            labels: vec![("a b".into(), "x\"y\\z\nu".into())],
            value: Value::Gauge(-3),
            is_detail: false,
        };
        let family = MetricFamily {
            name: "9 lives\n".into(),
            help: "says \"a\\b\"\nand more".into(),
            kind: Kind::Gauge,
            unit: Unit::None,
            samples: vec![sample],
        };
        let expected = "# HELP __lives_ says \"a\\\\b\"\\nand more\n\
            # TYPE __lives_ gauge\n\
            __lives_{a_b=\"x\\\"y\\\\z\\nu\"} -3\n";
        assert_eq!(text(&[family]), expected);
    }
}
