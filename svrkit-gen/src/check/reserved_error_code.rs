//! SVK0132: a reserved error code is never used again.

use super::Rule;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, quoted};
use crate::model::Schema;

pub(super) const RULE: Rule =
    Rule { code: Code::error("SVK0132", "ReservedErrorCode", "an error uses a reserved code"), check };

fn check(schema: &Schema, found: &mut Diagnostics) {
    for set in &schema.errors {
        for error in &set.errors {
            let Some(reserved) = set.reserved.number(error.code.value.into()) else {
                continue;
            };
            let text = format!("code {} is reserved in {}", error.code.value, quoted(&set.name.short()));
            let finding = Diagnostic::new(RULE.code, error.code.span, text).also(reserved, "reserved here");
            found.push(finding.help(
                "reserved for ever: who knows it from before would take it for what it was; take a new one",
            ));
        }
    }
}
