//! SVK0130: within one set of errors a code belongs to one error.

use std::collections::HashMap;

use super::Rule;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, quoted};
use crate::model::Schema;

pub(super) const RULE: Rule =
    Rule { code: Code::error("SVK0130", "ErrorCodeTwice", "two errors of a set have one code"), check };

fn check(schema: &Schema, found: &mut Diagnostics) {
    for set in &schema.errors {
        let mut first_use = HashMap::new();
        for error in &set.errors {
            let Some(first) = first_use.get(&error.code.value).copied() else {
                first_use.insert(error.code.value, error.code.span);
                continue;
            };
            let text = format!("code {} is used twice in {}", error.code.value, quoted(&set.name.short()));
            let finding = Diagnostic::new(RULE.code, error.code.span, text);
            found.push(finding.also(first, "first used here"));
        }
    }
}
