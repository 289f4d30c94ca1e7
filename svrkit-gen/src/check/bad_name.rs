//! SVK0101: a name is an identifier: ASCII letters, digits and `_`, and before the first letter nothing but `_`.
//!
//! This also keeps control characters, and those that turn the direction of text, out of what is generated.

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span, quoted};
use crate::limits::NAME_LEN_MAX;
use crate::model::Schema;

pub(super) fn check(schema: &Schema, found: &mut Diagnostics) {
    let mut refuse = |span: Span, name: &str| {
        if let Some(reason) = fault(name) {
            let text = format!("the name {} {reason}", quoted(name));
            let help = "a name has ASCII letters, digits and `_`, and starts with a letter";
            found.push(Diagnostic::new(Code::BadName, span, text).help(help));
        }
    };
    for file in &schema.files {
        let package = &file.package;
        if let Some(segment) = package.value.split('.').find(|segment| fault(segment).is_some()) {
            refuse(package.span, segment);
        }
    }
    for message in &schema.messages {
        refuse(message.name.span, message.name.own());
        message.heads().iter().for_each(|head| refuse(head.name.span, &head.name.value));
    }
    for enumeration in &schema.enums {
        refuse(enumeration.name.span, enumeration.name.own());
        enumeration.values.iter().for_each(|value| refuse(value.name.span, &value.name.value));
    }
    for service in &schema.services {
        refuse(service.name.span, service.name.own());
        service.heads().iter().for_each(|head| refuse(head.name.span, &head.name.value));
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
    if NAME_LEN_MAX < name.chars().count() {
        return Some(format!("has more than {NAME_LEN_MAX} characters (NAME_LEN_MAX)"));
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
    fn only_identifiers_of_a_fair_length_are_names() {
        let long = "a".repeat(NAME_LEN_MAX);
        for name in ["a", "_a", "A1", "type", "a__b", &long] {
            assert!(is_sound(name), "{name}");
        }
        let longer = "a".repeat(NAME_LEN_MAX + 1);
        for name in ["", "_", "__1a", "1a", "a-b", "a.b", "é", "a b", "a\u{202e}b", "a\0", &longer] {
            assert!(!is_sound(name), "{name:?}");
        }
    }
}
