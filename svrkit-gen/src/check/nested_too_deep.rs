//! SVK0129: messages that hold messages that hold messages: a server decodes so many levels and no more.
//!
//! Counted is the longest way that no value can make shorter than the schema does: circles, which a value leaves where
//! it likes, count nothing. A server may be told to decode deeper, a schema may not ask for it: its users would learn of
//! it from refused calls. rustc also follows types only so far, by default about half of this through lists and boxes;
//! its error says how to let it go further.

use super::Rule;
use crate::components::components;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, quoted};
use crate::model::{Field, FieldType, MessageId, Schema};

/// Most levels below the outermost message; `svrkit_runtime` has the same as default of `decode.depth`.
const NESTING_MAX: usize = 64;

pub(super) const RULE: Rule = Rule {
    code: Code::error(
        "SVK0129",
        "NestedTooDeep",
        "messages contain one another deeper than a server decodes",
    ),
    check,
};

fn check(schema: &Schema, found: &mut Diagnostics) {
    let held = |field: &Field| match field.kind {
        FieldType::Message(MessageId(target)) => Some(target),
        FieldType::Scalar(_) | FieldType::Enum(_) => None,
    };
    let edges: Vec<Vec<usize>> =
        schema.messages.iter().map(|message| message.fields.iter().filter_map(held).collect()).collect();
    let component = components(&edges);
    let mut order: Vec<usize> = (0..edges.len()).collect();
    // What a message holds comes before it.
    order.sort_by_key(|at| component[*at]);
    // By component: who is in a circle is as deep as the deepest of it.
    let mut depths = vec![0; edges.len()];
    for at in order {
        let own = component[at];
        for field in &schema.messages[at].fields {
            let inner = held(field).filter(|target| component[*target] != own);
            if held(field).is_some() != inner.is_some() {
                continue;
            }
            let inner = inner.map(|target| depths[component[target]]);
            // An entry of a map is a message of its own.
            let depth = inner.map_or(0, |depth| depth + 1) + usize::from(field.key.is_some());
            if depth <= depths[own] {
                continue;
            }
            // The innermost that goes too far says it for all around it.
            let goes_too_far = NESTING_MAX < depth && inner.is_none_or(|inner| inner <= NESTING_MAX);
            if goes_too_far && depths[own] <= NESTING_MAX {
                let text = format!(
                    "{} holds messages more than {NESTING_MAX} deep inside one another, and servers decode \
                     {NESTING_MAX} (`decode.depth`)",
                    quoted(&schema.messages[at].name.short())
                );
                found.push(
                    Diagnostic::new(RULE.code, schema.messages[at].name.span, text)
                        .also(field.head.name.span, "by way of this field")
                        .help("nest less, or hold the inner ones as `bytes`, which are decoded apart"),
                );
            }
            depths[own] = depth;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Config;
    use crate::test_folder::Folder;

    /// Messages `M0` to the last, each of which holds the next as `held` says.
    fn chain(links: usize, held: impl Fn(usize) -> String) -> String {
        let messages = (0..links).map(|at| format!("<message name='M{at}'>{}</message>", held(at + 1)));
        messages.chain([format!("<message name='M{links}'/>")]).collect()
    }

    #[track_caller]
    fn check(definitions: &str, too_deep: &[&str]) {
        let folder = Folder::new("depth");
        let text = format!("<protocol package='p'>{definitions}</protocol>");
        let report = Config::new().check([folder.file("p.xml", &text)]);
        let found: Vec<_> =
            report.findings().iter().map(|finding| (finding.code(), finding.message())).collect();
        assert_eq!(found.len(), too_deep.len(), "{found:?}");
        for (name, (code, message)) in too_deep.iter().zip(found) {
            assert_eq!(code, RULE.code, "{message}");
            assert!(message.starts_with(&format!("`{name}` ")), "{message}");
        }
    }

    #[test]
    fn levels_are_counted_up_to_what_a_server_decodes_and_the_innermost_too_many_is_named() {
        let field = |next| format!("<field tag='1' name='a' type='M{next}'/>");
        let list = |next| format!("<field tag='1' name='a' type='M{next}' repeated='true'/>");
        let member = |next| format!("<oneof name='o'><field tag='1' name='a' type='M{next}'/></oneof>");
        let map = |next| format!("<map tag='1' name='a' key='u32' value='M{next}'/>");
        check(&chain(NESTING_MAX, field), &[]);
        check(&chain(NESTING_MAX + 1, field), &["M0"]);
        check(&chain(NESTING_MAX + 10, list), &["M9"]);
        check(&chain(NESTING_MAX + 1, member), &["M0"]);
        check(&chain(NESTING_MAX / 2, map), &[]);
        check(&chain(NESTING_MAX / 2 + 1, map), &["M0"]);
        // A map of numbers at the end is a level as well.
        let last_is_map = |links: usize| {
            chain(links, field).replace(
                &format!("<message name='M{links}'/>"),
                &format!("<message name='M{links}'><map tag='1' name='a' key='u32' value='u32'/></message>"),
            )
        };
        check(&last_is_map(NESTING_MAX - 1), &[]);
        check(&last_is_map(NESTING_MAX), &["M0"]);
    }

    #[test]
    fn a_circle_counts_nothing_and_many_ways_are_not_followed_one_by_one() {
        let back = |next| {
            format!(
                "<field tag='1' name='a' type='M{next}'/><field tag='2' name='b' type='M0' repeated='true'/>"
            )
        };
        check(&chain(3 * NESTING_MAX, back), &[]);
        let two_ways = |next| {
            format!("<field tag='1' name='a' type='M{next}'/><field tag='2' name='b' type='M{next}'/>")
        };
        check(&chain(NESTING_MAX, two_ways), &[]);
        check(&chain(NESTING_MAX + 2, two_ways), &["M1"]);
    }
}
