//! `<field>` of a message or of a oneof.

use std::mem::take;

use super::element::Element;
use super::syntax::{Field, Shape};
use super::{Context, constraints, lifecycle, value};
use crate::constraint::Place;

pub(super) fn field(element: &mut Element<'_>, context: &mut Context<'_>) -> Option<Field> {
    let name = value::name(element, context);
    let tag = element.required("tag", context).and_then(|it| value::tag(it, context));
    let type_name = element.required("type", context).map(|it| value::text(it, context));
    let mut flags_sound = !element.attributes_cut;
    let mut flag = |name| {
        let attribute = element.attribute(name)?;
        let flag = value::flag(attribute, context);
        flags_sound &= flag.is_some();
        flag
    };
    let (optional, repeated, packed) = (flag("optional"), flag("repeated"), flag("packed"));
    let is_sensitive = flag("sensitive").is_some_and(|it| it.value);
    let json = element.attribute("json").and_then(|it| value::json_name(it, context));
    let default = element.attribute("default").map(|it| value::text(it, context));
    let constraints = constraints::constraints(element, Place::Field, context);
    let lifecycle = lifecycle::lifecycle(element, context);
    let type_name = type_name.filter(|_| flags_sound);
    let shape =
        type_name.map(|type_name| Shape { type_name, key: None, optional, repeated, packed, default });
    let doc = take(&mut element.parts.doc);
    Some(Field { name: name?, tag: tag?, doc, lifecycle, is_sensitive, json, constraints, shape })
}
