//! What stands in comments: the descriptions, and in the words of the schema what protobuf has no word for.
//!
//! Facts are written as attributes, as in the schema they came from: `// svrkit: max-len="200" sensitive="true"`.

use super::page::Page;
use crate::constraint::Constraint;
use crate::diagnostic::is_invisible;
use crate::model::{FieldType, Lifecycle, Literal, Scalar, Schema};

/// Attributes of the schema that protobuf has no word for.
#[derive(Default)]
pub(super) struct Facts(String);

impl Facts {
    /// Adds `name="value"`.
    pub(super) fn add(&mut self, name: &str, value: impl AsRef<str>) -> &mut Self {
        if !self.0.is_empty() {
            self.0.push(' ');
        }
        self.0.push_str(&format!("{name}=\"{}\"", escaped(value.as_ref())));
        self
    }

    /// Adds `name="value"` where there is a value.
    pub(super) fn maybe(&mut self, name: &str, value: Option<impl AsRef<str>>) -> &mut Self {
        match value {
            Some(value) => self.add(name, value),
            None => self,
        }
    }

    /// Adds `name="true"` where that is so.
    pub(super) fn flag(&mut self, name: &str, is_set: bool) -> &mut Self {
        self.maybe(name, is_set.then_some("true"))
    }

    pub(super) fn constraints(&mut self, constraints: &[Constraint]) -> &mut Self {
        constraints
            .iter()
            .fold(self, |facts, constraint| facts.add(constraint.rule.word, constraint.operand.to_string()))
    }

    pub(super) fn lifecycle(&mut self, lifecycle: &Lifecycle) -> &mut Self {
        let Some(history) = lifecycle.history() else { return self };
        self.maybe("since", history.since.as_ref().map(|since| since.value.to_string()))
            .maybe("deprecated", history.deprecated.as_ref().map(|reason| &reason.value))
            .maybe("replaced-by", history.replaced_by.as_ref().map(|other| &other.value))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// Writes them as a comment of their own, if there are any.
    pub(super) fn write(&self, page: &mut Page) {
        if !self.0.is_empty() {
            page.line(&format!("// svrkit: {}", self.0));
        }
    }
}

/// Writes a description as comment lines. Its lines stay as they are; what would not show in them is replaced.
pub(super) fn doc(text: &str, page: &mut Page) {
    for line in text.trim_end().lines() {
        let line: String = line.trim_end().chars().map(visible).collect();
        page.line(if line.is_empty() { "//".to_owned() } else { format!("// {line}") }.as_str());
    }
}

/// A default as the schema writes it.
pub(super) fn default(literal: &Literal, kind: FieldType, schema: &Schema) -> String {
    match (literal, kind) {
        (Literal::Flag(flag), _) => flag.to_string(),
        (Literal::Integer(number), _) => number.to_string(),
        // Without digits that an `f32` does not have.
        (Literal::Float(number), FieldType::Scalar(Scalar { rust: "f32", .. })) => {
            format!("{:?}", *number as f32)
        }
        (Literal::Float(number), _) => format!("{number:?}"),
        (Literal::Text(text), _) => text.to_string(),
        (Literal::Value(id, at), _) => schema.enumeration(*id).values[*at].name.value.to_string(),
    }
}

/// As the value of an attribute: what would end it, or the line, is written as an entity.
pub(super) fn escaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for character in value.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '"' => out.push_str("&quot;"),
            it if is_invisible(it) => out.push_str(&format!("&#{};", u32::from(it))),
            it => out.push(it),
        }
    }
    out
}

fn visible(character: char) -> char {
    match character {
        '\t' => ' ',
        it if is_invisible(it) => char::REPLACEMENT_CHARACTER,
        it => it,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_stays_within_its_comment() {
        for (text, expected) in [
            ("One line.", "// One line.\n"),
            ("a\n\n  b  \n", "// a\n//\n//   b\n"),
            ("*/ // \\", "// */ // \\\n"),
            ("a\tb\rc\u{2028}d\u{202e}", "// a b\u{fffd}c\u{fffd}d\u{fffd}\n"),
            ("", ""),
        ] {
            let mut page = Page::default();
            doc(text, &mut page);
            assert_eq!(page.into_text(), expected, "{text:?}");
        }
    }

    #[test]
    fn facts_are_attributes_that_end_where_they_should() {
        let mut facts = Facts::default();
        facts.add("a", "x").flag("b", true).flag("c", false).maybe("d", None::<&str>);
        assert_eq!(facts.as_str(), r#"a="x" b="true""#);
        let mut facts = Facts::default();
        facts.add("a", "\"<&>\"\n\u{202e}");
        assert_eq!(facts.as_str(), r#"a="&quot;&lt;&amp;>&quot;&#10;&#8238;""#);
    }
}
