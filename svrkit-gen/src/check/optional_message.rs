//! SVK0110: a message field knows without `optional` whether it is there.

use super::Rule;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, quoted};
use crate::model::Schema;

pub(super) const RULE: Rule =
    Rule { code: Code::warning("SVK0110", "OptionalMessage", "`optional` on a message says nothing"), check };

fn check(schema: &Schema, found: &mut Diagnostics) {
    let fields = schema.messages.iter().flat_map(|message| &message.fields);
    // What a member of a oneof may say is a rule of its own.
    for field in fields.filter(|field| field.oneof.is_none()) {
        let Some(optional) = field.optional.filter(|_| field.single_message().is_some()) else {
            continue;
        };
        let text =
            format!("`optional` says nothing on {}, which is a message", quoted(&field.head.name.value));
        found.push(Diagnostic::new(RULE.code, optional, text).help("drop it"));
    }
}
