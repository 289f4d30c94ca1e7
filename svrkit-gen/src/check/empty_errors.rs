//! SVK0134: a set of errors has errors.

use super::Rule;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, quoted};
use crate::model::Schema;

pub(super) const RULE: Rule =
    Rule { code: Code::error("SVK0134", "EmptyErrors", "a set of errors without errors"), check };

fn check(schema: &Schema, found: &mut Diagnostics) {
    for set in schema.errors.iter().filter(|set| set.errors.is_empty() && !set.is_partial) {
        let text = format!("{} has no errors", quoted(&set.name.short()));
        let help = "give it an `<error>` for each way to fail, or drop it: methods fail with statuses anyway";
        found.push(Diagnostic::new(RULE.code, set.name.span, text).help(help));
    }
}
