//! What may be set: a name, what it means, and which values it takes.

use std::fmt;
use std::ops::RangeInclusive;
use std::time::Duration;

use super::number::{Measure, NoNumber, Quantity};
use crate::rate::{NotARate, Rate};

/// Most bytes of a text or a secret.
pub const TEXT_LEN_MAX: usize = 4096;

/// A setting that may be given: its name, what it means, and which values it takes.
///
/// The runtime has its own; a program may add more, which are then read from the same places under the same rules:
///
/// ```
/// use svrkit_runtime::{Config, Key};
///
/// # fn main() -> Result<(), svrkit_runtime::ConfigError> {
/// let config = Config::builder()
///     .key(Key::text("stock.endpoint", "where the stock service listens"))
///     .set("stock.endpoint", "127.0.0.1:4311")
///     .environment()
///     .load()?;
/// assert_eq!(config.text("stock.endpoint"), Some("127.0.0.1:4311"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Key {
    name: &'static str,
    doc: &'static str,
    form: Form,
    default: Option<Value>,
}

/// Which values a key takes.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Form {
    Number(Measure, RangeInclusive<u64>),
    Flag,
    /// A rate, or `none`.
    Rate,
    /// One of these words.
    Choice(&'static [&'static str]),
    Text,
    Secret,
}

/// A value that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Number(u64),
    Flag(bool),
    Text(String),
    Secret(Secret),
}

/// A text that is never shown, whoever asks for it to be printed.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Secret(String);

/// A value as it was given, before it is known what it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Given {
    pub(super) text: String,
    /// A number or a truth value of a file, without quotes: it is no text.
    pub(super) bare: bool,
}

/// Why a value is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotTaken {
    /// A number is wanted, and it is none.
    NoNumber(NoNumber),
    /// The number is not within the key's range.
    OutOfRange,
    /// `true` or `false` is wanted.
    NoFlag,
    /// A rate or `none` is wanted.
    NoRate,
    /// It is none of the words that are wanted.
    NoChoice,
    /// A text is wanted, and it stands in a file without quotes.
    NoText,
    /// The text has more than [`TEXT_LEN_MAX`] bytes.
    TooLong,
}

impl Key {
    /// A number of bytes: `4MiB`, `64KiB`, `512B` or `512`.
    ///
    /// `name` is lower-case words with dots between them (`stock.cache_size`); `doc` says what it means.
    pub fn size(name: &'static str, doc: &'static str, range: RangeInclusive<u64>) -> Self {
        Self::new(name, doc, Form::Number(Measure::Size, range))
    }

    /// A number of things: `1024`.
    pub fn count(name: &'static str, doc: &'static str, range: RangeInclusive<u64>) -> Self {
        Self::new(name, doc, Form::Number(Measure::Count, range))
    }

    /// A time with its unit: `200ms`, `5s`, `10min`. A range that ends beyond 584 years ends there.
    pub fn duration(name: &'static str, doc: &'static str, range: RangeInclusive<Duration>) -> Self {
        let range = range.start().to_number()..=range.end().to_number();
        Self::new(name, doc, Form::Number(Measure::Time, range))
    }

    /// `true` or `false`.
    pub fn flag(name: &'static str, doc: &'static str) -> Self {
        Self::new(name, doc, Form::Flag)
    }

    /// How often something may happen, as [`Rate`] writes it, or `none`, which it is where nobody sets it.
    pub fn rate(name: &'static str, doc: &'static str) -> Self {
        Self::new(name, doc, Form::Rate).with_default(NO_RATE)
    }

