//! SVK0135: nothing is there before what it stands in.

use super::Rule;
use super::history::families;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, quoted};
use crate::model::Schema;

pub(super) const RULE: Rule = Rule {
    code: Code::error("SVK0135", "SinceBeforeOwner", "something is there since before what it stands in"),
    check,
};

fn check(schema: &Schema, found: &mut Diagnostics) {
    for family in families(schema) {
        let Some(owner) = family.owner_since() else { continue };
        for member in &family.members {
            let since = member.lifecycle.history().and_then(|history| history.since.as_ref());
            let Some(since) = since.filter(|since| since.value < owner.value) else {
                continue;
            };
            let text = format!(
                "the {} {} is there since version {}, before {}, which it stands in",
                family.what,
                quoted(member.name),
                since.value,
                quoted(&family.owner_name())
            );
            let came = format!("that came in version {}", owner.value);
            found.push(
                Diagnostic::new(RULE.code, since.span, text)
                    .also(owner.span, came)
                    .help("drop the inner `since`: without one it is there as long as what it stands in"),
            );
        }
    }
}
