//! `<field>` of a message.

use std::mem::take;

use super::element::Element;
use super::syntax::{Field, Shape};
use super::{Context, value};

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
    let shape =
        type_name.filter(|_| flags_sound).map(|type_name| Shape { type_name, optional, repeated, packed });
    Some(Field { name: name?, tag: tag?, doc: take(&mut element.parts.doc), shape })
}
