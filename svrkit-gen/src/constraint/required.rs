//! `required`: something must be there.
//!
//! Only where absence can be told from a zero: `min` and `min-len` are for the rest.

use quote::quote;

use super::{Form, Holds, Place, Rule};

pub(super) const RULE: Rule = Rule {
    word: "required",
    doc: "Something must be there.",
    form: Form::Flag,
    places: &[Place::Field, Place::Map, Place::Oneof],
    suits: |subject| match subject.place {
        Place::Map | Place::Oneof => true,
        Place::Field if subject.is_member => false,
        Place::Field => subject.is_optional || subject.is_repeated || subject.holds == Holds::Message,
    },
    suited: "messages, maps, oneofs, and fields that are optional or repeated",
    upper: None,
    admits: |_, _| true,
    words: |_, _| "required".to_owned(),
    tokens: |_| quote!(required),
};
