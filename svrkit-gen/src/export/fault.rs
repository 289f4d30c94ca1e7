//! What protobuf cannot say at all, found before anything is written. Circles of packages `files` finds.

use std::collections::BTreeMap;

use super::scopes::around;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span, quoted};
use crate::model::Schema;

pub(super) fn find(schema: &Schema, found: &mut Diagnostics) {
    same_json(schema, found);
    package_as_definition(schema, found);
}

/// Two fields of a message that are one in JSON.
fn same_json(schema: &Schema, found: &mut Diagnostics) {
    for message in &schema.messages {
        let mut first_use: BTreeMap<String, (&str, Span)> = BTreeMap::new();
        for field in &message.fields {
            let head = &field.head;
            let json = field.json_name();
            let text = |first: &str| {
                format!(
                    "{} and {} of {} are both called {} in JSON, which protobuf refuses",
                    quoted(first),
                    quoted(&head.name.value),
                    quoted(&message.name.short()),
                    quoted(&json)
                )
            };
            match first_use.get(&json) {
                Some((first, span)) => found.push(
                    Diagnostic::new(Code::NOT_EXPORTABLE, head.name.span, text(first))
                        .also(*span, "called so first")
                        .help("rename one of them: the name is not on the wire"),
                ),
                None => {
                    first_use.insert(json, (&head.name.value, head.name.span));
                }
            }
        }
    }
}

/// A definition that has the full name of a package.
fn package_as_definition(schema: &Schema, found: &mut Diagnostics) {
    let mut packages = BTreeMap::new();
    for file in &schema.files {
        let package = &*file.package.value;
        let ends = package.match_indices('.').map(|(at, _)| at).chain([package.len()]);
        ends.for_each(|end| {
            packages.entry(&package[..end]).or_insert(file.package.span);
        });
    }
    let messages = schema.messages.iter().map(|it| &it.name);
    let enums = schema.enums.iter().map(|it| &it.name);
    let services = schema.services.iter().map(|it| &it.name);
    for name in messages.chain(enums).chain(services) {
        let full = format!("{}.{}", around(name), name.own);
        if let Some(package) = packages.get(full.as_str()) {
            let text = format!("{} is the name of a package as well, which protobuf refuses", quoted(&full));
            found.push(
                Diagnostic::new(Code::NOT_EXPORTABLE, name.span, text)
                    .also(*package, "the package")
                    .help("rename the definition or the package, or export them apart"),
            );
        }
    }
}
