//! `max-items`: the most values of a list, or entries of a map.

use quote::quote;

use super::{Form, Place, Rule};

pub(super) const RULE: Rule = Rule {
    word: "max-items",
    doc: "The most values of a list, or entries of a map.",
    form: Form::Count,
    places: &[Place::Field, Place::Map],
    suits: |subject| subject.is_repeated || subject.place == Place::Map,
    suited: "repeated fields and maps",
    upper: None,
    // Lists and maps have no default.
    admits: |_, _| true,
    words: |bound, subject| format!("at most {}", bound.counted(subject.entry())),
    tokens: |operand| {
        let operand = operand.literal();
        quote!(max_items = #operand)
    },
};
