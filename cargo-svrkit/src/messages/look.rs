//! What is wrong with the bytes of a message, and what is not known of them, without showing them.

use svrkit_reflect::{MessageDescriptor, Shown, text};

use crate::outcome::counted;

/// The bytes, walked and not shown.
pub(crate) fn looked_at(message: MessageDescriptor<'_>, bytes: &[u8]) -> Shown {
    text::dump(Some(message), bytes, &text::Options { out: 0, ..Default::default() })
}

/// A warning of what has no place in JSON, empty if everything has one.
pub(crate) fn left_out_of_json(message: MessageDescriptor<'_>, bytes: &[u8]) -> String {
    match looked_at(message, bytes).unknown() {
        0 => String::new(),
        count => {
            let records = counted(count, "record");
            format!(
                "warning: {records} that the schema does not know: json has no place for such, text keeps them\n"
            )
        }
    }
}
