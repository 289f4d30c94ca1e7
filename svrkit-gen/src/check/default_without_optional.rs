//! SVK0119: a default is what the absence of an optional field reads as; nothing else can be told to be absent.

use super::Rule;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, quoted};
use crate::model::Schema;

pub(super) const RULE: Rule = Rule {
    code: Code::error("SVK0119", "DefaultWithoutOptional", "a default on a field that cannot be absent"),
    check,
};

fn check(schema: &Schema, found: &mut Diagnostics) {
    let fields = schema.messages.iter().flat_map(|message| &message.fields);
    for field in fields.filter(|field| field.oneof.is_none()) {
        let Some(default) = &field.default else { continue };
        let name = quoted(&field.head.name.value);
        let (text, help) = if field.repeated.is_some() {
            (
                format!("{name} is repeated and has a default"),
                "an absent list is an empty one: drop `default`",
            )
        } else if field.optional.is_none() {
            (
                format!("{name} has a default, but is not optional"),
                "add `optional=\"true\"`: a plain field that is absent reads as zero",
            )
        } else {
            continue;
        };
        found.push(Diagnostic::new(RULE.code, default.span, text).help(help));
    }
}
