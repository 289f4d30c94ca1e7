//! SVK0216: one caller may not call more often than all of them together.

use super::Rule;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, quoted};
use crate::model::Schema;

pub(super) const RULE: Rule = Rule {
    code: Code::error("SVK0216", "CallerRateAboveRate", "`caller-rate` is higher than `rate`"),
    check,
};

fn check(schema: &Schema, found: &mut Diagnostics) {
    for method in schema.services.iter().flat_map(|service| &service.methods) {
        let protection = &method.protection;
        let (Some(caller), Some(all)) = (&protection.caller_rate, &protection.rate) else { continue };
        if caller.value.a_minute() <= all.value.a_minute() {
            continue;
        }
        let text = format!(
            "{} takes {} from one caller and {} from all of them",
            quoted(&method.head.name.value),
            caller.value,
            all.value
        );
        found.push(
            Diagnostic::new(RULE.code, caller.span, text)
                .also(all.span, "ends all callers before")
                .help("lower `caller-rate`, or drop it: a caller is bounded by `rate` as well"),
        );
    }
}
