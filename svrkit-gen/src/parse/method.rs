//! `<method>` of a service.

use std::mem::take;

use super::element::Element;
use super::syntax::Method;
use super::{Context, value};
use crate::model::PRIORITY_DEFAULT;

pub(super) fn method(element: &mut Element<'_>, context: &mut Context<'_>) -> Option<Method> {
    let name = value::name(element, context);
    let id = element.required("id", context).and_then(|it| value::number(it, 1..=u16::MAX, context));
    let request = element.required("request", context).map(|it| value::text(it, context));
    let response = element.required("response", context).map(|it| value::text(it, context));
    let timeout_ms = element.attribute("timeout").and_then(|it| value::duration_ms(it, context));
    let priority = element.attribute("priority").and_then(|it| value::priority(it, context));
    let idempotent = element.attribute("idempotent").and_then(|it| value::flag(it, context));
    Some(Method {
        name: name?,
        id: id?,
        doc: take(&mut element.parts.doc),
        request,
        response,
        timeout_ms,
        priority: priority.unwrap_or(PRIORITY_DEFAULT),
        idempotent: idempotent.is_some_and(|idempotent| idempotent.value),
    })
}
