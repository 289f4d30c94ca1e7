//! SVK0136: a message that must hold one of its own kind, or leads back to itself by what must be there, never ends.
//!
//! What ends is worked out from the ends: a message does if all that it must hold does, and of each choice it must make
//! one member at least. Reported are the circles among the others.

use super::Rule;
use crate::components::components;
use crate::constraint::{Constraint, MIN_ITEMS, Operand, REQUIRED};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span, quoted};
use crate::model::{Field, FieldType, Message, MessageId, Schema};

pub(super) const RULE: Rule = Rule {
    code: Code::error("SVK0136", "RequiredRecursion", "a message must hold itself without end"),
    check,
};

/// Of these, a message must hold one.
struct Demand {
    span: Span,
    targets: Vec<usize>,
}

fn check(schema: &Schema, found: &mut Diagnostics) {
    let demands: Vec<Vec<Demand>> = schema.messages.iter().map(demands).collect();
    let ends = ends(&demands);
    // What is left leads to no end, whichever member is chosen.
    let all: Vec<Vec<(usize, Span)>> = demands
        .iter()
        .enumerate()
        .map(|(at, demands)| {
            let endless =
                demands.iter().filter(|it| !ends[at] && it.targets.iter().all(|target| !ends[*target]));
            endless.flat_map(|demand| demand.targets.iter().map(|target| (*target, demand.span))).collect()
        })
        .collect();
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
                .help("no message can be that long: let something on the way be absent or empty");
            let next =
                all[*target].iter().find(|(next, _)| *target != at && component[*next] == component[at]);
            found.push(match next {
                Some((_, next)) => finding.also(*next, "and this on the way back"),
                None => finding,
            });
        }
    }
}

/// What a message cannot be without, as far as it is made of messages.
fn demands(message: &Message) -> Vec<Demand> {
    let fields = message.fields.iter().filter(|field| field.oneof.is_none());
    let fields = fields.filter_map(|field| {
        Some(Demand { span: demand(&field.constraints)?, targets: vec![message_of(field)?] })
    });
    let oneofs = message.oneofs.iter().enumerate().filter(|(_, oneof)| !oneof.is_partial);
    let oneofs = oneofs.filter_map(|(at, oneof)| {
        let targets: Option<Vec<usize>> = message.members(at).map(message_of).collect();
        Some(Demand { span: demand(&oneof.constraints)?, targets: targets.filter(|it| !it.is_empty())? })
    });
    fields.chain(oneofs).collect()
}

/// By message, whether it can be finite.
fn ends(demands: &[Vec<Demand>]) -> Vec<bool> {
    // By message, the demands that it would satisfy.
    let mut users: Vec<Vec<(usize, usize)>> = demands.iter().map(|_| Vec::new()).collect();
    for (at, own) in demands.iter().enumerate() {
        for (number, demand) in own.iter().enumerate() {
            demand.targets.iter().for_each(|target| users[*target].push((at, number)));
        }
    }
    let mut open: Vec<Vec<bool>> = demands.iter().map(|own| vec![true; own.len()]).collect();
    let mut left: Vec<usize> = demands.iter().map(Vec::len).collect();
    let mut ends: Vec<bool> = left.iter().map(|left| *left == 0).collect();
    let mut todo: Vec<usize> = (0..ends.len()).filter(|at| ends[*at]).collect();
    while let Some(at) = todo.pop() {
        for (user, number) in &users[at] {
            if !std::mem::replace(&mut open[*user][*number], false) {
                continue;
            }
            left[*user] -= 1;
            if left[*user] == 0 {
                ends[*user] = true;
                todo.push(*user);
            }
        }
    }
    ends
}

fn message_of(field: &Field) -> Option<usize> {
    match field.kind {
        FieldType::Message(MessageId(target)) => Some(target),
        FieldType::Scalar(_) | FieldType::Enum(_) => None,
    }
}

/// The place that says there must be at least one.
fn demand(constraints: &[Constraint]) -> Option<Span> {
    let demands = |it: &&Constraint| match it.operand {
        Operand::Count(count) => it.rule.word == MIN_ITEMS && 0 < count,
        _ => it.rule.word == REQUIRED,
    };
    constraints.iter().find(demands).map(|constraint| constraint.span)
}
