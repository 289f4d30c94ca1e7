//! `<errors>` and the `<error>`s in it.

use std::mem::take;

use super::element::Element;
use super::syntax::{Error, Errors};
use super::vocabulary::STATUSES;
use super::{Context, duration, lifecycle, value};

pub(super) fn errors(element: &mut Element<'_>, context: &mut Context<'_>) -> Option<Errors> {
    let Some(name) = value::name(element, context) else {
        context.lost.anything();
        return None;
    };
    let lifecycle = lifecycle::lifecycle(element, context);
    let parts = take(&mut element.parts);
    Some(Errors {
        name,
        doc: parts.doc,
        lifecycle,
        errors: parts.errors,
        reserved: parts.reserved,
        is_partial: element.children_cut,
    })
}

pub(super) fn error(element: &mut Element<'_>, context: &mut Context<'_>) -> Option<Error> {
    let name = value::name(element, context);
    let code = element.required("code", context);
    let code = code.and_then(|it| value::number(it, 1..=u32::MAX, context));
    let status = element.attribute("status").and_then(|it| value::one_of(it, &STATUSES, context));
    let retry = element.attribute("retry").and_then(|it| duration::retry(it, context));
    let detail = element.attribute("detail").map(|it| value::text(it, context));
    let lifecycle = lifecycle::lifecycle(element, context);
    let doc = take(&mut element.parts.doc);
    Some(Error { name: name?, code: code?, doc, lifecycle, status, retry, detail })
}
