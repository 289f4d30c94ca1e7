//! SVK0109: a repeated field has no presence: an empty list is what its absence means.

use super::Rule;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, quoted};
use crate::model::Schema;

pub(super) const RULE: Rule =
    Rule { code: Code::error("SVK0109", "OptionalRepeated", "a field is optional and repeated"), check };

fn check(schema: &Schema, found: &mut Diagnostics) {
    let fields = schema.messages.iter().flat_map(|message| &message.fields);
    // What a member of a oneof may say is a rule of its own.
    for field in fields.filter(|field| field.oneof.is_none()) {
        let Some(optional) = field.optional.filter(|_| field.repeated.is_some()) else {
            continue;
        };
        let text = format!("{} is optional and repeated", quoted(&field.head.name.value));
        let help = "an absent list and an empty one are the same on the wire: drop `optional`";
        found.push(Diagnostic::new(RULE.code, optional, text).help(help));
    }
}
