//! SVK0120: a default obeys the constraints of its field, as any other value does.

use super::Rule;
use super::constraint_unreachable::are_reachable;
use crate::constraint::Operand;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, quoted};
use crate::model::{Literal, Schema};

pub(super) const RULE: Rule = Rule {
    code: Code::error("SVK0120", "DefaultForbidden", "a default that the constraints of its field refuse"),
    check,
};

fn check(schema: &Schema, found: &mut Diagnostics) {
    let fields = schema.messages.iter().flat_map(|message| &message.fields);
    // What may have no default is told that.
    for field in fields.filter(|field| field.optional.is_some() && !field.is_many() && field.oneof.is_none())
    {
        let Some(default) = &field.default else { continue };
        let (Some(value), subject) = (comparable(&default.value), field.subject()) else {
            continue;
        };
        if !are_reachable(&field.constraints, &subject) {
            continue;
        }
        let suiting = field.constraints.iter().filter(|it| (it.rule.suits)(&subject));
        for constraint in suiting.filter(|it| !(it.rule.admits)(it.operand, value)) {
            let (word, bound) = (constraint.rule.word, constraint.operand);
            let name = quoted(&field.head.name.value);
            let text = format!("the default of {name} breaks its own `{word}`, which is {bound}");
            found.push(
                Diagnostic::new(RULE.code, default.span, text)
                    .also(constraint.span, "the constraint")
                    .help("a server refuses this value when somebody sends it: change one of the two"),
            );
        }
    }
}

/// The number that constraints compare: of a text its bytes.
fn comparable(literal: &Literal) -> Option<Operand> {
    match literal {
        Literal::Integer(value) => Some(Operand::Integer(*value)),
        Literal::Float(value) => Some(Operand::Float(*value)),
        Literal::Text(text) => Some(Operand::Count(u32::try_from(text.len()).unwrap_or(u32::MAX))),
        Literal::Flag(_) | Literal::Value(..) => None,
    }
}
