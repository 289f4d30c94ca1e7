//! SVK0114: within one enum a name belongs to one value.

use std::collections::HashMap;

use super::Rule;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, quoted};
use crate::model::Schema;

pub(super) const RULE: Rule =
    Rule { code: Code::error("SVK0114", "EnumValueTwice", "two values of an enum have one name"), check };

fn check(schema: &Schema, found: &mut Diagnostics) {
    for enumeration in &schema.enums {
        let mut first_use = HashMap::new();
        for value in &enumeration.values {
            let Some(first) = first_use.get(&&value.name.value).copied() else {
                first_use.insert(&value.name.value, value.name.span);
                continue;
            };
            let text =
                format!("{} has two values {}", quoted(&enumeration.name.short()), quoted(&value.name.value));
            let finding = Diagnostic::new(RULE.code, value.name.span, text);
            found.push(finding.also(first, "first defined here"));
        }
    }
}
