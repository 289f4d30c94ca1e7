//! SVK0317 `reserved-without-name`: who reserves a number reserves the name that went with it.
//!
//! A name that comes back with another meaning compiles in every caller that still has the old one in mind. Off unless
//! asked for: numbers are also kept free for what is to come, and those have no names.

use super::{Findings, Level, Lint, Subject};
use crate::diagnostic::{Code, Diagnostic, quoted};
use crate::model::{Name, Reserved};

pub(super) const LINT: Lint = Lint {
    name: "reserved-without-name",
    code: Code::warning(
        "SVK0317",
        "ReservedWithoutName",
        "numbers are reserved without the names they stood for",
    ),
    level: Level::Off,
    run: lint,
};

fn lint(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let mut judge = |name: &Name, reserved: &Reserved, numbers: &str| {
        let Some(span) = reserved.numbers_without_names() else { return };
        findings.push(span, |code| {
            let text = format!("{} reserves {numbers} and no names", quoted(&name.short()));
            let help = "add `names` with what they stood for: a name should not come back either";
            Diagnostic::new(code, span, text).help(help)
        });
    };
    let schema = subject.schema;
    schema.messages.iter().for_each(|it| judge(&it.name, &it.reserved, "tags"));
    schema.enums.iter().for_each(|it| judge(&it.name, &it.reserved, "numbers"));
    schema.errors.iter().for_each(|it| judge(&it.name, &it.reserved, "codes"));
    schema.services.iter().for_each(|it| judge(&it.name, &it.reserved, "ids"));
}
