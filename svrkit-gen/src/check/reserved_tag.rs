//! SVK0106: a reserved tag is never used again.

use super::Rule;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, quoted};
use crate::model::Schema;

pub(super) const RULE: Rule =
    Rule { code: Code::error("SVK0106", "ReservedTag", "a field uses a reserved tag"), check };

fn check(schema: &Schema, found: &mut Diagnostics) {
    for message in &schema.messages {
        for head in message.heads() {
            let Some(reserved) = message.reserved.number(head.tag.value.into()) else {
                continue;
            };
            let text = format!("tag {} is reserved in {}", head.tag.value, quoted(&message.name.short()));
            let finding = Diagnostic::new(RULE.code, head.tag.span, text).also(reserved, "reserved here");
            found.push(
                finding
                    .help("reserved for ever: what was written with it may still be around; take a new one"),
            );
        }
    }
}
