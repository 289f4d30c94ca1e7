//! What attributes hold, as simple types.
//!
//! The types of whole numbers take blanks around the digits, which the compiler refuses: XSD has no other way to give
//! a number its range.

use super::writer::Writer;
use crate::constraint;
use crate::limits::{HANDLERS_MAX, NAME_LEN_MAX, PACKAGE_DEPTH_MAX, PATH_LEN_MAX, TAG_MAX};
use crate::model::{Scalar, TAGS_OF_PROTOBUF};
use crate::parse::vocabulary::{Attr, Form, PRIORITIES, TIERS, words};

/// What may be the value of an attribute.
enum Simple {
    /// Text that matches, of at most so many characters.
    Text {
        pattern: String,
        max_len: Option<usize>,
    },
    Words(Vec<&'static str>),
    /// Digits that make a number of this type of XSD, in this range.
    Number {
        base: &'static str,
        pattern: &'static str,
        min: Option<u32>,
        max: Option<u32>,
    },

    /// Any of several.
    Union(Vec<Simple>),
    /// Several, with blanks between them.
    List(Box<Simple>),
}

const DIGITS: &str = "[0-9]+";
const SIGNED_DIGITS: &str = "-?[0-9]+";
/// As `check::bad_name` has it.
const NAME: &str = "_*[A-Za-z][A-Za-z0-9_]*";
/// A number of more than none.
const SOME: &str = "0*[1-9][0-9]*";
/// The same up to `limits::RATE_MAX`.
const RATE: &str = "0*([1-9][0-9]{0,8}|10{9})";

/// The name of the type of an attribute.
pub(super) fn type_name(attr: Attr) -> String {
    let what = match attr.form {
        Form::Name => "name",
        Form::Reference => "reference",
        Form::Type => "type",
        Form::Key => "key",
        Form::Package => "package",
        Form::Path => "path",
        Form::Text => "text",
        Form::Literal => "literal",
        Form::Flag | Form::Constraint(constraint::Form::Flag) => "flag",
        Form::Tag => "tag",
        Form::Positive => "positive-number",
        Form::MethodId => "method-id",
        Form::Number => "number",
        Form::Duration => "duration",
        Form::Priority => "priority",
        Form::Tier => "tier",
        Form::Rate => "rate",
        Form::Handlers => "handlers",
        Form::Retry => "retry",
        Form::Ranges => "list-of-ranges",
        Form::SignedRanges => "list-of-signed-ranges",
        Form::Names => "list-of-names",
        Form::JsonName => "json-name",
        Form::QueueName => "queue",
        // No two attributes of one name have different words.
        Form::OneOf(_) => attr.name,
        Form::Constraint(constraint::Form::Number) => "bound",
        Form::Constraint(constraint::Form::Count) => "count",
        Form::Editor => "word-for-editors",
    };
    // So that no element is called the same.
    format!("a-{what}")
}

/// The types of all attributes, each once.
pub(super) fn simple_types(writer: &mut Writer) {
    let mut written = Vec::new();
    for attr in words().flat_map(|word| word.attributes_in(None)).filter(|attr| attr.form != Form::Editor) {
        let name = type_name(attr);
        if !written.contains(&name) {
            write(Some(&name), &simple(attr.form), writer);
            written.push(name);
        }
    }
}

fn simple(form: Form) -> Simple {
    let text = |pattern: &str| Simple::Text { pattern: pattern.to_owned(), max_len: None };
    let name = |pattern: String| Simple::Text { pattern, max_len: Some(NAME_LEN_MAX) };
    let number = |base, pattern, min, max| Simple::Number { base, pattern, min, max };
    let scalars = |is_fit: fn(&Scalar) -> bool| {
        let fit = Scalar::ALL.iter().filter(|scalar| is_fit(scalar));
        Simple::Words(fit.map(|scalar| scalar.word).collect())
    };
    let reference = || text(&format!(r"{NAME}(\.{NAME})*"));
    match form {
        Form::Name => name(NAME.to_owned()),
        // As `parse::value` has it.
        Form::JsonName => name(r"[A-Za-z0-9_\-.$]+".to_owned()),
        // As `parse::queued` has it.
        Form::QueueName => name(r"[A-Za-z][A-Za-z0-9_\-.]*".to_owned()),
        Form::Reference => reference(),
        Form::Type => Simple::Union(vec![scalars(|_| true), reference()]),
        Form::Key => scalars(|scalar| scalar.is_key()),
        Form::Package => name(format!(r"{NAME}(\.{NAME}){{0,{}}}", PACKAGE_DEPTH_MAX - 1)),
        Form::Path => Simple::Text { pattern: r"[^/\\:][^\\:]*".to_owned(), max_len: Some(PATH_LEN_MAX) },
        Form::Text => text(r"[\s\S]*\S[\s\S]*"),
        Form::Literal | Form::Editor => text(r"[\s\S]*"),
        Form::Flag | Form::Constraint(constraint::Form::Flag) => Simple::Words(vec!["true", "false"]),
        Form::Tag => {
            let tags = |min, max| number("xs:unsignedInt", DIGITS, Some(min), Some(max));
            let (first, last) = (*TAGS_OF_PROTOBUF.start(), *TAGS_OF_PROTOBUF.end());
            Simple::Union(vec![tags(1, first - 1), tags(last + 1, TAG_MAX)])
        }
        Form::Positive => number("xs:unsignedInt", DIGITS, Some(1), None),
        Form::MethodId => number("xs:unsignedShort", DIGITS, Some(1), None),
        Form::Number => number("xs:int", SIGNED_DIGITS, None, None),
        Form::Duration => text(&format!("{SOME}(ms|s|min)")),
        Form::Priority => {
            let words = PRIORITIES.iter().map(|(word, _)| *word).collect();
            Simple::Union(vec![Simple::Words(words), number("xs:unsignedByte", DIGITS, None, None)])
        }
        Form::Tier => Simple::Words(TIERS.map(|(word, _)| word).to_vec()),
        // As `parse::protection` has it.
        Form::Rate => text(&format!("{RATE}/(s|min)( burst {RATE})?")),
        Form::Handlers => number("xs:unsignedInt", DIGITS, Some(1), Some(HANDLERS_MAX)),
        Form::Retry => {
            let times = text(&format!("after {SOME}(ms|s)"));
            Simple::Union(vec![Simple::Words(vec!["never", "elsewhere"]), times])
        }
        Form::Ranges => Simple::List(Box::new(text(&format!("{DIGITS}(-{DIGITS})?")))),
        Form::SignedRanges => Simple::List(Box::new(text(&format!("{SIGNED_DIGITS}(-{SIGNED_DIGITS})?")))),
        Form::Names => Simple::List(Box::new(name(NAME.to_owned()))),
        Form::OneOf(words) => Simple::Words(words.to_vec()),
        Form::Constraint(constraint::Form::Number) => text(r"-?[0-9]+(\.[0-9]+)?"),
        Form::Constraint(constraint::Form::Count) => number("xs:unsignedInt", DIGITS, None, None),
    }
}

fn write(name: Option<&str>, simple: &Simple, writer: &mut Writer) {
    let name: Vec<_> = name.map(|name| ("name", name)).into_iter().collect();
    writer.open("xs:simpleType", &name);
    let mut restrict = |base, facets: &[(&str, String)]| {
        writer.open("xs:restriction", &[("base", base)]);
        for (facet, value) in facets {
            writer.leaf(facet, &[("value", value)]);
        }
        writer.close("xs:restriction");
    };
    match simple {
        Simple::Text { pattern, max_len } => {
            let mut facets = vec![("xs:pattern", pattern.clone())];
            facets.extend(max_len.map(|max| ("xs:maxLength", max.to_string())));
            restrict("xs:string", &facets);
        }
        Simple::Words(words) => {
            let words: Vec<_> = words.iter().map(|word| ("xs:enumeration", (*word).to_owned())).collect();
            restrict("xs:string", &words);
        }
        Simple::Number { base, pattern, min, max } => {
            let mut facets = vec![("xs:pattern", (*pattern).to_owned())];
            facets.extend(min.map(|min| ("xs:minInclusive", min.to_string())));
            facets.extend(max.map(|max| ("xs:maxInclusive", max.to_string())));
            restrict(base, &facets);
        }

        Simple::Union(members) => {
            writer.open("xs:union", &[]);
            members.iter().for_each(|member| write(None, member, writer));
            writer.close("xs:union");
        }
        Simple::List(item) => {
            writer.open("xs:list", &[]);
            write(None, item, writer);
            writer.close("xs:list");
        }
    }
    writer.close("xs:simpleType");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_of_one_type_hold_the_same() {
        let attributes: Vec<_> = words().flat_map(|word| word.attributes_in(None)).collect();
        for attr in &attributes {
            for other in &attributes {
                let is_shared = type_name(*attr) == type_name(*other);
                let is_same = attr.form == other.form
                    || [attr.form, other.form]
                        .iter()
                        .all(|form| matches!(form, Form::Flag | Form::Constraint(constraint::Form::Flag)));
                assert_eq!(is_shared, is_same, "{} {}", attr.name, other.name);
            }
        }
    }
}
