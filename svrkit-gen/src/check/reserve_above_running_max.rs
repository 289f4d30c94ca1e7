//! SVK0215: a method keeps no more places for itself than it may fill.

use super::Rule;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, quoted};
use crate::model::Schema;

pub(super) const RULE: Rule = Rule {
    code: Code::error("SVK0215", "ReserveAboveRunningMax", "`reserve` is more than `running-max` allows"),
    check,
};

fn check(schema: &Schema, found: &mut Diagnostics) {
    for method in schema.services.iter().flat_map(|service| &service.methods) {
        let protection = &method.protection;
        let (Some(reserve), Some(max)) = (&protection.reserve, &protection.running_max) else { continue };
        if reserve.value <= max.value {
            continue;
        }
        let (name, reserve_count, max_count) = (quoted(&method.head.name.value), reserve.value, max.value);
        let text =
            format!("{name} reserves {reserve_count} places and never has more than {max_count} handlers");
        found.push(Diagnostic::new(RULE.code, reserve.span, text).also(max.span, "at most so many").help(
            format!("places beyond {max_count} would stand empty: lower `reserve`, or raise `running-max`"),
        ));
    }
}
