//! `<service>`.

use super::reader::Element;
use super::syntax::Service;
use super::vocabulary::Kind;
use super::{Context, doc, method, reserved, value};

pub(super) fn service(element: &Element<'_>, context: &mut Context<'_>) -> Option<Service> {
    let name = element.required("name", context).map(value::text);
    let id = element.attribute("id").and_then(|it| value::number(it, 1..=u32::MAX, context));
    let methods = element.children(Kind::Method).filter_map(|it| method::method(it, context)).collect();
    let reserved = reserved::reserved(element, "ids", &(1..=u16::MAX.into()), context);
    Some(Service { name: name?, id, doc: doc::doc(element), methods, reserved })
}
