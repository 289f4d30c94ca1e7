//! SVK0303 `field-case`: fields and oneofs are in snake_case.
//!
//! One way to write names lets people find them: in logs, in JSON, in every language. Rust has snake_case whatever the
//! schema says, so another case has two spellings from the start.

use super::{Findings, Level, Lint, Subject, case};
use crate::diagnostic::{Code, Diagnostic, Span, quoted};

pub(super) const LINT: Lint = Lint {
    name: "field-case",
    code: Code::warning("SVK0303", "FieldCase", "a field or a oneof is not in snake_case"),
    level: Level::Warn,
    run: lint,
};

fn lint(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for message in &subject.schema.messages {
        for head in message.heads() {
            judge("field", &head.name.value, head.name.span, findings);
        }
        for oneof in &message.oneofs {
            judge("oneof", &oneof.name.own, oneof.name.span, findings);
        }
    }
}

fn judge(kind: &str, name: &str, span: Span, findings: &mut Findings<'_>) {
    let snake = case::snake(name);
    if snake != name {
        findings.push(span, |code| {
            let text = format!("the {kind} {} is not in snake_case", quoted(name));
            Diagnostic::new(code, span, text).help(format!("call it {}", quoted(&snake)))
        });
    }
}
