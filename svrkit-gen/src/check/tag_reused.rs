//! SVK0104: within one message a tag names one field.

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, quoted};
use crate::model::Schema;

pub(super) fn check(schema: &Schema, found: &mut Diagnostics) {
    for message in &schema.messages {
        let mut first_use = BTreeMap::new();
        for head in message.heads() {
            let Some(first) = first_use.get(&head.tag.value).copied() else {
                first_use.insert(head.tag.value, head.tag.span);
                continue;
            };
            let text = format!("tag {} is used twice in {}", head.tag.value, quoted(&message.name.short()));
            let finding =
                Diagnostic::new(Code::TagReused, head.tag.span, text).also(first, "first used here");
            let help = match found.is_full() {
                true => None,
                false => message.next_free_tag().map(|tag| format!("the next free tag is {tag}")),
            };
            found.push(finding.maybe_help(help));
        }
    }
}
