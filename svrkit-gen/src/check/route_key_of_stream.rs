//! SVK0210: a call is routed before it starts, so its key cannot stand in a stream of requests.

use super::Rule;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, quoted};
use crate::model::{Schema, Stream};

pub(super) const RULE: Rule = Rule {
    code: Code::error("SVK0210", "RouteKeyOfStream", "`route-key` on a method whose requests are a stream"),
    check,
};

fn check(schema: &Schema, found: &mut Diagnostics) {
    for method in schema.services.iter().flat_map(|service| &service.methods) {
        let streamed =
            method.stream.as_ref().filter(|stream| matches!(stream.value, Stream::Client | Stream::Both));
        let (Some(key), Some(stream)) = (&method.route_key, streamed) else {
            continue;
        };
        let text =
            format!("{} has a route key, and its requests are a stream", quoted(&method.head.name.value));
        found.push(
            Diagnostic::new(RULE.code, key.span, text)
                .also(stream.span, "streams here")
                .help("a call is routed before its first request is there: drop `route-key`"),
        );
    }
}
