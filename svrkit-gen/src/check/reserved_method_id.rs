//! SVK0205: a reserved method id is never used again.

use super::Rule;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, quoted};
use crate::model::Schema;

pub(super) const RULE: Rule =
    Rule { code: Code::error("SVK0205", "ReservedMethodId", "a method uses a reserved id"), check };

fn check(schema: &Schema, found: &mut Diagnostics) {
    for service in &schema.services {
        for head in service.heads() {
            let Some(reserved) = service.reserved.number(head.id.value.into()) else {
                continue;
            };
            let text =
                format!("method id {} is reserved in {}", head.id.value, quoted(&service.name.short()));
            let finding = Diagnostic::new(RULE.code, head.id.span, text).also(reserved, "reserved here");
            found.push(
                finding
                    .help("reserved for ever: what was written with it may still be around; take a new one"),
            );
        }
    }
}
