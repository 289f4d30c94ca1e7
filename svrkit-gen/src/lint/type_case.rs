//! SVK0304 `type-case`: messages, enums, services, methods and sets of errors are in PascalCase.
//!
//! Their names are types in Rust and words on dashboards: written in one way they can be searched for in both.

use super::{Findings, Level, Lint, Subject, case};
use crate::diagnostic::{Code, Diagnostic, Span, quoted};

pub(super) const LINT: Lint = Lint {
    name: "type-case",
    code: Code::warning(
        "SVK0304",
        "TypeCase",
        "a message, an enum, a service, a method or a set of errors is not in PascalCase",
    ),
    level: Level::Warn,
    run: lint,
};

fn lint(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for message in &subject.schema.messages {
        judge("message", &message.name.own, message.name.span, findings);
    }
    for enumeration in &subject.schema.enums {
        judge("enum", &enumeration.name.own, enumeration.name.span, findings);
    }
    for errors in &subject.schema.errors {
        judge("set of errors", &errors.name.own, errors.name.span, findings);
    }
    for service in &subject.schema.services {
        judge("service", &service.name.own, service.name.span, findings);
        for head in service.heads() {
            judge("method", &head.name.value, head.name.span, findings);
        }
    }
}

fn judge(kind: &str, name: &str, span: Span, findings: &mut Findings<'_>) {
    let pascal = case::pascal(name);
    if pascal != name {
        findings.push(span, |code| {
            let text = format!("the {kind} {} is not in PascalCase", quoted(name));
            Diagnostic::new(code, span, text).help(format!("call it {}", quoted(&pascal)))
        });
    }
}
