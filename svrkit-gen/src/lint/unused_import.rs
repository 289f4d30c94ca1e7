//! SVK0309 `unused-import`: something of each imported file is used.
//!
//! An import that serves nothing makes readers look for what it serves, and a change of that file rebuild this one. A
//! file that defines nothing itself is a list of files to compile, and its imports are its purpose.

use std::collections::{BTreeSet, HashMap};

use super::{Findings, Level, Lint, Subject};
use crate::diagnostic::{Code, Diagnostic, FileId, quoted};
use crate::model::{FieldType, Lifecycle, MessageId, Name, Schema};

pub(super) const LINT: Lint = Lint {
    name: "unused-import",
    code: Code::warning("SVK0309", "UnusedImport", "nothing of an imported file is used"),
    level: Level::Warn,
    run: lint,
};

fn lint(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let (defining, uses) = uses(subject.schema);
    for file in subject.files.iter().filter(|file| defining.contains(&file.id)) {
        for import in &file.imports {
            if uses.contains(&(file.id, import.file)) {
                continue;
            }
            findings.push(import.span, |code| {
                let path = subject.files[import.file.index()].path.display().to_string();
                let text = format!("nothing of {} is used in this file", quoted(&path));
                Diagnostic::new(code, import.span, text).help("remove the import")
            });
        }
    }
}

/// The files that define anything, and which file uses which.
fn uses(schema: &Schema) -> (BTreeSet<FileId>, BTreeSet<(FileId, FileId)>) {
    let mut defining: BTreeSet<_> = schema.enums.iter().map(|it| it.name.span.file).collect();
    let mut uses = BTreeSet::new();
    add_replacements(schema.messages.iter().map(|it| (&it.name, &it.lifecycle)), &mut uses);
    add_replacements(schema.enums.iter().map(|it| (&it.name, &it.lifecycle)), &mut uses);
    add_replacements(schema.errors.iter().map(|it| (&it.name, &it.lifecycle)), &mut uses);
    add_replacements(schema.services.iter().map(|it| (&it.name, &it.lifecycle)), &mut uses);
    let file_of = |id: MessageId| schema.message(id).name.span.file;
    for message in &schema.messages {
        let file = message.name.span.file;
        defining.insert(file);
        for field in &message.fields {
            match field.kind {
                FieldType::Message(id) => uses.insert((file, file_of(id))),
                FieldType::Enum(id) => uses.insert((file, schema.enumeration(id).name.span.file)),
                FieldType::Scalar(_) => continue,
            };
        }
    }
    for errors in &schema.errors {
        let file = errors.name.span.file;
        defining.insert(file);
        uses.extend(errors.errors.iter().filter_map(|error| Some((file, file_of(error.detail?)))));
    }
    for service in &schema.services {
        let file = service.name.span.file;
        defining.insert(file);
        for method in &service.methods {
            let messages = [Some(method.request), method.response].into_iter().flatten().map(file_of);
            let errors = method.errors.as_ref().map(|errors| schema.errors(errors.value).name.span.file);
            uses.extend(messages.chain(errors).map(|used| (file, used)));
        }
    }
    (defining, uses)
}

/// What `replaced-by` names among definitions of one kind: it may stand in another file of the package.
fn add_replacements<'s>(
    definitions: impl Iterator<Item = (&'s Name, &'s Lifecycle)> + Clone,
    uses: &mut BTreeSet<(FileId, FileId)>,
) {
    let replaced_by = |lifecycle: &'s Lifecycle| lifecycle.history()?.replaced_by.as_ref();
    if definitions.clone().all(|(_, lifecycle)| replaced_by(lifecycle).is_none()) {
        return;
    }
    let files: HashMap<_, _> =
        definitions.clone().map(|(name, _)| ((name.scope, &*name.own), name.span.file)).collect();
    uses.extend(definitions.filter_map(|(name, lifecycle)| {
        let better = replaced_by(lifecycle)?;
        Some((name.span.file, *files.get(&(name.scope, &*better.value))?))
    }));
}
