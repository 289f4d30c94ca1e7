//! SVK0136: a message that must hold one of its own kind, or leads back to itself by what must be there, never ends.

use super::Rule;
use crate::components::components;
use crate::constraint::REQUIRED;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span, quoted};
use crate::model::{Field, FieldType, MessageId, Schema};

pub(super) const RULE: Rule = Rule {
    code: Code::error("SVK0136", "RequiredRecursion", "a message must hold itself without end"),
    check,
};

fn check(schema: &Schema, found: &mut Diagnostics) {
    let demanded = |field: &Field| match field.kind {
        FieldType::Message(MessageId(target)) if field.oneof.is_none() => {
            demand(field).map(|span| (target, span))
        }
        _ => None,
    };
    let all: Vec<Vec<(usize, Span)>> =
        schema.messages.iter().map(|message| message.fields.iter().filter_map(demanded).collect()).collect();
    let targets: Vec<Vec<usize>> =
        all.iter().map(|edges| edges.iter().map(|(target, _)| *target).collect()).collect();
    let component = components(&targets);
    let mut reported = vec![false; all.len()];
    for (at, edges) in all.iter().enumerate() {
        for (target, span) in edges {
            // A circle is one mistake, whichever of its fields mends it.
            if component[*target] != component[at] || std::mem::replace(&mut reported[component[at]], true) {
                continue;
            }
            let name = |at: usize| quoted(&schema.messages[at].name.short());
            let text = match *target == at {
                true => format!("{0} must hold another {0}, and that one another, without end", name(at)),
                false => {
                    format!("{} must hold {}, which leads back to it, without end", name(at), name(*target))
                }
            };
            let finding = Diagnostic::new(RULE.code, *span, text)
                .help("no message can be that long: drop `required` somewhere on the way");
            let next =
                all[*target].iter().find(|(next, _)| *target != at && component[*next] == component[at]);
            found.push(match next {
                Some((_, next)) => finding.also(*next, "and this on the way back"),
                None => finding,
            });
        }
    }
}

/// The place that says there must be at least one.
fn demand(field: &Field) -> Option<Span> {
    field
        .constraints
        .iter()
        .find(|constraint| constraint.rule.word == REQUIRED)
        .map(|constraint| constraint.span)
}
