//! SVK0131: within one set of errors a name belongs to one error.

use std::collections::HashMap;

use super::Rule;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, quoted};
use crate::model::Schema;

pub(super) const RULE: Rule =
    Rule { code: Code::error("SVK0131", "DuplicateError", "two errors of a set have one name"), check };

fn check(schema: &Schema, found: &mut Diagnostics) {
    for set in &schema.errors {
        let mut first_use = HashMap::new();
        for error in &set.errors {
            let Some(first) = first_use.get(&error.name.value).copied() else {
                first_use.insert(&error.name.value, error.name.span);
                continue;
            };
            let text = format!("{} has two errors {}", quoted(&set.name.short()), quoted(&error.name.value));
            let finding = Diagnostic::new(RULE.code, error.name.span, text);
            found.push(finding.also(first, "first defined here"));
        }
    }
}
