//! SVK0105: a tag is one that the wire can carry and that protobuf leaves to its users.

use super::Rule;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::limits::TAG_MAX;
use crate::model::{Schema, TAGS_OF_PROTOBUF};

pub(super) const RULE: Rule = Rule {
    code: Code::error("SVK0105", "TagOutOfRange", "a tag is outside of what the wire can carry"),
    check,
};

fn check(schema: &Schema, found: &mut Diagnostics) {
    let (protobuf_first, protobuf_last) = (TAGS_OF_PROTOBUF.start(), TAGS_OF_PROTOBUF.end());
    for head in schema.messages.iter().flat_map(|message| message.heads()) {
        let tag = head.tag.value;
        let text = if !(1..=TAG_MAX).contains(&tag) {
            format!("tag {tag} is outside of 1 to {TAG_MAX}")
        } else if TAGS_OF_PROTOBUF.contains(&tag) {
            format!(
                "tag {tag} is one of {protobuf_first} to {protobuf_last}, which protobuf keeps for itself"
            )
        } else {
            continue;
        };
        found.push(Diagnostic::new(RULE.code, head.tag.span, text));
    }
}
