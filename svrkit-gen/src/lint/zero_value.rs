//! SVK0306 `zero-value`: the value 0 of an enum is called `UNSPECIFIED`.
//!
//! A field that nobody set reads as 0. If that is a real choice, "not said" and "chosen" are the same bytes, and a sender
//! that forgets the field makes a choice it never meant.

use super::{Findings, Level, Lint, Subject, case};
use crate::diagnostic::{Code, Diagnostic, quoted};

const UNSPECIFIED: &str = "UNSPECIFIED";

pub(super) const LINT: Lint = Lint {
    name: "zero-value",
    code: Code::warning("SVK0306", "ZeroValue", "the value 0 of an enum means something"),
    level: Level::Warn,
    run: lint,
};

fn lint(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for enumeration in &subject.schema.enums {
        // A check has seen to it that the first is 0.
        let Some(zero) = enumeration.values.first() else { continue };
        // How it is written is a matter of `value-case`.
        let name = case::upper(&zero.name.value);
        let prefix = name.strip_suffix(UNSPECIFIED);
        if prefix.is_some_and(|prefix| prefix.is_empty() || prefix.ends_with('_')) {
            continue;
        }
        findings.push(zero.name.span, |code| {
            let (value, name) = (quoted(&zero.name.value), quoted(&enumeration.name.short()));
            let text = format!("a {name} that nobody set reads as {value}");
            let help = format!("call the value 0 `{UNSPECIFIED}`, and give {value} a number of its own");
            Diagnostic::new(code, zero.name.span, text).help(help)
        });
    }
}
