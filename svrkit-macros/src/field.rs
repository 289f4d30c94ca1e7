//! What is written on a field of a message or a member of a oneof, not yet judged.

use proc_macro2::Span;
use syn::{Attribute, Ident, LitStr};

use crate::attribute::{self, Float, Judged, Number, Setting, Word, once};
use crate::faults::Faults;

/// The form of each word, for who wrote it differently.
const FORMS: &[(&str, &str)] = &[
    ("zigzag", "zigzag"),
    ("fixed", "fixed"),
    ("unpacked", "unpacked"),
    ("unknown", "unknown"),
    ("required", "required"),
    ("name", "name = \"guest_name\""),
    ("key", "key = zigzag"),
    ("value", "value = zigzag"),
    ("oneof", "oneof(7, 8)"),
    ("min", "min = 1"),
    ("max", "max = 1"),
    ("min_len", "min_len = 1"),
    ("max_len", "max_len = 200"),
    ("min_items", "min_items = 1"),
    ("max_items", "max_items = 500"),
    ("ensure", "ensure(\"even\", is_even)"),
    ("sensitive", "sensitive"),
];

/// The words of one field. Spans are those of the words.
#[derive(Default)]
pub(crate) struct FieldWords {
    pub(crate) tag: Option<Number>,
    pub(crate) zigzag: Option<Span>,
    pub(crate) fixed: Option<Span>,
    pub(crate) unpacked: Option<Span>,
    pub(crate) unknown: Option<Span>,
    /// `key = zigzag`: the word, and what it is set to.
    pub(crate) key: Option<(Span, Ident)>,
    pub(crate) value: Option<(Span, Ident)>,
    pub(crate) oneof: Option<(Span, Vec<Number>)>,
    pub(crate) sensitive: Option<Span>,
    pub(crate) name: Option<LitStr>,
    pub(crate) constraints: ConstraintWords,
    /// Part of the attribute could not be read: what seems to be missing may stand there.
    pub(crate) is_broken: bool,
}

/// The constraints of one field, each with the place of its word.
#[derive(Default)]
pub(crate) struct ConstraintWords {
    pub(crate) min: Option<(Span, Limit)>,
    pub(crate) max: Option<(Span, Limit)>,
    pub(crate) min_len: Option<(Span, Number)>,
    pub(crate) max_len: Option<(Span, Number)>,
    pub(crate) min_items: Option<(Span, Number)>,
    pub(crate) max_items: Option<(Span, Number)>,
    pub(crate) required: Option<Span>,
    /// As many as are written.
    pub(crate) ensure: Vec<(Span, Judged)>,
}

/// The number behind `min` or `max`.
#[derive(Clone, Copy)]
pub(crate) enum Limit {
    Integer(Number),
    Float(Float),
}

impl FieldWords {
    /// Reads the `#[tlv(…)]` of a field on which the words `known` have a meaning.
    pub(crate) fn read(attributes: &[Attribute], known: &[&str], faults: &mut Faults) -> Self {
        let mut words = Self::default();
        let Some(parsed) = attribute::words("tlv", attributes, faults) else {
            words.is_broken = true;
            return words;
        };
        for word in parsed {
            if let Some(word) = words.take(word, known, faults) {
                word.refuse(known, FORMS, faults);
                words.is_broken = true;
            }
        }
        words
    }

    /// Gives back what has no meaning here, or not in this form.
    fn take(&mut self, word: Word, known: &[&str], faults: &mut Faults) -> Option<Word> {
        let name = match &word {
            Word::Number(number) => {
                match self.tag {
                    Some(_) => faults.at(number.place, "a field has one tag"),
                    None => self.tag = Some(*number),
                }
                return None;
            }
            Word::Flag(name) | Word::Setting(name, _) | Word::Numbers(name, _) | Word::Judged(name, _) => {
                name.to_string()
            }
        };
        if !known.contains(&name.as_str()) {
            return Some(word);
        }
        let constraints = &mut self.constraints;
        match (name.as_str(), word) {
            ("zigzag", Word::Flag(word)) => once(&mut self.zigzag, &word, word.span(), faults),
            ("fixed", Word::Flag(word)) => once(&mut self.fixed, &word, word.span(), faults),
            ("unpacked", Word::Flag(word)) => once(&mut self.unpacked, &word, word.span(), faults),
            ("unknown", Word::Flag(word)) => once(&mut self.unknown, &word, word.span(), faults),
            ("required", Word::Flag(word)) => once(&mut constraints.required, &word, word.span(), faults),
            ("sensitive", Word::Flag(word)) => once(&mut self.sensitive, &word, word.span(), faults),
            ("name", Word::Setting(word, Setting::Text(name))) => once(&mut self.name, &word, name, faults),
            ("ensure", Word::Judged(word, judged)) => constraints.ensure.push((word.span(), judged)),
            ("key", Word::Setting(word, Setting::Word(to))) => {
                once(&mut self.key, &word, (word.span(), to), faults);
            }
            ("value", Word::Setting(word, Setting::Word(to))) => {
                once(&mut self.value, &word, (word.span(), to), faults);
            }
            ("oneof", Word::Numbers(word, tags)) => {
                once(&mut self.oneof, &word, (word.span(), tags), faults);
            }
            (name @ ("min" | "max"), Word::Setting(word, to)) => {
                let limit = match to {
                    Setting::Number(number) => Limit::Integer(number),
                    Setting::Float(float) => Limit::Float(float),
                    other => return Some(Word::Setting(word, other)),
                };
                let place = if name == "min" { &mut constraints.min } else { &mut constraints.max };
                once(place, &word, (word.span(), limit), faults);
            }
            (name, Word::Setting(word, Setting::Number(number))) => {
                let place = match name {
                    "min_len" => &mut constraints.min_len,
                    "max_len" => &mut constraints.max_len,
                    "min_items" => &mut constraints.min_items,
                    "max_items" => &mut constraints.max_items,
                    _ => return Some(Word::Setting(word, Setting::Number(number))),
                };
                once(place, &word, (word.span(), number), faults);
            }
            (_, other) => return Some(other),
        }
        None
    }
}

impl ConstraintWords {
    /// The places of all that are there but `required`.
    pub(crate) fn of_values(&self) -> impl Iterator<Item = Span> {
        let limits = [&self.min, &self.max].into_iter().flatten().map(|(place, _)| *place);
        let counts = [&self.min_len, &self.max_len, &self.min_items, &self.max_items];
        let counts = counts.into_iter().flatten().map(|(place, _)| *place);
        limits.chain(counts).chain(self.ensure.iter().map(|(place, _)| *place))
    }
}
