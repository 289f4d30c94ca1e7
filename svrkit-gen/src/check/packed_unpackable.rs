//! SVK0111: `packed` belongs to repeated numbers, flags and enums.

use super::Rule;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, quoted};
use crate::model::Schema;

pub(super) const RULE: Rule = Rule {
    code: Code::error("SVK0111", "PackedUnpackable", "`packed` on a field that cannot be packed"),
    check,
};

fn check(schema: &Schema, found: &mut Diagnostics) {
    let fields = schema.messages.iter().flat_map(|message| &message.fields);
    // What a member of a oneof may say is a rule of its own.
    for field in fields.filter(|field| field.oneof.is_none()) {
        let Some(packed) = &field.packed else { continue };
        let name = quoted(&field.head.name.value);
        let text = if !field.is_packable() {
            format!("`packed` on {name}, which holds no numbers, flags or enums")
        } else if field.repeated.is_none() {
            format!("`packed` on {name}, which is not repeated")
        } else {
            continue;
        };
        found.push(Diagnostic::new(RULE.code, packed.span, text).help("drop it"));
    }
}
