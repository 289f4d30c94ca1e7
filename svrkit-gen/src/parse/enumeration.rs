//! `<enum>` and the `<value>`s in it.

use super::reader::Element;
use super::syntax::{Enum, Value};
use super::vocabulary::Kind;
use super::{Context, doc, reserved, value};

pub(super) fn enumeration(element: &Element<'_>, context: &mut Context<'_>) -> Option<Enum> {
    let name = element.required("name", context).map(value::text);
    let elements = element.children(Kind::Value).count();
    let values: Vec<_> = element.children(Kind::Value).filter_map(|it| enum_value(it, context)).collect();
    let reserved = reserved::reserved(element, "numbers", &(i32::MIN.into()..=i32::MAX.into()), context);
    if name.is_none() {
        context.lost.anything();
    }
    Some(Enum {
        name: name?,
        doc: doc::doc(element),
        is_partial: element.children_cut || values.len() < elements,
        values,
        reserved,
    })
}

fn enum_value(element: &Element<'_>, context: &mut Context<'_>) -> Option<Value> {
    let name = element.required("name", context).map(value::text);
    let number = element.required("number", context);
    let number = number.and_then(|it| value::number(it, i32::MIN..=i32::MAX, context));
    Some(Value { name: name?, number: number?, doc: doc::doc(element) })
}
