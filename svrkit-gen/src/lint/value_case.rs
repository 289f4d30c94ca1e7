//! SVK0305 `value-case`: the values of enums, and errors, are in UPPER_CASE.
//!
//! So a value is told from a type and a field wherever its bare name stands: in JSON, in logs, in a `<reserved>`.

use std::rc::Rc;

use super::{Findings, Level, Lint, Subject, case};
use crate::diagnostic::{Code, Diagnostic, Spanned, quoted};

pub(super) const LINT: Lint = Lint {
    name: "value-case",
    code: Code::warning("SVK0305", "ValueCase", "an enum value or an error is not in UPPER_CASE"),
    level: Level::Warn,
    run: lint,
};

fn lint(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for value in subject.schema.enums.iter().flat_map(|enumeration| &enumeration.values) {
        judge("value", &value.name, findings);
    }
    for error in subject.schema.errors.iter().flat_map(|errors| &errors.errors) {
        judge("error", &error.name, findings);
    }
}

fn judge(kind: &str, name: &Spanned<Rc<str>>, findings: &mut Findings<'_>) {
    let upper = case::upper(&name.value);
    if upper != *name.value {
        findings.push(name.span, |code| {
            let text = format!("the {kind} {} is not in UPPER_CASE", quoted(&name.value));
            Diagnostic::new(code, name.span, text).help(format!("call it {}", quoted(&upper)))
        });
    }
}
