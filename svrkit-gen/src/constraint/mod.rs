//! Constraints: what a value must be, said in the schema and checked by the server before the handler.
//!
//! One file a constraint, which holds all this crate knows of it: its word, the fields that can have it, and what it
//! becomes in generated code. A new one is such a file and a line in [`RULES`]: the vocabulary, the checks and the
//! schema for editors follow from the table. Nothing here reads XML or reports.

mod finite;
mod max;
mod max_items;
mod max_len;
mod min;
mod min_items;
mod min_len;
mod required;

use std::fmt;

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use crate::diagnostic::Span;

static RULES: &[Rule] = &[
    min::RULE,
    max::RULE,
    min_len::RULE,
    max_len::RULE,
    min_items::RULE,
    max_items::RULE,
    required::RULE,
    finite::RULE,
];

/// The word of the one that says something must be there, of which rules of oneofs and of recursion speak.
pub(crate) const REQUIRED: &str = required::RULE.word;

/// The word that says that a list or a map holds something.
pub(crate) const MIN_ITEMS: &str = min_items::RULE.word;

/// One kind of constraint.
#[derive(Debug)]
pub(crate) struct Rule {
    /// The attribute.
    pub(crate) word: &'static str,
    /// What it demands.
    pub(crate) doc: &'static str,
    pub(crate) form: Form,
    /// The elements it can stand on.
    pub(crate) places: &'static [Place],
    /// Whether what such a field holds can be held to it.
    pub(crate) suits: fn(&Subject) -> bool,
    /// What [`Self::suits`] looks for, in words: `numbers`.
    pub(crate) suited: &'static str,
    /// For a lower bound, the word of the upper one.
    pub(crate) upper: Option<&'static str>,
    /// Whether a default obeys it: what is demanded, and the number that the default is, or of a text its bytes.
    pub(crate) admits: fn(Operand, Operand) -> bool,
    /// What it demands of this field, for the docs of generated code: `at most 9`.
    pub(crate) words: fn(Operand, &Subject) -> String,
    /// The words of `#[tlv(…)]` it becomes.
    pub(crate) tokens: fn(Operand) -> TokenStream,
}

/// What the attribute holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// A whole number or one with a fraction.
    Number,
    /// A `u32`.
    Count,
    /// `true`, or `false` for none.
    Flag,
}

/// An element with constraints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Field,
    Map,
    Oneof,
}

/// What a constraint is about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject {
    pub(crate) place: Place,
    pub(crate) holds: Holds,
    pub(crate) is_repeated: bool,
    pub(crate) is_optional: bool,
    pub(crate) is_member: bool,
}

impl Subject {
    /// Says of what is demanded of each value that it is, where there may be several.
    fn per_value(&self, words: String) -> String {
        if self.is_repeated { format!("{words} each") } else { words }
    }

    /// What one of many is called.
    fn entry(&self) -> &'static str {
        match self.place {
            Place::Map => "entry",
            Place::Field | Place::Oneof => "item",
        }
    }
}

/// What kind of values a field holds, each by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holds {
    /// Whole numbers in this range.
    Integers {
        min: i128,
        max: i128,
    },
    Floats {
        /// Those of `f32`, and no larger ones.
        is_single: bool,
    },
    Flags,
    /// Text or bytes.
    Text,
    Enum,
    Message,
    /// A choice.
    Members,
}

/// What a constraint demands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Operand {
    Integer(i128),
    Float(f64),
    Count(u32),
    Flag,
}

/// A constraint of one field.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Constraint {
    pub(crate) rule: &'static Rule,
    pub(crate) operand: Operand,
    /// The attribute.
    pub(crate) span: Span,
}

/// The constraints an element may have.
pub(crate) fn rules_of(place: Place) -> impl Iterator<Item = &'static Rule> {
    RULES.iter().filter(move |rule| rule.places.contains(&place))
}

/// Whether a number is one of `f32`, or of `f64`, and not infinite there.
pub(crate) fn is_within(number: f64, is_single: bool) -> bool {
    match is_single {
        true => (number as f32).is_finite(),
        false => number.is_finite(),
    }
}

impl fmt::Display for Operand {
    /// As a schema writes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(value) => value.fmt(f),
            Self::Float(value) => value.fmt(f),
            Self::Count(value) => value.fmt(f),
            Self::Flag => f.write_str("true"),
        }
    }
}

