//! SVK0202: within one service a name belongs to one method.

use std::collections::HashMap;

use super::Rule;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, quoted};
use crate::model::Schema;

pub(super) const RULE: Rule =
    Rule { code: Code::error("SVK0202", "DuplicateMethod", "two methods of a service have one name"), check };

fn check(schema: &Schema, found: &mut Diagnostics) {
    for service in &schema.services {
        let mut first_use = HashMap::new();
        for head in service.heads() {
            let Some(first) = first_use.get(&&head.name.value).copied() else {
                first_use.insert(&head.name.value, head.name.span);
                continue;
            };
            let text =
                format!("{} has two methods {}", quoted(&service.name.short()), quoted(&head.name.value));
            let finding = Diagnostic::new(RULE.code, head.name.span, text);
            found.push(finding.also(first, "first defined here"));
        }
    }
}
