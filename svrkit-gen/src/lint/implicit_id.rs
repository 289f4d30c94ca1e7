//! SVK0314 `implicit-id`: a service says its id.
//!
//! An id computed from the name changes with the name: a service or a package that is renamed cannot be called by those
//! who have the old schema. Off unless asked for: computed ids need nobody who hands out numbers.

use super::{Findings, Level, Lint, Subject};
use crate::diagnostic::{Code, Diagnostic, quoted};

pub(super) const LINT: Lint = Lint {
    name: "implicit-id",
    code: Code::warning("SVK0314", "ImplicitId", "the id of a service is computed from its name"),
    level: Level::Off,
    run: lint,
};

fn lint(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for service in &subject.schema.services {
        let span = service.name.span;
        if service.id_span != span {
            continue;
        }
        findings.push(span, |code| {
            let text = format!("the id of {} is computed from its name", quoted(&service.name.own));
            let help = format!("add `id=\"{}\"`, which it has now: then it can be renamed", service.id);
            Diagnostic::new(code, span, text).help(help)
        });
    }
}
