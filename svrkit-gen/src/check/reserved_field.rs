//! SVK0107: a reserved field name is never used again.

use super::Rule;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, quoted};
use crate::model::Schema;

pub(super) const RULE: Rule =
    Rule { code: Code::error("SVK0107", "ReservedField", "a field uses a reserved name"), check };

fn check(schema: &Schema, found: &mut Diagnostics) {
    for message in &schema.messages {
        for (name, span) in message.names() {
            let Some(reserved) = message.reserved.name(name) else {
                continue;
            };
            let text = format!("the name {} is reserved in {}", quoted(name), quoted(&message.name.short()));
            let finding = Diagnostic::new(RULE.code, span, text).also(reserved, "reserved here");
            found.push(
                finding
                    .help("reserved for ever: what was written with it may still be around; take a new one"),
            );
        }
    }
}
