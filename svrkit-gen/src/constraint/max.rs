//! `max`: the most a number may be; in a list, each of them.

use quote::quote;

use super::{Form, Holds, Place, Rule};

pub(super) const RULE: Rule = Rule {
    word: "max",
    doc: "The most a number may be; in a list, each of them.",
    form: Form::Number,
    places: &[Place::Field],
    suits: |subject| matches!(subject.holds, Holds::Integers { .. } | Holds::Floats { .. }),
    suited: "numbers",
    upper: None,
    admits: |bound, value| !value.exceeds(bound),
    words: |bound, subject| subject.per_value(format!("at most {}", bound.shown())),
    tokens: |operand| {
        let operand = operand.literal();
        quote!(max = #operand)
    },
};
