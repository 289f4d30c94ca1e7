//! SVK0133: a reserved name of an error is never used again.

use super::Rule;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, quoted};
use crate::model::Schema;

pub(super) const RULE: Rule =
    Rule { code: Code::error("SVK0133", "ReservedError", "an error uses a reserved name"), check };

fn check(schema: &Schema, found: &mut Diagnostics) {
    for set in &schema.errors {
        for error in &set.errors {
            let Some(reserved) = set.reserved.name(&error.name.value) else {
                continue;
            };
            let text = format!(
                "the name {} is reserved in {}",
                quoted(&error.name.value),
                quoted(&set.name.short())
            );
            let finding = Diagnostic::new(RULE.code, error.name.span, text).also(reserved, "reserved here");
            found.push(finding.help(
                "reserved for ever: who knows it from before would take it for what it was; take a new one",
            ));
        }
    }
}
