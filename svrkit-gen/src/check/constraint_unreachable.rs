//! SVK0122: a constraint that every value keeps, or none can: bounds beyond the type, the upper below the lower.

use super::Rule;
use super::constrained::{Constrained, constrained};
use crate::constraint::{Constraint, Holds, Operand, Subject, is_within};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, quoted};
use crate::model::Schema;

pub(super) const RULE: Rule = Rule {
    code: Code::error(
        "SVK0122",
        "ConstraintUnreachable",
        "a constraint that no value can break or none can keep",
    ),
    check,
};

fn check(schema: &Schema, found: &mut Diagnostics) {
    for Constrained { name, subject, constraints } in constrained(schema) {
        let suiting = || constraints.iter().filter(|it| (it.rule.suits)(&subject));
        for constraint in suiting() {
            if let Some((reason, help)) = out_of_type(constraint, &subject) {
                let (word, bound) = (constraint.rule.word, constraint.operand);
                let text = format!("`{word}` is {bound}, and {} holds {reason}", quoted(name));
                found.push(Diagnostic::new(RULE.code, constraint.span, text).help(help));
            }
        }
        for (lower, upper) in crossed(constraints, &subject) {
            let text = format!(
                "`{}` is {}, below `{}`, which is {}",
                upper.rule.word, upper.operand, lower.rule.word, lower.operand
            );
            found.push(
                Diagnostic::new(RULE.code, upper.span, text)
                    .also(lower.span, "the lower bound")
                    .help("nothing is within both: are they swapped?"),
            );
        }
    }
}

/// Whether each constraint can be kept and broken.
pub(super) fn are_reachable(constraints: &[Constraint], subject: &Subject) -> bool {
    constraints.iter().all(|it| out_of_type(it, subject).is_none())
        && crossed(constraints, subject).next().is_none()
}

const OBEYED_BY_ALL: &str = "every value obeys it: drop it";

/// What the type holds instead of such a bound, and what to do.
fn out_of_type(constraint: &Constraint, subject: &Subject) -> Option<(String, &'static str)> {
    let bound = constraint.operand;
    match (subject.holds, bound) {
        (Holds::Integers { min, max }, Operand::Float(value))
            if (min as f64..=max as f64).contains(&value) =>
        {
            Some(("whole numbers".to_owned(), "write it without a fraction"))
        }
        (Holds::Integers { min, max }, Operand::Integer(_) | Operand::Float(_)) => {
            let admits = |value| (constraint.rule.admits)(bound, Operand::Integer(value));
            let help = match (admits(min), admits(max)) {
                (true, true) => OBEYED_BY_ALL,
                (false, false) => "no value obeys it: take a bound the type can reach",
                _ => return None,
            };
            Some((format!("{min} to {max}"), help))
        }
        // Everything has none or more.
        (_, Operand::Count(0)) if constraint.rule.upper.is_some() => {
            Some(("0 or more".to_owned(), OBEYED_BY_ALL))
        }
        (Holds::Floats { is_single }, Operand::Integer(_) | Operand::Float(_))
            if !is_within(bound.as_float(), is_single) =>
        {
            Some((
                format!("numbers up to {:e}", if is_single { f64::from(f32::MAX) } else { f64::MAX }),
                "take a bound the type can reach, or drop it",
            ))
        }
        _ => None,
    }
}

/// Lower bounds with the upper ones below them.
fn crossed<'a>(
    constraints: &'a [Constraint],
    subject: &'a Subject,
) -> impl Iterator<Item = (&'a Constraint, &'a Constraint)> {
    let sound = move |it: &&Constraint| (it.rule.suits)(subject) && out_of_type(it, subject).is_none();
    constraints.iter().filter(sound).filter_map(move |lower| {
        let upper =
            constraints.iter().filter(sound).find(|upper| Some(upper.rule.word) == lower.rule.upper)?;
        lower.operand.exceeds(upper.operand).then_some((lower, upper))
    })
}
