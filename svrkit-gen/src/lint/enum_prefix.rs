//! SVK0307 `enum-prefix`: the values of an enum do not repeat its name.
//!
//! protobuf wants `COLOR_RED`, as in C++ the values of all enums share one scope. Here a value is `Color::Red`, and the
//! prefix makes of it `Color::ColorRed`. Only enums all of whose values carry it are found: one such value may be meant.

use super::{Findings, Level, Lint, Subject, case};
use crate::diagnostic::{Code, Diagnostic, quoted};

pub(super) const LINT: Lint = Lint {
    name: "enum-prefix",
    code: Code::warning("SVK0307", "EnumPrefix", "every value of an enum starts with the name of the enum"),
    level: Level::Warn,
    run: lint,
};

fn lint(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for enumeration in &subject.schema.enums {
        let prefix = case::upper(&enumeration.name.own) + "_";
        let rest = |name: &str| {
            let rest = case::upper(name).strip_prefix(&prefix)?.to_owned();
            // Without the prefix it must still be a name.
            rest.starts_with(|first: char| first.is_ascii_alphabetic()).then_some(rest)
        };
        let all = enumeration.values.iter().all(|value| rest(&value.name.value).is_some());
        let [_, .., last] = &enumeration.values[..] else { continue };
        if !all {
            continue;
        }
        findings.push(enumeration.name.span, |code| {
            let text = format!(
                "every value of {} starts with {}",
                quoted(&enumeration.name.short()),
                quoted(&prefix)
            );
            let rest = rest(&last.name.value).unwrap_or_default();
            let help = format!("a value belongs to its enum: {} is enough here", quoted(&rest));
            Diagnostic::new(code, enumeration.name.span, text).also(last.name.span, "such as this").help(help)
        });
    }
}
