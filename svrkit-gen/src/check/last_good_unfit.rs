//! SVK0217: what may be given again in the place of a new answer is one answer, of a method that does no more by being called.

use super::Rule;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, quoted};
use crate::model::Schema;

pub(super) const RULE: Rule = Rule {
    code: Code::error(
        "SVK0217",
        "LastGoodUnfit",
        "`last-good` on a method that is oneway, streams or is not `idempotent`",
    ),
    check,
};

fn check(schema: &Schema, found: &mut Diagnostics) {
    for method in schema.services.iter().flat_map(|service| &service.methods) {
        let Some(last_good) = &method.protection.last_good_ms else { continue };
        let name = quoted(&method.head.name.value);
        let oneway = method.oneway.map(|span| (span, "is oneway", "nothing comes back"));
        let stream = method.stream.as_ref().map(|stream| (stream.span, "streams", "streams here"));
        let finding = match oneway.or(stream) {
            // A method that is both has a finding of its own.
            Some((span, is, label)) => {
                let text = format!("{name} has `last-good` and {is}");
                Diagnostic::new(RULE.code, last_good.span, text)
                    .also(span, label)
                    .help("only of a method with one answer there is a last one")
            }
            None if !method.idempotent => {
                let text = format!("{name} has `last-good` and is not `idempotent`");
                Diagnostic::new(RULE.code, last_good.span, text).help(
                    "who gets an old answer has called nobody: of a method that only reads say `idempotent=\"true\"` as well; one that changes something cannot have it",
                )
            }
            None => continue,
        };
        found.push(finding);
    }
}
