//! SVK0112: the first value of an enum is number 0, which stands for absence on the wire.

use super::Rule;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, quoted};
use crate::model::Schema;

pub(super) const RULE: Rule = Rule {
    code: Code::error("SVK0112", "EnumWithoutZero", "the first value of an enum is not number 0"),
    check,
};

fn check(schema: &Schema, found: &mut Diagnostics) {
    for enumeration in schema.enums.iter().filter(|enumeration| !enumeration.is_partial) {
        let first = enumeration.values.first();
        if first.is_some_and(|value| value.number.value == 0) {
            continue;
        }
        let name = quoted(&enumeration.name.short());
        let span = first.map_or(enumeration.name.span, |value| value.number.span);
        let zero = enumeration.values.iter().find(|value| value.number.value == 0);
        let finding = match zero {
            Some(zero) => Diagnostic::new(RULE.code, span, format!("{name} does not start with its value 0"))
                .also(zero.number.span, "the value 0 is here")
                .help("move it to the front: it is what an absent field reads as"),
            None => Diagnostic::new(RULE.code, span, format!("{name} has no value 0")).help(
                "start it with `<value name=\"UNSPECIFIED\" number=\"0\"/>`: an absent field reads as 0",
            ),
        };
        found.push(finding);
    }
}
