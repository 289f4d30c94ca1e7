//! `finite`: neither infinite nor "not a number"; in a list, none of them.

use quote::quote;

use super::{Form, Holds, Place, Rule};

pub(super) const RULE: Rule = Rule {
    word: "finite",
    doc: "Neither infinite nor \"not a number\"; in a list, none of the values.",
    form: Form::Flag,
    places: &[Place::Field],
    suits: |subject| matches!(subject.holds, Holds::Floats { .. }),
    suited: "f32 and f64",
    upper: None,
    admits: |_, value| value.as_float().is_finite(),
    words: |_, subject| subject.per_value("finite".to_owned()),
    tokens: |_| quote!(ensure("finite", ::svrkit_runtime::constraint::is_finite)),
};
