//! SVK0113: within one enum a number belongs to one value.

use std::collections::HashMap;

use super::Rule;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, quoted};
use crate::model::Schema;

pub(super) const RULE: Rule =
    Rule { code: Code::error("SVK0113", "EnumNumberTwice", "two values of an enum have one number"), check };

fn check(schema: &Schema, found: &mut Diagnostics) {
    for enumeration in &schema.enums {
        let mut first_use = HashMap::new();
        for value in &enumeration.values {
            let Some(first) = first_use.get(&value.number.value).copied() else {
                first_use.insert(value.number.value, value.number.span);
                continue;
            };
            let text = format!(
                "number {} is used twice in {}",
                value.number.value,
                quoted(&enumeration.name.short())
            );
            let finding = Diagnostic::new(RULE.code, value.number.span, text);
            found.push(finding.also(first, "first used here"));
        }
    }
}
