//! SVK0127: `replaced-by` names a sibling: a field next to the field, a message of the package, a value of the enum.

use super::Rule;
use super::history::{Family, families};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, quoted};
use crate::model::Schema;
use crate::parse::nearest;

pub(super) const RULE: Rule = Rule {
    code: Code::error("SVK0127", "ReplacedByUnknown", "`replaced-by` names nothing of its kind next to it"),
    check,
};

fn check(schema: &Schema, found: &mut Diagnostics) {
    for family in families(schema) {
        // Few have been replaced, but those may be many among many.
        let mut names: Vec<&str> = family.members.iter().map(|member| member.name).collect();
        names.sort_unstable();
        for member in &family.members {
            let heir = member.lifecycle.history().and_then(|history| history.replaced_by.as_ref());
            let Some(heir) = heir else { continue };
            let name = &*heir.value;
            let finding = |text| Diagnostic::new(RULE.code, heir.span, text);
            if name == member.name {
                let text = format!("the {} {} is replaced by itself", family.what, quoted(name));
                found.push(finding(text).help("name the one to use instead, or drop `replaced-by`"));
            } else if names.binary_search(&name).is_err() && !family.is_partial && !found.is_full() {
                let text = format!(
                    "there is no {} {} in {}",
                    family.what,
                    quoted(name),
                    quoted(&family.owner_name())
                );
                let others = names.iter().filter(|other| **other != member.name);
                let help = nearest(name, others)
                    .map_or_else(|| place(&family), |it| format!("did you mean `{it}`?"));
                found.push(finding(text).help(help));
            }
        }
    }
}

fn place(family: &Family<'_>) -> String {
    format!("`replaced-by` names another {} in {}", family.what, quoted(&family.owner_name()))
}
