//! The values attributes may have: numbers, flags, priorities, lists. Times have a file of their own.
//!
//! Each function reads one attribute. `None` means it could not be read, and that this was reported.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::rc::Rc;
use std::str::FromStr;

use super::attributes::Attribute;
use super::element::Element;
use super::vocabulary::PRIORITIES;
use super::{Context, nearest};
use crate::constraint::Operand;
use crate::diagnostic::{Code, Diagnostic, Span, Spanned, quoted};
use crate::limits::{NAME_LEN_MAX, PACKAGE_DEPTH_MAX, RESERVED_MAX, TAG_MAX};

/// A text as it is.
pub(super) fn text(attribute: &Attribute<'_>, context: &mut Context<'_>) -> Spanned<Rc<str>> {
    Spanned { value: context.shared.names.intern(&attribute.value), span: attribute.value_span }
}

/// The name of an element. How long it is is judged here, before it is used in many places; `check` judges the rest.
pub(super) fn name(element: &Element<'_>, context: &mut Context<'_>) -> Option<Spanned<Rc<str>>> {
    let attribute = element.required("name", context)?;
    is_short("name", attribute, context).then(|| text(attribute, context))
}

/// What a field is called in JSON.
pub(super) fn json_name(attribute: &Attribute<'_>, context: &mut Context<'_>) -> Option<Spanned<Rc<str>>> {
    if !is_short("name in JSON", attribute, context) {
        return None;
    }
    let is_sound = |letter: u8| letter.is_ascii_alphanumeric() || b"_-.$".contains(&letter);
    if attribute.value.is_empty() || !attribute.value.bytes().all(is_sound) {
        let message = format!("{} is no name in JSON", quoted(&attribute.value));
        let help = "such a name has ASCII letters, digits and `_-.$`";
        context.push(Diagnostic::new(Code::BAD_NAME, attribute.value_span, message).help(help));
        return None;
    }
    Some(text(attribute, context))
}

/// The package of a file, of bounded length and depth.
pub(super) fn package(attribute: &Attribute<'_>, context: &mut Context<'_>) -> Option<Spanned<Rc<str>>> {
    if !is_short("package", attribute, context) {
        return None;
    }
    if PACKAGE_DEPTH_MAX < attribute.value.split('.').count() {
        let package = quoted(&attribute.value);
        let message =
            format!("the package {package} has more than {PACKAGE_DEPTH_MAX} segments (PACKAGE_DEPTH_MAX)");
        context.push(Diagnostic::new(Code::BAD_NAME, attribute.value_span, message));
        return None;
    }
    Some(text(attribute, context))
}

pub(super) fn is_short(what: &str, attribute: &Attribute<'_>, context: &mut Context<'_>) -> bool {
    let is_short = attribute.value.chars().take(NAME_LEN_MAX + 1).count() <= NAME_LEN_MAX;
    if !is_short {
        let name = quoted(&attribute.value);
        let message = format!("the {what} {name} has more than {NAME_LEN_MAX} characters (NAME_LEN_MAX)");
        context.push(Diagnostic::new(Code::BAD_NAME, attribute.value_span, message));
    }
    is_short
}

/// A whole number in a range. The span is the whole attribute, as it is what a caret shall show.
pub(super) fn number<T>(
    attribute: &Attribute<'_>,
    range: RangeInclusive<T>,
    context: &mut Context<'_>,
) -> Option<Spanned<T>>
where
    T: FromStr + PartialOrd + Display,
{
    let is_plain = attribute.value.trim_start_matches('-').chars().all(|it| it.is_ascii_digit());
    match attribute.value.parse::<T>() {
        Ok(value) if is_plain && range.contains(&value) => Some(Spanned { value, span: attribute.span }),
        _ => {
            let expected = format!("a whole number from {} to {}", range.start(), range.end());
            context.bad_value(attribute.value_span, &attribute.value, &expected);
            None
        }
    }
}

/// A whole number or one with a fraction, as constraints compare with.
pub(super) fn any_number(attribute: &Attribute<'_>, context: &mut Context<'_>) -> Option<Operand> {
    let operand = read_number(&attribute.value);
    if operand.is_none() {
        context.bad_value(attribute.value_span, &attribute.value, "a number, such as `10`, `-5` or `0.5`");
    }
    operand
}

/// Digits with at most one sign before and one point between them.
fn read_number(text: &str) -> Option<Operand> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_plain = |digits: &str| !digits.is_empty() && digits.bytes().all(|it| it.is_ascii_digit());
    match digits.split_once('.') {
        // What is too large for any integer is a number all the same, and its type says what is wrong with it.
        None if is_plain(digits) => match text.parse() {
            Ok(whole) => Some(Operand::Integer(whole)),
            Err(_) => text.parse().ok().filter(|value: &f64| value.is_finite()).map(Operand::Float),
        },
        Some((whole, fraction)) if is_plain(whole) && is_plain(fraction) => {
            text.parse().ok().filter(|value: &f64| value.is_finite()).map(Operand::Float)
        }
        _ => None,
    }
}

