//! SVK0212: a handler that sends or receives a stream does not run on the blocking pool: it waits more than it computes.

use super::Rule;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, quoted};
use crate::model::Schema;

pub(super) const RULE: Rule =
    Rule { code: Code::error("SVK0212", "BlockingStream", "`blocking` on a method that streams"), check };

fn check(schema: &Schema, found: &mut Diagnostics) {
    for method in schema.services.iter().flat_map(|service| &service.methods) {
        let (Some(blocking), Some(stream)) = (method.blocking, &method.stream) else {
            continue;
        };
        let text = format!("{} is blocking and streams", quoted(&method.head.name.value));
        found.push(Diagnostic::new(RULE.code, blocking, text).also(stream.span, "streams here").help(
            "drop `blocking`; in the handler, `svrkit_runtime::spawn_blocking` takes what computes or blocks",
        ));
    }
}