    /// One of `words`.
    pub fn choice(name: &'static str, doc: &'static str, words: &'static [&'static str]) -> Self {
        Self::new(name, doc, Form::Choice(words))
    }

    /// A text of at most [`TEXT_LEN_MAX`] bytes.
    pub fn text(name: &'static str, doc: &'static str) -> Self {
        Self::new(name, doc, Form::Text)
    }

    /// A text that no error and no print-out of the configuration shows.
    pub fn secret(name: &'static str, doc: &'static str) -> Self {
        Self::new(name, doc, Form::Secret)
    }

    fn new(name: &'static str, doc: &'static str, form: Form) -> Self {
        Self { name, doc, form, default: None }
    }

    /// A limit of the runtime.
    pub(crate) fn limit<Q: Quantity>(
        name: &'static str,
        doc: &'static str,
        measure: Measure,
        range: &RangeInclusive<Q>,
        default: Q,
    ) -> Self {
        let range = range.start().to_number()..=range.end().to_number();
        let default = Some(Value::Number(default.to_number()));
        Self { default, ..Self::new(name, doc, Form::Number(measure, range)) }
    }

    pub(crate) fn with_default_flag(self, default: bool) -> Self {
        Self { default: Some(Value::Flag(default)), ..self }
    }

    /// A secret that nobody has to set.
    pub(crate) fn with_default_secret(self) -> Self {
        Self { default: Some(Value::Secret(Secret(String::new()))), ..self }
    }

    pub(crate) fn with_default(self, default: &str) -> Self {
        Self { default: Some(Value::Text(default.into())), ..self }
    }

    /// Its name: `message.in`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What it means.
    #[must_use]
    pub fn doc(&self) -> &'static str {
        self.doc
    }

    /// The values it takes, in words: `a size from 1KiB to 1GiB`.
    #[must_use]
    pub fn takes(&self) -> String {
        match &self.form {
            Form::Number(measure, range) => {
                let [from, to] = [range.start(), range.end()].map(|end| measure.show(*end));
                format!("a {} from {from} to {to}", measure.noun())
            }
            Form::Flag => "true or false".into(),
            Form::Rate => "a rate, or none".into(),
            Form::Choice(words) => one_of(words),
            Form::Text => format!("a text of at most {TEXT_LEN_MAX} bytes"),
            Form::Secret => format!("a text of at most {TEXT_LEN_MAX} bytes, never shown"),
        }
    }

    /// What holds where nobody sets it, as it is written; `None`: it must be set.
    #[must_use]
    pub fn default(&self) -> Option<String> {
        self.default.as_ref().map(|value| self.show(value))
    }

    /// The environment variable that sets it: `SVRKIT__MESSAGE__IN`.
    #[must_use]
    pub fn variable(&self) -> String {
        format!("{VARIABLE_PREFIX}{}", self.name.replace('.', "__").to_ascii_uppercase())
    }

    /// What its number measures; `None`: it takes none.
    pub(super) fn measure(&self) -> Option<Measure> {
        match &self.form {
            Form::Number(measure, _) => Some(*measure),
            Form::Flag | Form::Rate | Form::Choice(_) | Form::Text | Form::Secret => None,
        }
    }

    pub(super) fn default_value(&self) -> Option<&Value> {
        self.default.as_ref()
    }

    /// A value that it takes, to show how one is written.
    pub(super) fn example(&self) -> String {
        match (&self.default, &self.form) {
            (Some(value), _) => self.show(value),
            (None, Form::Number(measure, range)) => measure.show(*range.start()),
            (None, Form::Flag) => "true".into(),
            (None, Form::Rate) => "\"1000/s\"".into(),
            (None, Form::Choice(words)) => format!("{:?}", words.first().unwrap_or(&"")),
            (None, Form::Text | Form::Secret) => "\"some text\"".into(),
        }
    }

    /// Reads a value.
    pub(super) fn read(&self, given: &Given) -> Result<Value, NotTaken> {
        match &self.form {
            Form::Number(measure, range) => {
                let number = measure.read(&given.text).map_err(NotTaken::NoNumber)?;
                if range.contains(&number) { Ok(Value::Number(number)) } else { Err(NotTaken::OutOfRange) }
            }
            Form::Flag => given.text.parse().map(Value::Flag).map_err(|_| NotTaken::NoFlag),
            Form::Rate | Form::Choice(_) | Form::Text | Form::Secret if given.bare => Err(NotTaken::NoText),
            Form::Rate if given.text == NO_RATE => Ok(Value::Text(NO_RATE.into())),
            Form::Rate => {
                let rate: Rate = given.text.parse().map_err(|_| NotTaken::NoRate)?;
                Ok(Value::Text(rate.to_string()))
            }
            Form::Choice(words) if words.contains(&given.text.as_str()) => {
                Ok(Value::Text(given.text.clone()))
            }
            Form::Choice(_) => Err(NotTaken::NoChoice),
            Form::Text | Form::Secret if given.text.len() > TEXT_LEN_MAX => Err(NotTaken::TooLong),
            Form::Text => Ok(Value::Text(given.text.clone())),
            Form::Secret => Ok(Value::Secret(Secret(given.text.clone()))),
        }
    }

    /// A value of this key, as it is written.
    pub(super) fn show(&self, value: &Value) -> String {
        match (value, &self.form) {
            (Value::Number(number), Form::Number(measure, _)) => measure.show(*number),
            (Value::Number(number), _) => number.to_string(),
            (Value::Flag(flag), _) => flag.to_string(),
            (Value::Text(text), _) => format!("{text:?}"),
            // That there is none is no secret.
            (Value::Secret(secret), _) if secret.0.is_empty() => "\"\"".into(),
            (Value::Secret(secret), _) => format!("{secret:?}"),
        }
    }

    /// A number of this key, as it is written.
    pub(super) fn show_number(&self, number: u64) -> String {
        self.show(&Value::Number(number))
    }

    /// What was given, fit to be shown in an error.
    pub(super) fn show_given(&self, given: &Given) -> String {
        match self.form {
            Form::Secret => format!("{:?}", Secret(String::new())),
            _ if given.bare => given.text.clone(),
            _ => shortened(&given.text),
        }
    }

    /// Why a value is not taken, as the end of a sentence about it.
    pub(super) fn reason(&self, why: NotTaken) -> String {
        match (why, &self.form) {
            (NotTaken::NoNumber(why), Form::Number(measure, _)) => why.reason(*measure),
            (NotTaken::NoChoice, Form::Choice(words)) => format!("which is not {}", one_of(words)),
            (NotTaken::NoNumber(_) | NotTaken::NoFlag | NotTaken::NoChoice, _) => {
                "which is neither true nor false".into()
            }
            (NotTaken::NoRate, _) => format!("which is no rate: {NotARate}, or none"),
            (NotTaken::OutOfRange, _) => "which is out of range".into(),
            (NotTaken::NoText, _) => "which is a text only within quotes".into(),
            (NotTaken::TooLong, _) => format!("which has more than {TEXT_LEN_MAX} bytes"),
        }
    }

    /// Whether a variable can be derived from its name, and nobody else's name gives the same.
    pub(super) fn is_well_named(&self) -> bool {
        let is_word = |word: &str| {
            word.starts_with(|c: char| c.is_ascii_lowercase())
                && !word.ends_with('_')
                && !word.contains("__")
                && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        };
        self.name.split('.').all(is_word)
    }
}

/// `a`, `a or b`, `a, b or c`.
fn one_of(words: &[&str]) -> String {
    match words {
        [all @ .., before, last] => {
            all.iter().fold(String::new(), |text, word| format!("{text}{word}, "))
                + &format!("{before} or {last}")
        }
        words => words.concat(),
    }
}

/// The word for where there is no rate.
const NO_RATE: &str = "none";

/// What the names of variables begin with. See `environment` for the two underscores.
pub(super) const VARIABLE_PREFIX: &str = "SVRKIT__";

/// Most characters of a foreign text that an error repeats.
const SHOWN_MAX: usize = 64;

/// A foreign text within quotes, on one line, not too long to be read.
pub(super) fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN_MAX) {
        Some((end, _)) => format!("{:?} and more", &text[..end]),
        None => format!("{text:?}"),
    }
}

impl Secret {
    pub(super) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

impl Given {
    /// A text of which it is not known whether it is meant as one.
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), bare: false }
    }
}
