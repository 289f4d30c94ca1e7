//! SVK0124: a oneof has something to choose.

use super::Rule;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, quoted};
use crate::model::Schema;

pub(super) const RULE: Rule =
    Rule { code: Code::error("SVK0124", "EmptyOneof", "a oneof without fields"), check };

fn check(schema: &Schema, found: &mut Diagnostics) {
    for message in &schema.messages {
        for (at, oneof) in message.oneofs.iter().enumerate() {
            if oneof.is_partial || message.members(at).next().is_some() {
                continue;
            }
            let text = format!("the oneof {} has no fields", quoted(&oneof.name.own));
            let finding = Diagnostic::new(RULE.code, oneof.name.span, text);
            found.push(finding.help("put the fields to choose from into it, or drop it"));
        }
    }
}
