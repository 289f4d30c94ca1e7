//! `<method>` of a service.

use std::mem::take;

use super::element::Element;
use super::syntax::{Method, Stream};
use super::vocabulary::STREAMS;
use super::{Context, duration, lifecycle, protection, queued, value};
use crate::diagnostic::Spanned;
use crate::model::PRIORITY_DEFAULT;

/// What to do where no answer is named.
const WITHOUT_RESPONSE: &str = "nothing to answer? `response=\"svrkit.types.Empty\"`, or `oneway=\"true\"` if the \
                                caller shall not wait";

pub(super) fn method(element: &mut Element<'_>, context: &mut Context<'_>) -> Option<Method> {
    let name = value::name(element, context);
    let id = element.required("id", context).and_then(|it| value::number(it, 1..=u16::MAX, context));
    let request = element.required("request", context).map(|it| value::text(it, context));
    let oneway = element.attribute("oneway");
    let oneway_flag = oneway.and_then(|it| value::flag(it, context));
    // What could not be read may have been `true`.
    let may_be_silent = oneway.is_some() && oneway_flag.as_ref().is_none_or(|it| it.value);
    let response = match may_be_silent {
        true => element.attribute("response"),
        false => element.required_or("response", Some(WITHOUT_RESPONSE), context),
    };
    let response = response.map(|it| value::text(it, context));
    let errors = element.attribute("errors").map(|it| value::text(it, context));
    let timeout_ms = element.attribute("timeout").and_then(|it| duration::duration_ms(it, context));
    let priority = element.attribute("priority").and_then(|it| value::priority(it, context));
    let mut protection = protection::protection(element, context);
    let queued = queued::queued(element, context);
    let idempotent = element.attribute("idempotent").and_then(|it| value::flag(it, context));
    // What could not be read, or was cut, may have been what this one needs beside it.
    if idempotent.is_none() && (element.attributes_cut || element.attribute("idempotent").is_some()) {
        protection.last_good_ms = None;
    }
    let stream = element.attribute("stream").and_then(|attribute| {
        let value = match value::one_of(attribute, &STREAMS, context)? {
            "client" => Stream::Client,
            "server" => Stream::Server,
            _ => Stream::Both,
        };
        Some(Spanned { value, span: attribute.span })
    });
    let blocking = element.attribute("blocking").and_then(|it| value::flag(it, context));
    let route_key = element.attribute("route-key").map(|it| value::text(it, context));
    let lifecycle = lifecycle::lifecycle(element, context);
    Some(Method {
        name: name?,
        id: id?,
        doc: take(&mut element.parts.doc),
        lifecycle,
        request,
        response,
        errors,
        timeout_ms,
        priority: priority.unwrap_or(PRIORITY_DEFAULT),
        protection,
        queued,
        idempotent: idempotent.is_some_and(|idempotent| idempotent.value),
        stream,
        oneway: oneway_flag.filter(|it| it.value).map(|it| it.span),
        blocking: blocking.filter(|it| it.value).map(|it| it.span),
        route_key,
    })
}
