//! SVK0121: a constraint stands on what can be held to it: no length on a number, no range on a text.

use super::constrained::{Constrained, constrained};
use crate::constraint::{Constraint, REQUIRED, Rule, Subject, rules_of};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, quoted};
use crate::model::Schema;

pub(super) const RULE: super::Rule = super::Rule {
    code: Code::error("SVK0121", "ConstraintUnsuited", "a constraint on what cannot be held to it"),
    check,
};

fn check(schema: &Schema, found: &mut Diagnostics) {
    for Constrained { name, subject, constraints } in constrained(schema) {
        // Whether a member must be there is for the oneof to say, which is a rule of its own.
        let is_other = |rule: &Rule| subject.is_member && rule.word == REQUIRED;
        let unsuited: Vec<_> =
            constraints.iter().filter(|it| !(it.rule.suits)(&subject) && !is_other(it.rule)).collect();
        for (at, constraint) in unsuited.iter().enumerate() {
            let suited = constraint.rule.suited;
            let is_alike = |other: &&&Constraint| other.rule.suited == suited;
            // Both bounds of the same are one mistake.
            if unsuited[..at].iter().any(|other| is_alike(&other)) {
                continue;
            }
            let alike: Vec<_> = unsuited[at..].iter().filter(is_alike).collect();
            let words: Vec<_> = alike.iter().map(|it| format!("`{}`", it.rule.word)).collect();
            let verb = if words.len() == 1 { "is" } else { "are" };
            let text = format!("{} {verb} for {suited}, not for {}", words.join(" and "), quoted(name));
            let finding = Diagnostic::new(RULE.code, constraint.span, text);
            let finding = alike[1..].iter().fold(finding, |finding, it| finding.also(it.span, "and this"));
            found.push(finding.help(help(constraint.rule, &subject)));
        }
    }
}

/// What such a field can have, and what would let it have this one.
fn help(rule: &Rule, subject: &Subject) -> String {
    let suiting = rules_of(subject.place).filter(|other| (other.suits)(subject));
    let words: Vec<_> = suiting.map(|other| format!("`{}`", other.word)).collect();
    let mut help = match words.is_empty() {
        true => "no constraint suits it: drop it".to_owned(),
        false => format!("what suits it is {}", words.join(" ")),
    };
    if !subject.is_member && (rule.suits)(&Subject { is_optional: true, ..*subject }) {
        help.push_str(&format!("; with `optional=\"true\"` also `{}`", rule.word));
    }
    help
}
