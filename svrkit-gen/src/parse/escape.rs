//! References in XML text: the five entities and characters by number.
//!
//! quick-xml lets an undefined entity in an attribute value pass, and a `<` too; here neither does.

use std::borrow::Cow;

use super::Context;
use crate::diagnostic::{Code, Diagnostic, quoted};

/// The value of an attribute whose raw text starts at byte `start` of the file.
///
/// `None` if it holds something it may not; that is among the findings then.
pub(super) fn attribute_value<'a>(
    raw: &'a str,
    start: usize,
    context: &mut Context<'_>,
) -> Option<Cow<'a, str>> {
    if let Some(at) = raw.find('<') {
        let span = context.span(start + at, start + at + 1);
        let message = "`<` stands in the value of an attribute";
        context.push(Diagnostic::new(Code::MALFORMED_XML, span, message).help("write `&lt;`"));
        return None;
    }
    if !raw.contains(['&', '\t', '\n', '\r']) {
        return Some(Cow::Borrowed(raw));
    }
    let mut value = String::with_capacity(raw.len());
    let mut sound = true;
    let mut rest = raw;
    while !context.found.is_full()
        && let Some(at) = rest.find(['&', '\t', '\n', '\r'])
    {
        value.push_str(&rest[..at]);
        rest = &rest[at..];
        if !rest.starts_with('&') {
            // XML reads a line break in a value as a space.
            value.push(' ');
            rest = &rest[1..];
            continue;
        }
        let from = start + raw.len() - rest.len();
        let len = rest.find(';').map_or(1, |semicolon| semicolon + 1);
        let name = rest[..len].trim_start_matches('&').trim_end_matches(';');
        match reference(name, from, from + len, context) {
            Some(character) => value.push(character),
            None => sound = false,
        }
        rest = &rest[len..];
    }
    value.push_str(rest);
    sound.then_some(Cow::Owned(value))
}

/// What `&name;` at the bytes `start..end` stands for; a finding and `None` if it stands for nothing.
pub(super) fn reference(name: &str, start: usize, end: usize, context: &mut Context<'_>) -> Option<char> {
    let span = context.span(start, end);
    let diagnostic = match name {
        "lt" => return Some('<'),
        "gt" => return Some('>'),
        "amp" => return Some('&'),
        "apos" => return Some('\''),
        "quot" => return Some('"'),
        "" => Diagnostic::new(Code::MALFORMED_XML, span, "`&` stands alone").help("write `&amp;`"),
        _ => match name.strip_prefix('#') {
            Some(number) => match numbered(number) {
                Some(character) => return Some(character),
                None => {
                    let message = format!("{} is no character XML allows", quoted(&format!("&{name};")));
                    Diagnostic::new(Code::MALFORMED_XML, span, message)
                }
            },
            None => {
                let message = format!("the entity {} is not defined", quoted(name));
                Diagnostic::new(Code::UNDEFINED_ENTITY, span, message)
                    .help("only `&lt;` `&gt;` `&amp;` `&apos;` `&quot;` and characters by number are known")
            }
        },
    };
    context.push(diagnostic);
    None
}

/// Whether XML 1.0 allows this character in a document.
pub(super) fn is_allowed(character: char) -> bool {
    match character {
        '\t' | '\n' | '\r' => true,
        '\u{fffe}' | '\u{ffff}' => false,
        _ => '\u{20}' <= character,
    }
}

fn numbered(number: &str) -> Option<char> {
    let digits = number.strip_prefix('x');
    // `from_str_radix` takes a sign, XML does not.
    if digits.unwrap_or(number).starts_with(['+', '-']) {
        return None;
    }
    let code = match digits {
        Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16),
        None => number.parse(),
    };
    char::from_u32(code.ok()?).filter(|character| is_allowed(*character))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::FileId;

    #[track_caller]
    fn check(raw: &str, expected: Option<&str>) {
        let (mut shared, mut found, mut lost) = Default::default();
        let mut context =
            Context { file: FileId::default(), shared: &mut shared, found: &mut found, lost: &mut lost };
        assert_eq!(attribute_value(raw, 0, &mut context).as_deref(), expected, "{raw}");
        assert_eq!(found.errors() > 0, expected.is_none(), "{raw}");
    }

    #[test]
    fn only_the_five_entities_and_allowed_characters_are_replaced() {
        for (raw, expected) in [
            ("plain", Some("plain")),
            ("&lt;&gt;&amp;&apos;&quot;", Some("<>&'\"")),
            ("&#65;&#x42;", Some("AB")),
            ("a\nb\tc", Some("a b c")),
            ("&amp;lt;", Some("&lt;")),
            ("&nbsp;", None),
            ("a & b", None),
            ("&;", None),
            ("&lt", None),
            ("&#0;", None),
            ("&#x1b;", None),
            ("&#xd800;", None),
            ("&#+65;", None),
            ("&#99999999999;", None),
            ("a<b", None),
        ] {
            check(raw, expected);
        }
    }
}
