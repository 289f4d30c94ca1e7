//! SVK0308 `missing-doc`: every definition has a `<doc>`.
//!
//! What stands there is the documentation of the generated code, in every language and for every caller. Off unless
//! asked for: a schema that three people use may do without. The value 0 of an enum needs none if it is `UNSPECIFIED`.

use super::{Findings, Level, Lint, Subject};
use crate::diagnostic::{Code, Diagnostic, Span, quoted};

pub(super) const LINT: Lint = Lint {
    name: "missing-doc",
    code: Code::warning("SVK0308", "MissingDoc", "a definition has no `<doc>`"),
    level: Level::Off,
    run: lint,
};

fn lint(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let mut judge = |kind: &str, name: &str, span: Span, doc: &str| {
        if doc.is_empty() {
            findings.push(span, |code| {
                let text = format!("the {kind} {} has no `<doc>`", quoted(name));
                Diagnostic::new(code, span, text).help("say what it means, its unit, and what it never is")
            });
        }
    };
    for message in &subject.schema.messages {
        judge("message", &message.name.own, message.name.span, &message.doc);
        for head in message.heads() {
            judge("field", &head.name.value, head.name.span, &head.doc);
        }
        for oneof in &message.oneofs {
            judge("oneof", &oneof.name.own, oneof.name.span, &oneof.doc);
        }
    }
    for enumeration in &subject.schema.enums {
        judge("enum", &enumeration.name.own, enumeration.name.span, &enumeration.doc);
        for value in &enumeration.values {
            let says_itself = value.number.value == 0 && value.name.value.ends_with("UNSPECIFIED");
            if !says_itself {
                judge("value", &value.name.value, value.name.span, &value.doc);
            }
        }
    }
    for errors in &subject.schema.errors {
        judge("set of errors", &errors.name.own, errors.name.span, &errors.doc);
        for error in &errors.errors {
            judge("error", &error.name.value, error.name.span, &error.doc);
        }
    }
    for service in &subject.schema.services {
        judge("service", &service.name.own, service.name.span, &service.doc);
        for head in service.heads() {
            judge("method", &head.name.value, head.name.span, &head.doc);
        }
    }
}
