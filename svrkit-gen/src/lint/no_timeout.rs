//! SVK0313 `no-timeout`: a method says how long it may take.
//!
//! Without it every caller waits as long as its client does by default, whatever the method is worth. Who writes the
//! schema knows better than all callers. Off unless asked for: a default is an answer, too. Nobody waits for a oneway
//! method, and a stream may be open for days.

use super::{Findings, Level, Lint, Subject};
use crate::diagnostic::{Code, Diagnostic, quoted};

pub(super) const LINT: Lint = Lint {
    name: "no-timeout",
    code: Code::warning("SVK0313", "NoTimeout", "a method says nothing of how long it may take"),
    level: Level::Off,
    run: lint,
};

fn lint(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let methods = subject.schema.services.iter().flat_map(|service| &service.methods);
    for method in methods {
        if method.timeout_ms.is_some() || method.oneway.is_some() || method.stream.is_some() {
            continue;
        }
        let name = &method.head.name;
        findings.push(name.span, |code| {
            let text = format!("{} has no timeout", quoted(&name.value));
            let help = "add `timeout=\"300ms\"`, or what callers should wait at most";
            Diagnostic::new(code, name.span, text).help(help)
        });
    }
}
