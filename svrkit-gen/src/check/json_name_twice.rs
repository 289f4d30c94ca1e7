//! SVK0137: within one message a name in JSON leads to one field.
//!
//! Readers of JSON take a field by its name in JSON and by that in the schema, so neither may be another field's. Names
//! that are one in the schema or in Rust have rules of their own.

use std::collections::HashMap;

use super::Rule;
use super::bad_name::is_sound;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span, quoted};
use crate::model::{Field, Schema};
use crate::names;

pub(super) const RULE: Rule = Rule {
    code: Code::error("SVK0137", "JsonNameTwice", "two fields of a message have one name in JSON"),
    check,
};

fn check(schema: &Schema, found: &mut Diagnostics) {
    for message in &schema.messages {
        let mut first_use: HashMap<String, &Field> = HashMap::new();
        for field in &message.fields {
            if found.is_full() {
                return;
            }
            let mut is_reported = false;
            for name in [field.json_name(), field.head.name.value.to_string()] {
                let Some(first) = first_use.get(&name).copied() else {
                    first_use.insert(name, field);
                    continue;
                };
                if is_reported || std::ptr::eq(first, field) || is_one_elsewhere(first, field) {
                    continue;
                }
                is_reported = true;
                let text = format!(
                    "{} and {} of {} are both called {} in JSON",
                    quoted(&first.head.name.value),
                    quoted(&field.head.name.value),
                    quoted(&message.name.short()),
                    quoted(&name)
                );
                let help = "JSON is read by either name of a field: rename one, or give it another by `json`";
                let finding =
                    Diagnostic::new(RULE.code, span(field), text).also(span(first), "called so first");
                found.push(finding.help(help));
            }
        }
    }
}

/// Where the name in JSON comes from.
fn span(field: &Field) -> Span {
    field.json.as_ref().unwrap_or(&field.head.name).span
}

/// Whether another rule finds these two.
fn is_one_elsewhere(one: &Field, other: &Field) -> bool {
    let (one_name, other_name) = (&*one.head.name.value, &*other.head.name.value);
    if one_name == other_name || !is_sound(one_name) || !is_sound(other_name) {
        return true;
    }
    one.oneof == other.oneof
        && match one.oneof {
            None => names::field(one_name) == names::field(other_name),
            Some(_) => names::variant(one_name) == names::variant(other_name),
        }
}
