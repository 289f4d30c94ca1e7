//! SVK0125: a field of a oneof is there when it is chosen, and then once; it has no say in that.

use super::Rule;
use crate::constraint::REQUIRED;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, quoted};
use crate::model::{Field, Schema};

pub(super) const RULE: Rule = Rule {
    code: Code::error("SVK0125", "OneofMember", "a field of a oneof says what the oneof decides"),
    check,
};

fn check(schema: &Schema, found: &mut Diagnostics) {
    for message in &schema.messages {
        for field in &message.fields {
            let Some(oneof) = field.oneof.and_then(|at| message.oneofs.get(at)) else {
                continue;
            };
            let (name, oneof) = (quoted(&field.head.name.value), quoted(&oneof.name.own));
            for (word, span, help) in refused(field) {
                let text = format!("`{word}` on {name}, which is a field of the oneof {oneof}");
                found.push(Diagnostic::new(RULE.code, span, text).help(help));
            }
        }
    }
}

/// Each word that a member may not have, where it stands, and what to do.
fn refused(field: &Field) -> impl Iterator<Item = (&'static str, crate::diagnostic::Span, &'static str)> {
    let optional =
        field.optional.map(|span| ("optional", span, "the oneof says whether the field is there: drop it"));
    let repeated = field.repeated.map(|span| {
        (
            "repeated",
            span,
            "a oneof holds one value: define a message that has the list, and make that the type",
        )
    });
    // On a repeated one it follows from that.
    let packed = field.packed.as_ref().filter(|_| field.repeated.is_none());
    let packed = packed.map(|packed| ("packed", packed.span, "only lists are packed: drop it"));
    let default = field.default.as_ref().map(|default| {
        ("default", default.span, "where it is absent, another field was chosen, or none: drop it")
    });
    let required = field.constraints.iter().find(|constraint| constraint.rule.word == REQUIRED);
    let required = required.map(|required| {
        (REQUIRED, required.span, "put it on the `<oneof>`, if one of its fields must be there")
    });
    [optional, repeated, packed, default, required].into_iter().flatten()
}
