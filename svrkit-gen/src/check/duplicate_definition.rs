//! SVK0102: within one package a name belongs to one message, enum, set of errors or service, whatever the file.

use std::collections::{HashMap, HashSet};

use super::Rule;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, quoted};
use crate::model::Schema;

pub(super) const RULE: Rule = Rule {
    code: Code::error("SVK0102", "DuplicateDefinition", "two definitions of a package have one name"),
    check,
};

fn check(schema: &Schema, found: &mut Diagnostics) {
    let messages = schema.messages.iter().map(|message| &message.name);
    let enums = schema.enums.iter().map(|enumeration| &enumeration.name);
    let errors = schema.errors.iter().map(|set| &set.name);
    let services = schema.services.iter().map(|service| &service.name);
    let mut names: Vec<_> = messages.chain(enums).chain(errors).chain(services).collect();
    names.sort_by_key(|name| name.span);
    let mut first_use = HashMap::new();
    // What is nested in a second definition is defined twice as well, and that follows from it.
    let mut second = HashSet::new();
    for name in names {
        if name.around_span.is_some_and(|around| second.contains(&around)) {
            second.insert(name.span);
            continue;
        }
        let Some(first) = first_use.get(&name.key()).copied() else {
            first_use.insert(name.key(), name.span);
            continue;
        };
        second.insert(name.span);
        let text = format!("{} is defined twice", quoted(&name.full()));
        let finding = Diagnostic::new(RULE.code, name.span, text);
        found.push(finding.also(first, "first defined here"));
    }
}