/// A number that may be a tag. Which tags are lawful is a rule of its own, that can name the tag.
pub(super) fn tag(attribute: &Attribute<'_>, context: &mut Context<'_>) -> Option<Spanned<u32>> {
    let is_plain = attribute.value.chars().all(|it| it.is_ascii_digit());
    match attribute.value.parse() {
        Ok(value) if is_plain => Some(Spanned { value, span: attribute.span }),
        _ => {
            let expected = format!("a whole number from 1 to {TAG_MAX}");
            context.bad_value(attribute.value_span, &attribute.value, &expected);
            None
        }
    }
}

/// `true` or `false`.
pub(super) fn flag(attribute: &Attribute<'_>, context: &mut Context<'_>) -> Option<Spanned<bool>> {
    let value = match &*attribute.value {
        "true" => true,
        "false" => false,
        other => {
            let help = meant_flag(other).map(|meant| format!("write `{meant}`"));
            context.bad_value_with(attribute.value_span, other, "`true` or `false`", help);
            return None;
        }
    };
    Some(Spanned { value, span: attribute.span })
}

/// Which flag a word of another language stands for.
fn meant_flag(word: &str) -> Option<bool> {
    let is_one_of = |words: [&str; 4]| words.iter().any(|it| it.eq_ignore_ascii_case(word.trim()));
    match () {
        () if is_one_of(["true", "yes", "on", "1"]) => Some(true),
        () if is_one_of(["false", "no", "off", "0"]) => Some(false),
        () => None,
    }
}

/// Why something is deprecated, for people: neither empty nor a flag.
pub(super) fn reason(attribute: &Attribute<'_>, context: &mut Context<'_>) -> Option<Spanned<Rc<str>>> {
    let value = attribute.value.trim();
    let message = match value {
        "" => format!("`{}` is empty", attribute.name),
        flag if meant_flag(flag).is_some() => format!("{} is not a reason", quoted(flag)),
        _ => return Some(text(attribute, context)),
    };
    let help = format!("say why, for who uses it: `{}=\"kilograms everywhere\"`", attribute.name);
    context.push(Diagnostic::new(Code::BAD_VALUE, attribute.value_span, message).help(help));
    None
}

/// One of a few words.
pub(super) fn one_of(
    attribute: &Attribute<'_>,
    words: &'static [&'static str],
    context: &mut Context<'_>,
) -> Option<&'static str> {
    let word = words.iter().find(|word| **word == attribute.value).copied();
    if word.is_none() {
        let message = format!("{} is no value of `{}`", quoted(&attribute.value), attribute.name);
        let help = match nearest(&attribute.value, words.iter().copied()) {
            Some(word) => format!("did you mean `{word}`?"),
            None => format!("it is one of `{}`", words.join("` `")),
        };
        context.push(Diagnostic::new(Code::BAD_VALUE, attribute.value_span, message).help(help));
    }
    word
}

/// `core`, `important`, `normal`, `lossy` or a number from 0 to 255; less is more important.
pub(super) fn priority(attribute: &Attribute<'_>, context: &mut Context<'_>) -> Option<u8> {
    let value = &*attribute.value;
    let named = PRIORITIES.iter().find(|(name, _)| *name == value).map(|(_, priority)| *priority);
    let is_plain = value.chars().all(|it| it.is_ascii_digit());
    let priority = named.or_else(|| value.parse().ok().filter(|_| is_plain));
    if priority.is_none() {
        let expected = "`core`, `important`, `normal`, `lossy` or a number from 0 to 255";
        context.bad_value(attribute.value_span, value, expected);
    }
    priority
}

/// `4 9-12`: numbers and ranges, blanks between them.
pub(super) fn ranges(
    attribute: &Attribute<'_>,
    bounds: RangeInclusive<i64>,
    context: &mut Context<'_>,
) -> Vec<(i64, i64, Span)> {
    let mut ranges = Vec::new();
    for word in listed(attribute, context) {
        // The first character is no separator: numbers may be negative.
        let separator = word.char_indices().skip(1).find(|(_, it)| *it == '-').map(|(at, _)| at);
        let (first, last) = separator.map_or((word, word), |at| (&word[..at], &word[at + 1..]));
        let number = |digits: &str| {
            let is_plain = digits.strip_prefix('-').unwrap_or(digits).bytes().all(|it| it.is_ascii_digit());
            digits.parse::<i64>().ok().filter(|number| is_plain && bounds.contains(number))
        };
        match (number(first), number(last)) {
            (Some(first), Some(last)) if first <= last => ranges.push((first, last, attribute.span)),
            _ => {
                let (start, end) = (bounds.start(), bounds.end());
                let expected = format!("a number or a range from {start} to {end}, such as `4 9-12`");
                context.bad_value(attribute.value_span, word, &expected);
            }
        }
    }
    ranges
}

