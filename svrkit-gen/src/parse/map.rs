//! `<map>`: a field of entries, on the wire a list of messages with a key and a value.

use std::mem::take;

use super::element::Element;
use super::syntax::{Field, Shape};
use super::{Context, constraints, lifecycle, value};
use crate::constraint::Place;

pub(super) fn map(element: &mut Element<'_>, context: &mut Context<'_>) -> Option<Field> {
    let name = value::name(element, context);
    let tag = element.required("tag", context).and_then(|it| value::tag(it, context));
    let key = element.required("key", context).map(|it| value::text(it, context));
    let type_name = element.required("value", context).map(|it| value::text(it, context));
    let sensitive = element.attribute("sensitive").and_then(|it| value::flag(it, context));
    let json = element.attribute("json").and_then(|it| value::json_name(it, context));
    let constraints = constraints::constraints(element, Place::Map, context);
    let lifecycle = lifecycle::lifecycle(element, context);
    let shape = key.zip(type_name).filter(|_| !element.attributes_cut).map(|(key, type_name)| Shape {
        type_name,
        key: Some(key),
        optional: None,
        repeated: None,
        packed: None,
        default: None,
    });
    Some(Field {
        name: name?,
        tag: tag?,
        doc: take(&mut element.parts.doc),
        lifecycle,
        is_sensitive: sensitive.is_some_and(|it| it.value),
        json,
        constraints,
        shape,
    })
}
