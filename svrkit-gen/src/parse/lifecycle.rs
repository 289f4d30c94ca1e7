//! `since`, `deprecated` and `replaced-by`, which most elements may have.

use super::element::Element;
use super::syntax::{History, Lifecycle};
use super::{Context, value};

pub(super) fn lifecycle(element: &Element<'_>, context: &mut Context<'_>) -> Lifecycle {
    let since = element.attribute("since").and_then(|it| value::number(it, 1..=u32::MAX, context));
    let deprecated = element.attribute("deprecated").and_then(|it| value::reason(it, context));
    // A reason that could not be read was meant to be one, and what is cut may have been it.
    let is_lost =
        deprecated.is_none() && (element.attributes_cut || element.attribute("deprecated").is_some());
    let replaced_by = element.attribute("replaced-by").filter(|_| !is_lost);
    let replaced_by = replaced_by.map(|it| value::text(it, context));
    let is_silent = since.is_none() && deprecated.is_none() && replaced_by.is_none();
    Lifecycle((!is_silent).then(|| Box::new(History { since, deprecated, replaced_by })))
}
