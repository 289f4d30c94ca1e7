//! SVK0214: what is degraded is one answer: of a oneway method there is none, and of a stream there are many.

use super::Rule;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, quoted};
use crate::model::Schema;

pub(super) const RULE: Rule = Rule {
    code: Code::error(
        "SVK0214",
        "DegradedWithoutAnswer",
        "`degraded-from` on a method that is oneway or streams",
    ),
    check,
};

fn check(schema: &Schema, found: &mut Diagnostics) {
    for method in schema.services.iter().flat_map(|service| &service.methods) {
        let Some(degraded) = &method.protection.degraded_from else { continue };
        let oneway = method.oneway.map(|span| (span, "is oneway", "nothing comes back"));
        let stream = method.stream.as_ref().map(|stream| (stream.span, "streams", "streams here"));
        // A method that is both has a finding of its own.
        let Some((span, is, label)) = oneway.or(stream) else { continue };
        let text = format!("{} has `degraded-from` and {is}", quoted(&method.head.name.value));
        found.push(Diagnostic::new(RULE.code, degraded.span, text).also(span, label).help(
            "only a method with one answer has a second handler; `refused-from` goes with all methods",
        ));
    }
}
