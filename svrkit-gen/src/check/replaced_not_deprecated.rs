//! SVK0128: what is replaced should not be used any more, and `deprecated` says so and why.

use super::Rule;
use super::history::families;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, quoted};
use crate::model::Schema;

pub(super) const RULE: Rule = Rule {
    code: Code::error(
        "SVK0128",
        "ReplacedNotDeprecated",
        "`replaced-by` on something that is not deprecated",
    ),
    check,
};

fn check(schema: &Schema, found: &mut Diagnostics) {
    for family in families(schema) {
        for member in &family.members {
            let Some(history) = member.lifecycle.history() else { continue };
            let Some(heir) = history.replaced_by.as_ref().filter(|_| history.deprecated.is_none()) else {
                continue;
            };
            let text = format!(
                "the {} {} is replaced by {}, but not deprecated",
                family.what,
                quoted(member.name),
                quoted(&heir.value)
            );
            let help = "say why by `deprecated=\"…\"`: the generated code warns by it";
            found.push(Diagnostic::new(RULE.code, heir.span, text).help(help));
        }
    }
}
