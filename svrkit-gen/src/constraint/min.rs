//! `min`: the least a number may be; in a list, each of them.

use quote::quote;

use super::{Form, Holds, Place, Rule};

pub(super) const RULE: Rule = Rule {
    word: "min",
    doc: "The least a number may be; in a list, each of them.",
    form: Form::Number,
    places: &[Place::Field],
    suits: |subject| matches!(subject.holds, Holds::Integers { .. } | Holds::Floats { .. }),
    suited: "numbers",
    upper: Some("max"),
    admits: |bound, value| !bound.exceeds(value),
    words: |bound, subject| subject.per_value(format!("at least {}", bound.shown())),
    tokens: |operand| {
        let operand = operand.literal();
        quote!(min = #operand)
    },
};
