//! SVK0213: a method is refused from a worse tier of load on than it is degraded from: else it never is degraded.

use super::Rule;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, quoted};
use crate::model::Schema;

pub(super) const RULE: Rule = Rule {
    code: Code::error("SVK0213", "RefusedBeforeDegraded", "a method is refused before it could be degraded"),
    check,
};

fn check(schema: &Schema, found: &mut Diagnostics) {
    for method in schema.services.iter().flat_map(|service| &service.methods) {
        let protection = &method.protection;
        let (Some(degraded), Some(refused)) = (&protection.degraded_from, &protection.refused_from) else {
            continue;
        };
        if degraded.value < refused.value {
            continue;
        }
        let text = format!(
            "{} is refused from `{}` on and would be degraded from `{}` on",
            quoted(&method.head.name.value),
            refused.value.word(),
            degraded.value.word()
        );
        found.push(
            Diagnostic::new(RULE.code, refused.span, text)
                .also(degraded.span, "never comes to that")
                .help("tiers rise from `busy` by `high` to `critical`: degrade first, then refuse"),
        );
    }
}
