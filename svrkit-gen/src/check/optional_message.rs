//! SVK0110: a message field knows without `optional` whether it is there.

use crate::diagnostic::{Code, Diagnostic, Diagnostics, quoted};
use crate::model::Schema;

pub(super) fn check(schema: &Schema, found: &mut Diagnostics) {
    for field in schema.messages.iter().flat_map(|message| &message.fields) {
        let Some(optional) = field.optional.filter(|_| field.single_message().is_some()) else {
            continue;
        };
        let text =
            format!("`optional` says nothing on {}, which is a message", quoted(&field.head.name.value));
        found.push(Diagnostic::new(Code::OptionalMessage, optional, text).help("drop it"));
    }
}
