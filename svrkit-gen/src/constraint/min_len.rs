//! `min-len`: the fewest bytes of a text (in UTF-8) or of bytes; in a list, of each of them.

use quote::quote;

use super::{Form, Holds, Place, Rule};

pub(super) const RULE: Rule = Rule {
    word: "min-len",
    doc: "The fewest bytes of a text (in UTF-8) or of bytes; in a list, of each of them.",
    form: Form::Count,
    places: &[Place::Field],
    suits: |subject| subject.holds == Holds::Text,
    suited: "texts and bytes",
    upper: Some("max-len"),
    admits: |bound, value| !bound.exceeds(value),
    words: |bound, subject| subject.per_value(format!("at least {}", bound.counted("byte"))),
    tokens: |operand| {
        let operand = operand.literal();
        quote!(min_len = #operand)
    },
};
