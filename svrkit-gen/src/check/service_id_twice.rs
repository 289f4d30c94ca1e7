//! SVK0201: calls are routed by id, so no two services share one.

use std::collections::HashMap;

use super::Rule;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, quoted};
use crate::model::Schema;

pub(super) const RULE: Rule =
    Rule { code: Code::error("SVK0201", "ServiceIdTwice", "two services have one id"), check };

fn check(schema: &Schema, found: &mut Diagnostics) {
    let mut first_use = HashMap::new();
    for service in &schema.services {
        let Some((name, first)) = first_use.get(&service.id) else {
            first_use.insert(service.id, (&service.name, service.id_span));
            continue;
        };
        // A service defined twice has an id twice; the first says it all.
        if name.key() == service.name.key() {
            continue;
        }
        let (own, other) = (quoted(&service.name.full()), quoted(&name.full()));
        let text = format!("{own} has the id of {other}, {}", service.id);
        let finding = Diagnostic::new(RULE.code, service.id_span, text);
        found.push(
            finding.also(*first, "first used here").help("a service without `id` gets one made of its name"),
        );
    }
}
