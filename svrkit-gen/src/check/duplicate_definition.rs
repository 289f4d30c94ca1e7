//! SVK0102: within one package a name belongs to one message, enum or service, whatever the file.

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, quoted};
use crate::model::Schema;

pub(super) fn check(schema: &Schema, found: &mut Diagnostics) {
    let messages = schema.messages.iter().map(|message| &message.name);
    let enums = schema.enums.iter().map(|enumeration| &enumeration.name);
    let services = schema.services.iter().map(|service| &service.name);
    let mut names: Vec<_> = messages.chain(enums).chain(services).collect();
    names.sort_by_key(|name| name.span);
    let mut first_use = BTreeMap::new();
    for name in names {
        let Some(first) = first_use.get(&name.full()).copied() else {
            first_use.insert(name.full(), name.span);
            continue;
        };
        let text = format!("{} is defined twice", quoted(&name.full()));
        let finding = Diagnostic::new(Code::DuplicateDefinition, name.span, text);
        found.push(finding.also(first, "first defined here"));
    }
}
