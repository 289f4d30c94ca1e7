//! SVK0209: a call is routed by a field of its request that is one value many may differ in: a whole number, a flag, a
//! text or bytes.
//!
//! No `f32` and `f64`: equal numbers may differ in their bits. No enum: it has a few values, and numbers the other side
//! may not know. No member of a oneof: where another one is chosen there is nothing to route by. An optional field may be
//! one: where it is absent the call has no key.

use super::Rule;
use crate::constraint::Holds;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, quoted};
use crate::model::{Field, Message, Schema, Stream};
use crate::parse::nearest;

pub(super) const RULE: Rule = Rule {
    code: Code::error("SVK0209", "RouteKeyUnknown", "`route-key` names no field of the request to route by"),
    check,
};

fn check(schema: &Schema, found: &mut Diagnostics) {
    for method in schema.services.iter().flat_map(|service| &service.methods) {
        // Where requests are a stream there is no key at all, which is a rule of its own.
        let is_single =
            !matches!(method.stream.as_ref().map(|it| it.value), Some(Stream::Client | Stream::Both));
        let Some(key) = method.route_key.as_ref().filter(|_| is_single) else {
            continue;
        };
        let request = schema.message(method.request);
        let (name, of) = (quoted(&key.value), quoted(&request.name.short()));
        let finding = |text| Diagnostic::new(RULE.code, key.span, text);
        let Some(field) = request.fields.iter().find(|field| field.head.name.value == key.value) else {
            let is_untyped = request.unresolved.iter().any(|head| head.name.value == key.value);
            if is_untyped || request.is_partial || found.is_full() {
                continue;
            }
            let text = match request.oneofs.iter().find(|oneof| oneof.name.own == key.value) {
                Some(_) => format!("the route key {name} is a oneof of {of}, and no field"),
                None => format!("the request {of} has no field {name} to route by"),
            };
            found.push(finding(text).help(help(Some(&key.value), request)));
            continue;
        };
        if let Some(reason) = unfit(field) {
            let text = format!("the route key {name} of {of} {reason}");
            found.push(finding(text).also(field.head.name.span, "defined here").help(help(None, request)));
        }
    }
}

/// Why a field is none to route by.
fn unfit(field: &Field) -> Option<&'static str> {
    if field.key.is_some() {
        return Some("is a map");
    }
    if field.repeated.is_some() {
        return Some("is repeated");
    }
    if field.oneof.is_some() {
        return Some("stands in a oneof, which may hold something else");
    }
    match field.subject().holds {
        Holds::Message | Holds::Members => Some("is a message"),
        Holds::Floats { .. } => Some("is a number with a fraction"),
        Holds::Enum => Some("is an enum"),
        Holds::Integers { .. } | Holds::Flags | Holds::Text => None,
    }
}

fn help(name: Option<&str>, request: &Message) -> String {
    const SHOWN_MAX: usize = 5;
    let fit = || request.fields.iter().filter(|field| unfit(field).is_none()).map(|it| &*it.head.name.value);
    if let Some(nearest) = name.and_then(|name| nearest(name, fit())) {
        return format!("did you mean `{nearest}`?");
    }
    let shown: Vec<_> = fit().take(SHOWN_MAX).map(quoted).collect();
    match shown.is_empty() {
        true => "a call is routed by a field that holds one whole number, flag, text or bytes".to_owned(),
        false => format!("what a call can be routed by here is {}", shown.join(" ")),
    }
}
