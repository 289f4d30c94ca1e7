//! SVK0103: within one message a name belongs to one field or oneof.

use std::collections::HashMap;

use super::Rule;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, quoted};
use crate::model::Schema;

pub(super) const RULE: Rule =
    Rule { code: Code::error("SVK0103", "DuplicateField", "two fields of a message have one name"), check };

fn check(schema: &Schema, found: &mut Diagnostics) {
    for message in &schema.messages {
        let mut first_use = HashMap::new();
        for (name, span) in message.names() {
            if found.is_full() {
                return;
            }
            let Some(first) = first_use.get(name).copied() else {
                first_use.insert(name, span);
                continue;
            };
            let is_oneof = |span| message.oneofs.iter().any(|oneof| oneof.name.span == span);
            let what = match (is_oneof(first), is_oneof(span)) {
                (false, false) => "two fields",
                (true, true) => "two oneofs",
                _ => "a field and a oneof",
            };
            let text = format!("{} has {what} {}", quoted(&message.name.short()), quoted(name));
            let finding = Diagnostic::new(RULE.code, span, text);
            found.push(finding.also(first, "first defined here"));
        }
    }
}