impl Operand {
    /// As a number to compare with others of its kind.
    pub(crate) fn as_float(self) -> f64 {
        match self {
            Self::Integer(value) => value as f64,
            Self::Float(value) => value,
            Self::Count(value) => value.into(),
            Self::Flag => 1.0,
        }
    }

    /// Whether it is above another one.
    pub(crate) fn exceeds(self, other: Self) -> bool {
        match (self, other) {
            (Self::Integer(a), Self::Integer(b)) => a > b,
            (a, b) => a.as_float() > b.as_float(),
        }
    }

    /// For people: a very large number not in all its digits.
    fn shown(self) -> String {
        match self {
            Self::Float(value) => format!("{value:?}"),
            other => other.to_string(),
        }
    }

    /// So many of what `noun` names one of.
    fn counted(self, noun: &str) -> String {
        let plural = match (self, noun.strip_suffix('y')) {
            (Self::Count(1), _) => return format!("1 {noun}"),
            (_, Some(stem)) => format!("{stem}ies"),
            _ => format!("{noun}s"),
        };
        format!("{self} {plural}")
    }

    /// As a literal of Rust.
    fn literal(self) -> TokenStream {
        match self {
            Self::Integer(value) => {
                let digits = Literal::u128_unsuffixed(value.unsigned_abs());
                let sign = (value < 0).then(|| quote!(-));
                quote!(#sign #digits)
            }
            Self::Float(value) => {
                let digits = Literal::f64_unsuffixed(value.abs());
                let sign = value.is_sign_negative().then(|| quote!(-));
                quote!(#sign #digits)
            }
            Self::Count(value) => {
                let digits = Literal::u32_unsuffixed(value);
                quote!(#digits)
            }
            Self::Flag => quote!(true),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_a_word_and_a_place_of_its_own() {
        for rule in RULES {
            assert_eq!(RULES.iter().filter(|other| other.word == rule.word).count(), 1, "{}", rule.word);
            assert!(!rule.places.is_empty(), "{}", rule.word);
            assert!(
                rule.upper.is_none_or(|upper| RULES.iter().any(|other| other.word == upper)),
                "{}",
                rule.word
            );
        }
    }

    #[test]
    fn operands_compare_exactly_where_they_are_whole() {
        let large = i128::from(u64::MAX);
        assert!(Operand::Integer(large).exceeds(Operand::Integer(large - 1)));
        assert!(Operand::Float(0.5).exceeds(Operand::Integer(0)));
        assert!(!Operand::Count(3).exceeds(Operand::Count(3)));
    }

    #[test]
    fn what_is_demanded_is_said_in_words() {
        let one = Subject {
            place: Place::Field,
            holds: Holds::Text,
            is_repeated: false,
            is_optional: false,
            is_member: false,
        };
        let list = Subject { is_repeated: true, ..one };
        let map = Subject { place: Place::Map, ..one };
        for (word, operand, subject, expected) in [
            ("min", Operand::Integer(-5), one, "at least -5"),
            ("max", Operand::Float(1e300), one, "at most 1e300"),
            ("max", Operand::Integer(9), list, "at most 9 each"),
            ("min-len", Operand::Count(1), one, "at least 1 byte"),
            ("max-len", Operand::Count(200), list, "at most 200 bytes each"),
            ("min-items", Operand::Count(2), list, "at least 2 items"),
            ("max-items", Operand::Count(1), map, "at most 1 entry"),
            ("max-items", Operand::Count(0), map, "at most 0 entries"),
            ("required", Operand::Flag, list, "required"),
            ("finite", Operand::Flag, list, "finite each"),
        ] {
            let rule = RULES.iter().find(|rule| rule.word == word).unwrap();
            assert_eq!((rule.words)(operand, &subject), expected);
        }
    }

    #[test]
    fn the_table_for_users_is_the_one_here() {
        let row = |rule: &Rule| format!("| `{}` | {} | {} |\n", rule.word, rule.suited, rule.doc);
        let table: String = RULES.iter().map(row).collect();
        assert!(include_str!("../../DIALECT.md").contains(&table), "docs/schema.md should hold:\n{table}");
    }
}
