//! What protobuf cannot say at all, found before anything is written. Circles of packages `files` finds.

use std::collections::BTreeMap;

use super::scopes::around;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, quoted};
use crate::model::Schema;

/// Definitions that have the full name of a package.
pub(super) fn find(schema: &Schema, found: &mut Diagnostics) {
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
