//! SVK0311 `large-message`: a message has at most [`FIELDS_MAX`] fields.
//!
//! Every field costs memory in every value, set or not, and a message that holds all that was ever wanted has no
//! meaning left to document. Messages within it can be absent as a whole.

use super::{Findings, Level, Lint, Subject};
use crate::diagnostic::{Code, Diagnostic, quoted};

const FIELDS_MAX: usize = 100;

pub(super) const LINT: Lint = Lint {
    name: "large-message",
    code: Code::warning("SVK0311", "LargeMessage", "a message has more than 100 fields"),
    level: Level::Warn,
    run: lint,
};

fn lint(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for message in &subject.schema.messages {
        let fields = message.heads().len();
        if fields <= FIELDS_MAX {
            continue;
        }
        findings.push(message.name.span, |code| {
            let text =
                format!("{} has {fields} fields, more than {FIELDS_MAX}", quoted(&message.name.short()));
            let help = "put fields that come and go together into messages of their own";
            Diagnostic::new(code, message.name.span, text).help(help)
        });
    }
}
