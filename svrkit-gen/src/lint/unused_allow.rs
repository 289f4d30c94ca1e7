//! SVK0302 `unused-allow`: an allowance silences something.
//!
//! One that does not is either out of date or in the wrong place, and hides what comes later. It is no matter of a lint
//! that is off: the levels may be different elsewhere.

use super::{Findings, Level, Lint, Subject};
use crate::diagnostic::{Code, Diagnostic, quoted};

pub(super) const LINT: Lint = Lint {
    name: "unused-allow",
    code: Code::warning("SVK0302", "UnusedAllow", "an allowance silences nothing"),
    level: Level::Warn,
    run: lint,
};

fn lint(_: &Subject<'_>, findings: &mut Findings<'_>) {
    for (lint, span) in findings.unused_allowances() {
        findings.push(span, |code| {
            let text = format!("the lint {} finds nothing here", quoted(lint.name()));
            Diagnostic::new(code, span, text).help("remove it from the comment")
        });
    }
}
