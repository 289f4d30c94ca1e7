//! SVK0103: within one message a name belongs to one field.

use std::collections::HashMap;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, quoted};
use crate::model::Schema;

pub(super) fn check(schema: &Schema, found: &mut Diagnostics) {
    for message in &schema.messages {
        let mut first_use = HashMap::new();
        for head in message.heads() {
            let Some(first) = first_use.get(&head.name.value).copied() else {
                first_use.insert(&head.name.value, head.name.span);
                continue;
            };
            let (field, message) = (quoted(&head.name.value), quoted(&message.name.short()));
            let text = format!("{message} has two fields {field}");
            let finding = Diagnostic::new(Code::DuplicateField, head.name.span, text);
            found.push(finding.also(first, "first defined here"));
        }
    }
}
