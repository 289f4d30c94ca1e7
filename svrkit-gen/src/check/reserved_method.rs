//! SVK0206: a reserved method name is never used again.

use super::Rule;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, quoted};
use crate::model::Schema;

pub(super) const RULE: Rule =
    Rule { code: Code::error("SVK0206", "ReservedMethod", "a method uses a reserved name"), check };

fn check(schema: &Schema, found: &mut Diagnostics) {
    for service in &schema.services {
        for head in service.heads() {
            let Some(reserved) = service.reserved.name(&head.name.value) else {
                continue;
            };
            let text = format!(
                "the name {} is reserved in {}",
                quoted(&head.name.value),
                quoted(&service.name.short())
            );
            let finding = Diagnostic::new(RULE.code, head.name.span, text).also(reserved, "reserved here");
            found.push(
                finding
                    .help("reserved for ever: what was written with it may still be around; take a new one"),
            );
        }
    }
}
