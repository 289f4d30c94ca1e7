//! SVK0126: `since` names a version of the file that there is.

use std::collections::{BTreeMap, HashMap};

use super::Rule;
use super::history::families;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, FileId, Spanned};
use crate::model::Schema;

pub(super) const RULE: Rule = Rule {
    code: Code::error("SVK0126", "SinceTooLate", "`since` names a version that is not there yet"),
    check,
};

fn check(schema: &Schema, found: &mut Diagnostics) {
    let files: HashMap<FileId, _> = schema.files.iter().map(|file| (file.id, file)).collect();
    // That a file names no version is one mistake, however often it is met.
    let mut unversioned: BTreeMap<FileId, (&Spanned<u32>, u32)> = BTreeMap::new();
    for family in families(schema) {
        let histories = family.members.iter().filter_map(|member| member.lifecycle.history());
        for since in histories.filter_map(|history| history.since.as_ref()) {
            let Some(file) = files.get(&since.span.file) else { continue };
            let Some(version) = &file.version else {
                let (first, last) = unversioned.entry(file.id).or_insert((since, since.value));
                if since.span < first.span {
                    *first = since;
                }
                *last = since.value.max(*last);
                continue;
            };
            if since.value <= version.value {
                continue;
            }
            let text = format!("since version {}, but the file is at version {}", since.value, version.value);
            found.push(
                Diagnostic::new(RULE.code, since.span, text)
                    .also(version.span, "the version of the file")
                    .help("raise the version of the file when something is added to it"),
            );
        }
    }
    // The version of a file that could not be read may be among what is lost.
    let is_sound = |file: &FileId| files.get(file).is_some_and(|file| !file.is_partial);
    for (_, (first, last)) in unversioned.into_iter().filter(|(file, _)| is_sound(file)) {
        let text = format!("since version {}, but the file names no version", first.value);
        let help = format!("write `version=\"{last}\"` on `<protocol>`, or a higher one");
        found.push(Diagnostic::new(RULE.code, first.span, text).help(help));
    }
}
