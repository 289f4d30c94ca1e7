//! SVK0116: a reserved name of an enum value is never used again.

use super::Rule;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, quoted};
use crate::model::Schema;

pub(super) const RULE: Rule =
    Rule { code: Code::error("SVK0116", "ReservedValue", "an enum value uses a reserved name"), check };

fn check(schema: &Schema, found: &mut Diagnostics) {
    for enumeration in &schema.enums {
        for value in &enumeration.values {
            let Some(reserved) = enumeration.reserved.name(&value.name.value) else {
                continue;
            };
            let text = format!(
                "the name {} is reserved in {}",
                quoted(&value.name.value),
                quoted(&enumeration.name.short())
            );
            let finding = Diagnostic::new(RULE.code, value.name.span, text).also(reserved, "reserved here");
            found.push(
                finding
                    .help("reserved for ever: what was written with it may still be around; take a new one"),
            );
        }
    }
}
