//! SVK0312 `shared-request`: each method has a request message of its own.
//!
//! A field that one method needs would be there for the other as well, and nobody could tell from the schema which of
//! them reads it. A message without fields may be shared: one with fields can take its place later, byte for byte.

use std::collections::HashMap;

use super::{Findings, Level, Lint, Subject};
use crate::diagnostic::{Code, Diagnostic, quoted};

pub(super) const LINT: Lint = Lint {
    name: "shared-request",
    code: Code::warning("SVK0312", "SharedRequest", "two methods have one request message"),
    level: Level::Warn,
    run: lint,
};

fn lint(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let schema = subject.schema;
    let mut first_use = HashMap::new();
    let mut methods: Vec<_> = schema.services.iter().flat_map(|service| &service.methods).collect();
    // What is found must be in a file that is judged: others have the first use.
    methods.sort_by_key(|method| findings.are_wanted_in(method.head.name.span.file));
    for method in methods {
        let request = schema.message(method.request);
        if request.heads().is_empty() {
            continue;
        }
        let name = &method.head.name;
        let Some(first) = first_use.get(&method.request).copied() else {
            first_use.insert(method.request, name.span);
            continue;
        };
        findings.push(name.span, |code| {
            let request = quoted(&request.name.short());
            let text = format!("{} shares its request {request} with another method", quoted(&name.value));
            let help = "give it a message of its own: then each can grow by itself";
            Diagnostic::new(code, name.span, text).also(first, "the other method").help(help)
        });
    }
}