/// Names with blanks between them.
pub(super) fn names(attribute: &Attribute<'_>, context: &mut Context<'_>) -> Vec<Spanned<Rc<str>>> {
    let names = listed(attribute, context).into_iter();
    names.map(|name| Spanned { value: context.shared.names.intern(name), span: attribute.span }).collect()
}

/// The words of a list; none, with a finding, if there are too many.
fn listed<'a>(attribute: &'a Attribute<'_>, context: &mut Context<'_>) -> Vec<&'a str> {
    let words: Vec<_> = attribute.value.split_ascii_whitespace().take(RESERVED_MAX + 1).collect();
    if RESERVED_MAX < words.len() {
        let message = format!("`{}` lists more than {RESERVED_MAX} of them (RESERVED_MAX)", attribute.name);
        context.push(Diagnostic::new(Code::LIMIT_EXCEEDED, attribute.value_span, message));
        return Vec::new();
    }
    match context.count_elements(words.len(), attribute.value_span) {
        true => words,
        false => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::FileId;
    use crate::parse::{attributes, vocabulary};

    /// Reads the attribute `request='value'` by `read`.
    #[track_caller]
    fn check<T: PartialEq + std::fmt::Debug>(
        value: &str,
        read: impl Fn(&Attribute<'_>, &mut Context<'_>) -> T,
        expected: T,
        is_fault: bool,
    ) {
        let (mut shared, mut found, mut lost) = Default::default();
        let mut context =
            Context { file: FileId::default(), shared: &mut shared, found: &mut found, lost: &mut lost };
        let tag = format!("method request='{value}'");
        let method = vocabulary::word("method").unwrap();
        let (read_attributes, all_sound) = attributes::read(method, None, &tag, 0, &mut context);
        assert!(all_sound, "{value}");
        let attributes = read_attributes.unwrap_or_default();
        assert_eq!(read(&attributes[0], &mut context), expected, "{value}");
        assert_eq!(found.errors() > 0, is_fault, "{value}");
    }

    #[test]
    fn a_flag_of_another_language_is_known_for_what_it_means() {
        for (word, expected) in [
            ("True", Some(true)),
            (" yes", Some(true)),
            ("1", Some(true)),
            ("FALSE", Some(false)),
            ("no", Some(false)),
            ("0", Some(false)),
            ("maybe", None),
            ("", None),
        ] {
            assert_eq!(meant_flag(word), expected, "{word}");
        }
    }

    #[test]
    fn a_priority_is_a_word_or_a_byte() {
        for (value, expected) in [
            ("core", Some(0)),
            ("important", Some(64)),
            ("normal", Some(128)),
            ("lossy", Some(192)),
            ("255", Some(255)),
            ("256", None),
            ("+1", None),
            ("", None),
        ] {
            check(value, priority, expected, expected.is_none());
        }
    }

    #[test]
    fn a_number_has_digits_only_and_stays_in_its_range() {
        let read = |attribute: &Attribute<'_>, context: &mut Context<'_>| {
            number::<i32>(attribute, -1..=i32::MAX, context).map(|number| number.value)
        };
        for (value, expected) in [
            ("-1", Some(-1)),
            ("2147483647", Some(i32::MAX)),
            ("2147483648", None),
            ("-2", None),
            ("+1", None),
            ("0x1", None),
            (" 1", None),
            ("", None),
        ] {
            check(value, read, expected, expected.is_none());
        }
    }

    #[test]
    fn ranges_may_be_negative_and_must_ascend() {
        let read = |attribute: &Attribute<'_>, context: &mut Context<'_>| {
            let ranges = ranges(attribute, -10..=20, context);
            ranges.into_iter().map(|(first, last, _)| (first, last)).collect::<Vec<_>>()
        };
        check("4 9-12", read, vec![(4, 4), (9, 12)], false);
        check("-3--1 -5", read, vec![(-3, -1), (-5, -5)], false);
        check("12-9", read, vec![], true);
        check("1 21", read, vec![(1, 1)], true);
        for fault in ["1-", "+4", "4-+9", "--4", "-", "4--"] {
            check(fault, read, vec![], true);
        }
    }
}
