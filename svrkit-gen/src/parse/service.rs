//! `<service>`.

use std::mem::take;

use super::element::Element;
use super::syntax::Service;
use super::{Context, lifecycle, value};

pub(super) fn service(element: &mut Element<'_>, context: &mut Context<'_>) -> Option<Service> {
    let name = value::name(element, context);
    let id = element.attribute("id").and_then(|it| value::number(it, 1..=u32::MAX, context));
    let lifecycle = lifecycle::lifecycle(element, context);
    let parts = take(&mut element.parts);
    Some(Service {
        name: name?,
        id,
        doc: parts.doc,
        lifecycle,
        methods: parts.methods,
        reserved: parts.reserved,
        is_partial: element.children_cut,
    })
}
