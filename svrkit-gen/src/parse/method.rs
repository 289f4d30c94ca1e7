//! `<method>` of a service.

use super::reader::Element;
use super::syntax::Method;
use super::{Context, doc, value};
use crate::model::PRIORITY_DEFAULT;

pub(super) fn method(element: &Element<'_>, context: &mut Context<'_>) -> Option<Method> {
    let name = element.required("name", context).map(value::text);
    let id = element.required("id", context).and_then(|it| value::number(it, 1..=u16::MAX, context));
    let request = element.required("request", context).map(value::text);
    let response = element.required("response", context).map(value::text);
    let timeout_ms = element.attribute("timeout").and_then(|it| value::duration_ms(it, context));
    let priority = element.attribute("priority").and_then(|it| value::priority(it, context));
    let idempotent = element.attribute("idempotent").and_then(|it| value::flag(it, context));
    Some(Method {
        name: name?,
        id: id?,
        doc: doc::doc(element),
        request,
        response,
        timeout_ms,
        priority: priority.unwrap_or(PRIORITY_DEFAULT),
        idempotent: idempotent.is_some_and(|idempotent| idempotent.value),
    })
}
