//! SVK0115: a reserved enum number is never used again.

use super::Rule;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, quoted};
use crate::model::Schema;

pub(super) const RULE: Rule =
    Rule { code: Code::error("SVK0115", "ReservedNumber", "an enum value uses a reserved number"), check };

fn check(schema: &Schema, found: &mut Diagnostics) {
    for enumeration in &schema.enums {
        for value in &enumeration.values {
            let Some(reserved) = enumeration.reserved.number(value.number.value.into()) else {
                continue;
            };
            let text =
                format!("number {} is reserved in {}", value.number.value, quoted(&enumeration.name.short()));
            let finding = Diagnostic::new(RULE.code, value.number.span, text).also(reserved, "reserved here");
            found.push(
                finding
                    .help("reserved for ever: what was written with it may still be around; take a new one"),
            );
        }
    }
}
