//! SVK0203: within one service an id belongs to one method.

use std::collections::HashMap;

use super::Rule;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, quoted};
use crate::model::Schema;

pub(super) const RULE: Rule =
    Rule { code: Code::error("SVK0203", "MethodIdTwice", "two methods of a service have one id"), check };

fn check(schema: &Schema, found: &mut Diagnostics) {
    for service in &schema.services {
        let mut first_use = HashMap::new();
        for head in service.heads() {
            let Some(first) = first_use.get(&head.id.value).copied() else {
                first_use.insert(head.id.value, head.id.span);
                continue;
            };
            let text =
                format!("method id {} is used twice in {}", head.id.value, quoted(&service.name.short()));
            let finding = Diagnostic::new(RULE.code, head.id.span, text);
            found.push(finding.also(first, "first used here"));
        }
    }
}
