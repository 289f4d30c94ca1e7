//! `<enum>` and the `<value>`s in it.

use std::mem::take;

use super::element::Element;
use super::syntax::{Enum, Value};
use super::{Context, lifecycle, value};

pub(super) fn enumeration(element: &mut Element<'_>, context: &mut Context<'_>) -> Option<Enum> {
    let Some(name) = value::name(element, context) else {
        context.lost.anything();
        return None;
    };
    let lifecycle = lifecycle::lifecycle(element, context);
    let parts = take(&mut element.parts);
    Some(Enum {
        name,
        doc: parts.doc,
        lifecycle,
        values: parts.values,
        reserved: parts.reserved,
        is_partial: element.children_cut,
    })
}

pub(super) fn value(element: &mut Element<'_>, context: &mut Context<'_>) -> Option<Value> {
    let name = value::name(element, context);
    let number = element.required("number", context);
    let number = number.and_then(|it| value::number(it, i32::MIN..=i32::MAX, context));
    let lifecycle = lifecycle::lifecycle(element, context);
    Some(Value { name: name?, number: number?, doc: take(&mut element.parts.doc), lifecycle })
}
