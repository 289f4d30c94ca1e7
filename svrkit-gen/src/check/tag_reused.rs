//! SVK0104: within one message a tag names one field.

use std::collections::HashMap;

use super::Rule;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, quoted};
use crate::model::{Schema, is_tag};

pub(super) const RULE: Rule =
    Rule { code: Code::error("SVK0104", "TagReused", "two fields of a message have one tag"), check };

fn check(schema: &Schema, found: &mut Diagnostics) {
    for message in &schema.messages {
        let mut first_use = HashMap::new();
        // A tag that may not be used at all is reported as that.
        for head in message.heads().into_iter().filter(|head| is_tag(head.tag.value)) {
            let Some(first) = first_use.get(&head.tag.value).copied() else {
                first_use.insert(head.tag.value, head.tag.span);
                continue;
            };
            let text = format!("tag {} is used twice in {}", head.tag.value, quoted(&message.name.short()));
            let finding = Diagnostic::new(RULE.code, head.tag.span, text).also(first, "first used here");
            let help = match found.is_full() {
                true => None,
                false => message.next_free_tag().map(|tag| format!("the next free tag is {tag}")),
            };
            found.push(finding.maybe_help(help));
        }
    }
}
