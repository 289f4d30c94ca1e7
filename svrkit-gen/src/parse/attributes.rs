//! The attributes of one tag: read, checked against the vocabulary, and asked for by name.

use std::borrow::Cow;

use quick_xml::events::attributes::{AttrError, Attributes};

use super::element::Element;
use super::vocabulary::{Form, Kind, Word};
use super::{Context, escape, foreign_attribute, nearest};
use crate::diagnostic::{Code, Diagnostic, Span, quoted};
use crate::limits::ATTRIBUTES_MAX;

/// One attribute the vocabulary knows.
pub(super) struct Attribute<'a> {
    pub(super) name: &'static str,
    pub(super) value: Cow<'a, str>,
    /// From the name to the closing quote.
    pub(super) span: Span,
    pub(super) value_span: Span,
    /// The value could not be read; that was reported.
    is_broken: bool,
}

/// The tag is not well-formed or too large: reading the file cannot go on.
pub(super) struct BrokenTag;

/// Reads the attributes of a tag; the flag says whether all of them could be used.
///
/// `content` is what stands between the angle brackets, from byte `start` of the file.
pub(super) fn read<'a>(
    word: &'static Word,
    parent: Option<Kind>,
    content: &'a str,
    start: usize,
    context: &mut Context<'_>,
) -> (Result<Vec<Attribute<'a>>, BrokenTag>, bool) {
    let mut attributes: Vec<Attribute<'a>> = Vec::new();
    let mut all_sound = true;
    let known = || word.attributes_in(parent).map(|attr| attr.name);
    let mut iterator = Attributes::new(content, word.name.len());
    iterator.with_checks(false);
    // Before anything is said about them: what is wrong with the first ones would bury it.
    if ATTRIBUTES_MAX < iterator.clone().take(ATTRIBUTES_MAX + 1).count() {
        let span = context.span(start, start + word.name.len());
        let message = format!("`<{}>` has more than {ATTRIBUTES_MAX} attributes (ATTRIBUTES_MAX)", word.name);
        context.push(Diagnostic::new(Code::LIMIT_EXCEEDED, span, message));
        return (Err(BrokenTag), false);
    }
    for attribute in iterator {
        let attribute = match attribute {
            Ok(attribute) => attribute,
            Err(error) => return (Err(broken(&error, content, start, context)), false),
        };
        let name = attribute.key.0;
        // quick-xml borrows both from `content`, which gives their places.
        let name_at = name.as_ptr() as usize - content.as_ptr() as usize;
        let value_at = attribute.value.as_ptr() as usize - content.as_ptr() as usize;
        let raw = &content[value_at..value_at + attribute.value.len()];
        let span = context.span(start + name_at, start + value_at + raw.len() + 1);
        let follows_blank = content[..name_at].ends_with([' ', '\t', '\r', '\n']);
        if name.is_empty() || !follows_blank {
            let message = match name.is_empty() {
                true => "`=` without the name of an attribute before it",
                false => "no space before the name of an attribute",
            };
            context.push(Diagnostic::new(Code::MALFORMED_XML, span, message));
            return (Err(BrokenTag), false);
        }
        let Some(known_name) = known().find(|known| *known == name) else {
            context.push(unknown_attribute(name, span, word, parent, content));
            all_sound = false;
            continue;
        };
        if let Some(first) = attributes.iter().find(|first| first.name == known_name) {
            let message = format!("`{known_name}` is given twice");
            context.push(
                Diagnostic::new(Code::ATTRIBUTE_TWICE, span, message).also(first.span, "first given here"),
            );
            all_sound = false;
            continue;
        }
        let value = escape::attribute_value(raw, start + value_at, context);
        let is_broken = value.is_none();
        all_sound &= !is_broken;
        attributes.push(Attribute {
            name: known_name,
            value: value.unwrap_or_default(),
            span,
            value_span: context.span(start + value_at, start + value_at + raw.len()),
            is_broken,
        });
    }
    (Ok(attributes), all_sound)
}

/// The value of an attribute of a tag that is dropped, as it stands there.
pub(super) fn raw_value<'a>(content: &'a str, name_len: usize, name: &str) -> Option<&'a str> {
    let mut iterator = Attributes::new(content, name_len);
    let found = iterator.with_checks(false).take(ATTRIBUTES_MAX).flatten().find(|it| it.key.0 == name)?;
    let at = found.value.as_ptr() as usize - content.as_ptr() as usize;
    content.get(at..at + found.value.len())
}

impl<'a> Element<'a> {
    /// The attribute of this name, if it is there and can be read.
    pub(super) fn attribute(&self, name: &str) -> Option<&Attribute<'a>> {
        self.attributes.iter().find(|attribute| attribute.name == name && !attribute.is_broken)
    }

    /// The attribute of this name; a finding if it is absent.
    pub(super) fn required(&self, name: &str, context: &mut Context<'_>) -> Option<&Attribute<'a>> {
        self.required_or(name, None, context)
    }

    /// The same, where there is more to say about its absence.
    pub(super) fn required_or(
        &self,
        name: &str,
        help: Option<&str>,
        context: &mut Context<'_>,
    ) -> Option<&Attribute<'a>> {
        match self.attributes.iter().find(|attribute| attribute.name == name) {
            Some(attribute) => (!attribute.is_broken).then_some(attribute),
            // A misspelt attribute was reported as unknown, and that it is missing follows from that.
            None if self.attributes_cut => None,
            None => {
                let message = format!("`<{}>` needs the attribute `{name}`", self.kind.name());
                let finding = Diagnostic::new(Code::MISSING_ATTRIBUTE, self.name_span, message);
                context.push(finding.maybe_help(help.map(str::to_owned)));
                None
            }
        }
    }
}

fn unknown_attribute(name: &str, span: Span, word: &Word, parent: Option<Kind>, content: &str) -> Diagnostic {
    let message = format!("unknown attribute {} on `<{}>`", quoted(name), word.name);
    // Nobody writes by hand what is for editors.
    let known = word.attributes_in(parent).filter(|attr| attr.form != Form::Editor).map(|attr| attr.name);
    let known: Vec<_> = known.collect();
    let is_given = |name: &str| raw_value(content, word.name.len(), name).is_some();
    let did_you_mean = || nearest(name, known.iter().copied()).map(|it| format!("did you mean `{it}`?"));
    let help = foreign_attribute::hint(name, word.kind, is_given).or_else(did_you_mean);
    let help = help.unwrap_or_else(|| match known.is_empty() {
        true => format!("`<{}>` has no attributes", word.name),
        false => format!("`<{}>` knows `{}`", word.name, known.join("` `")),
    });
    Diagnostic::new(Code::UNKNOWN_ATTRIBUTE, span, message).help(help)
}

fn broken(error: &AttrError, content: &str, start: usize, context: &mut Context<'_>) -> BrokenTag {
    let (at, message) = match error {
        AttrError::ExpectedEq(at) => (*at, "an attribute has no `=` after its name"),
        AttrError::ExpectedValue(at) => (*at, "an attribute has no value"),
        AttrError::UnquotedValue(at) => (*at, "the value of an attribute is not in quotes"),
        AttrError::ExpectedQuote(at, _) => (*at, "the value of an attribute is not closed"),
        AttrError::Duplicated(at, _) => (*at, "an attribute is given twice"),
    };
    // quick-xml counts from the start of the tag.
    let at = start + at.min(content.len());
    context.push(Diagnostic::new(Code::MALFORMED_XML, context.span(at, at + 1), message));
    BrokenTag
}
