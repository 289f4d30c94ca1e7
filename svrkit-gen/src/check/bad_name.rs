//! SVK0101: a name is an identifier: ASCII letters, digits and `_`, and before the first letter nothing but `_`.
//!
//! Reserved names too: one that none can have protects nothing, as `names="old, older"` does.
//!
//! How long a name is, `parse` has judged. This also keeps control characters, and those that turn the direction of text, out of what is generated.

use super::Rule;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span, Spanned, quoted};
use crate::model::Schema;

pub(super) const RULE: Rule = Rule { code: Code::BAD_NAME, check };

fn check(schema: &Schema, found: &mut Diagnostics) {
    let mut refuse = |span: Span, name: &str| {
        if let Some(reason) = fault(name) {
            let text = format!("the name {} {reason}", quoted(name));
            let help = match name.ends_with(',') {
                true => "names of a list have blanks between them, and no commas",
                false => "a name has ASCII letters, digits and `_`, and starts with a letter",
            };
            found.push(Diagnostic::new(RULE.code, span, text).help(help));
        }
    };
    for file in &schema.files {
        let Spanned { value, span } = &file.package;
        // With a character by number in it, it is longer in the file than here.
        let is_verbatim = (span.end - span.start) as usize == value.len();
        let mut start = 0;
        for segment in value.split('.') {
            let place = match is_verbatim {
                true => Span::new(
                    span.file,
                    span.start as usize + start,
                    span.start as usize + start + segment.len(),
                ),
                false => *span,
            };
            refuse(place, segment);
            start += segment.len() + 1;
        }
    }
    for message in &schema.messages {
        refuse(message.name.span, &message.name.own);
        message
            .names()
            .into_iter()
            .chain(message.reserved.names())
            .for_each(|(name, span)| refuse(span, name));
    }
    for enumeration in &schema.enums {
        refuse(enumeration.name.span, &enumeration.name.own);
        enumeration.values.iter().for_each(|value| refuse(value.name.span, &value.name.value));
        enumeration.reserved.names().for_each(|(name, span)| refuse(span, name));
    }
    for set in &schema.errors {
        refuse(set.name.span, &set.name.own);
        set.errors.iter().for_each(|error| refuse(error.name.span, &error.name.value));
        set.reserved.names().for_each(|(name, span)| refuse(span, name));
    }
    for service in &schema.services {
        refuse(service.name.span, &service.name.own);
        service.heads().iter().for_each(|head| refuse(head.name.span, &head.name.value));
        service.reserved.names().for_each(|(name, span)| refuse(span, name));
    }
}

/// Whether a name can be used at all.
pub(super) fn is_sound(name: &str) -> bool {
    fault(name).is_none()
}

fn fault(name: &str) -> Option<String> {
    if name.is_empty() {
        return Some("is empty".to_owned());
    }
    let stranger = name.chars().find(|it| !it.is_ascii_alphanumeric() && *it != '_');
    if let Some(stranger) = stranger {
        return Some(format!("holds the character {}", quoted(stranger.encode_utf8(&mut [0; 4]))));
    }
    // What follows is the start in Rust, where the `_` in front are dropped.
    match name.trim_start_matches('_').chars().next() {
        Some(first) if first.is_ascii_digit() => Some("starts with a digit".to_owned()),
        Some(_) => None,
        None => Some("has no letter".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_identifiers_are_names() {
        for name in ["a", "_a", "A1", "type", "a__b"] {
            assert!(is_sound(name), "{name}");
        }
        for name in ["", "_", "__1a", "1a", "a-b", "a.b", "é", "a b", "a\u{202e}b", "a\0"] {
            assert!(!is_sound(name), "{name:?}");
        }
    }
}
