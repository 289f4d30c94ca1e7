//! The rules of labels. Each fault stands at the token that is wrong.

use std::collections::BTreeMap;

use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Ident, LitStr};

use super::parse::{Draft, DraftLabel, DraftShape, DraftValue};
use super::snake_case::snake_case;
use super::{Label, Labels, Shape, Value};
use crate::faults::Faults;
use crate::metric_name::{LABELS_MAX, label_fault};

/// What is sound of `draft`; the rest is in `faults`.
pub(super) fn labels<'a>(draft: &Draft<'a>, faults: &mut Faults) -> Labels<'a> {
    let ident = draft.ident;
    let shape = match &draft.shape {
        DraftShape::Set(labels) => set(ident, labels, faults),
        DraftShape::One { name, values } => one(ident, name.as_ref(), values, faults),
    };
    Labels { ident, shape }
}

fn set<'a>(ident: &Ident, labels: &[DraftLabel<'a>], faults: &mut Faults) -> Shape<'a> {
    if labels.is_empty() {
        faults
            .at(ident.span(), "a metric without labels needs no `Family`: a set of labels has one at least");
    }
    let mut first_use = BTreeMap::new();
    let mut set = Vec::new();
    for DraftLabel { ident, ty, name } in labels {
        let place = name.as_ref().map_or_else(|| ident.span(), LitStr::span);
        let name = name.as_ref().map_or_else(|| ident.unraw().to_string(), LitStr::value);
        check_name(&name, place, faults);
        if let Some(first) = first_use.insert(name.clone(), *ident) {
            faults.at(place, format_args!("two labels are called `{name}`, `{first}` is already"));
        }
        if set.len() == LABELS_MAX {
            faults.at(place, format_args!("a metric has at most {LABELS_MAX} labels"));
        }
        set.push(Label { ident, ty, name });
    }
    Shape::Set(set)
}

fn one<'a>(
    ident: &Ident,
    name: Option<&LitStr>,
    values: &[DraftValue<'a>],
    faults: &mut Faults,
) -> Shape<'a> {
    let place = name.map_or_else(|| ident.span(), LitStr::span);
    let name = name.map_or_else(|| snake_case(ident), LitStr::value);
    check_name(&name, place, faults);
    if values.is_empty() {
        faults.at(ident.span(), "a label has one value at least");
    }
    let mut first_use = BTreeMap::new();
    let mut known = Vec::new();
    for DraftValue { ident, fields, text } in values {
        if !fields.is_empty() {
            let told =
                "a label's value holds nothing: what it holds is a label of its own, in a struct of both";
            faults.at(fields.span(), told);
        }
        let place = text.as_ref().map_or_else(|| ident.span(), LitStr::span);
        let text = text.as_ref().map_or_else(|| snake_case(ident), LitStr::value);
        if text.is_empty() {
            faults.at(place, "a label without a value is one that is not there: give it another one");
        }
        if let Some(first) = first_use.insert(text.clone(), *ident) {
            faults.at(place, format_args!("two values are told as `{text}`, `{first}` is already"));
        }
        known.push(Value { ident, text });
    }
    Shape::One { name, values: known }
}

fn check_name(name: &str, place: Span, faults: &mut Faults) {
    if let Some(fault) = label_fault(name) {
        faults.at(place, format_args!("the label's name `{name}` {fault}"));
    }
}
