//! `max-len`: the most bytes of a text (in UTF-8) or of bytes; in a list, of each of them.

use quote::quote;

use super::{Form, Holds, Place, Rule};

pub(super) const RULE: Rule = Rule {
    word: "max-len",
    doc: "The most bytes of a text (in UTF-8) or of bytes; in a list, of each of them.",
    form: Form::Count,
    places: &[Place::Field],
    suits: |subject| subject.holds == Holds::Text,
    suited: "texts and bytes",
    upper: None,
    admits: |bound, value| !value.exceeds(bound),
    words: |bound, subject| subject.per_value(format!("at most {}", bound.counted("byte"))),
    tokens: |operand| {
        let operand = operand.literal();
        quote!(max_len = #operand)
    },
};
