//! SVK0318 `core-refused`: what the business stands and falls with is not given up by its tier.
//!
//! As load rises, lossy methods go first and core methods last: with `refused-from` a method is refused for all callers
//! at once, however little it is what the load comes of. A core method may be degraded; under overload proper, the level
//! refuses of it no more than has to be.

use super::{Findings, Level, Lint, Subject};
use crate::diagnostic::{Code, Diagnostic, quoted};

/// The class of `priority="core"`.
const CORE: u8 = 0;

pub(super) const LINT: Lint = Lint {
    name: "core-refused",
    code: Code::warning("SVK0318", "CoreRefused", "a core method is refused as load rises"),
    level: Level::Warn,
    run: lint,
};

fn lint(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for method in subject.schema.services.iter().flat_map(|service| &service.methods) {
        let Some(refused) = method.protection.refused_from.as_ref().filter(|_| method.priority == CORE)
        else {
            continue;
        };
        findings.push(refused.span, |code| {
            let text = format!("{} is core, and refused as load rises", quoted(&method.head.name.value));
            let help =
                "drop `refused-from`, and have less important methods refused; or give it another `priority`";
            Diagnostic::new(code, refused.span, text).help(help)
        });
    }
}
