//! SVK0315 `unbounded`: what callers may send has an upper bound.
//!
//! The limits of the decoder keep a server alive; they are the same for every message, so a name may be as long as an
//! image. A bound that says what is meant refuses nonsense before the handler. It is asked for in every message that a
//! request holds. Off unless asked for: between services that trust one another the limits of the decoder may do.

use super::{Findings, Level, Lint, Subject};
use crate::constraint::rules_of;
use crate::diagnostic::{Code, Diagnostic, quoted};
use crate::model::{Field, FieldType, MessageId, Schema};

/// The constraints that are bounds of a length.
const BOUNDS: [&str; 2] = ["max-len", "max-items"];

pub(super) const LINT: Lint = Lint {
    name: "unbounded",
    code: Code::warning("SVK0315", "Unbounded", "what a caller may send has no upper bound"),
    level: Level::Off,
    run: lint,
};

fn lint(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let schema = subject.schema;
    for id in in_requests(schema) {
        for field in &schema.message(id).fields {
            let missing = missing_bounds(field);
            if missing.is_empty() {
                continue;
            }
            let name = &field.head.name;
            findings.push(name.span, |code| {
                let text = format!("{} of a request may be of any length", quoted(&name.value));
                let help = format!("add {}, as large as makes sense", missing.join(" and "));
                Diagnostic::new(code, name.span, text).help(help)
            });
        }
    }
}

/// The messages that are requests or stand in one, by id.
fn in_requests(schema: &Schema) -> Vec<MessageId> {
    let mut is_in = vec![false; schema.messages.len()];
    let methods = schema.services.iter().flat_map(|service| &service.methods);
    let mut todo: Vec<MessageId> = methods.map(|method| method.request).collect();
    while let Some(id) = todo.pop() {
        if std::mem::replace(&mut is_in[id.0], true) {
            continue;
        }
        let messages = schema.message(id).fields.iter().filter_map(|field| match field.kind {
            FieldType::Message(inner) => Some(inner),
            FieldType::Scalar(_) | FieldType::Enum(_) => None,
        });
        todo.extend(messages);
    }
    (0..is_in.len()).filter(|at| is_in[*at]).map(MessageId).collect()
}

/// The bounds this field could have and has not, as attributes.
fn missing_bounds(field: &Field) -> Vec<String> {
    let subject = field.subject();
    let possible =
        rules_of(subject.place).filter(|rule| BOUNDS.contains(&rule.word) && (rule.suits)(&subject));
    let missing = possible.filter(|rule| field.constraints.iter().all(|it| it.rule.word != rule.word));
    missing.map(|rule| format!("`{}`", rule.word)).collect()
}
