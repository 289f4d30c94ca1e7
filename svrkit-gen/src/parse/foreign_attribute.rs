//! What attributes are called elsewhere, or on another element: what an unknown one most likely means.
//!
//! Only for the finding about it: nothing is accepted because of this table. Slips of the finger are not in it, for
//! which there is `nearest`.

use super::vocabulary::{self, Kind};

/// The elements, what is written on them, and the attribute that is meant.
const MEANT: &[(&[Kind], &[&str], &str)] = &[
    (&[Kind::Field, Kind::Map], &["id", "number", "index"], "tag"),
    (&[Kind::Value], &["tag", "id", "value", "code"], "number"),
    (&[Kind::Error], &["tag", "id", "number", "value"], "code"),
    (&[Kind::Method], &["tag", "number"], "id"),
    (&[Kind::Service], &["tag", "number"], "id"),
    (&[Kind::Method], &["input", "param", "argument"], "request"),
    (&[Kind::Method], &["output", "return", "returns", "result"], "response"),
    (&[Kind::Method], &["throws", "raises"], "errors"),
    (&[Kind::Import], &["file", "href", "src", "schemaLocation"], "path"),
    (&[Kind::Protocol], &["namespace", "name"], "package"),
];

/// The elements, what is written on them, and what to do instead.
const INSTEAD: &[(&[Kind], &[&str], &str)] = &[
    (&[Kind::Map], &["type"], "a map has `key` and `value`"),
    (&[Kind::Field], &["key", "value"], "`key` and `value` belong to `<map>`"),
];

/// What becomes a `<doc>`.
const DOC: &[&str] = &["doc", "docs", "description", "comment", "summary"];

/// What to do about an attribute; `None` if it is like nothing known. Of what is given already nothing is meant twice.
pub(super) fn hint(name: &str, kind: Kind, is_given: impl Fn(&str) -> bool) -> Option<String> {
    let has_doc = vocabulary::words_in(Some(kind)).any(|word| word.kind == Kind::Doc);
    if has_doc && DOC.contains(&name) {
        return Some("`<doc>` is an element: write `<doc>…</doc>` in this one".to_owned());
    }
    let find = |rows: &'static [(&[Kind], &[&str], &'static str)]| {
        let mut here = rows.iter().filter(|(kinds, ..)| kinds.contains(&kind));
        here.find(|(_, names, _)| names.contains(&name)).map(|(.., hint)| *hint)
    };
    match find(INSTEAD) {
        Some(instead) => Some(instead.to_owned()),
        None => find(MEANT).filter(|meant| !is_given(meant)).map(|meant| format!("did you mean `{meant}`?")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_row_speaks_of_what_is_known_or_of_what_is_not() {
        let knows = |kind: Kind, name: &str| {
            let word = vocabulary::words().find(|word| word.kind == kind).unwrap();
            word.attributes_in(None).any(|attr| attr.name == name)
        };
        for (kinds, names, meant) in MEANT {
            for kind in *kinds {
                assert!(knows(*kind, meant), "{meant} on {}", kind.name());
            }
            for (kind, name) in kinds.iter().flat_map(|kind| names.iter().map(move |name| (*kind, name))) {
                assert!(!knows(kind, name), "{name} on {}", kind.name());
            }
        }
        for (kinds, names, _) in INSTEAD {
            assert!(kinds.iter().all(|kind| names.iter().all(|name| !knows(*kind, name))), "{names:?}");
        }
    }

    #[test]
    fn a_word_from_elsewhere_is_led_to_the_one_that_is_missing() {
        let none = |_: &str| false;
        let hint = |name, kind, given: &dyn Fn(&str) -> bool| super::hint(name, kind, given);
        let meant = |name: &str| Some(format!("did you mean `{name}`?"));
        assert_eq!(hint("id", Kind::Field, &none), meant("tag"));
        assert_eq!(hint("id", Kind::Field, &|given| given == "tag"), None);
        assert_eq!(hint("tag", Kind::Value, &none), meant("number"));
        assert_eq!(hint("number", Kind::Method, &none), meant("id"));
        assert_eq!(hint("number", Kind::Error, &none), meant("code"));
        assert_eq!(hint("type", Kind::Map, &|_| true).as_deref(), Some("a map has `key` and `value`"));
        assert!(hint("doc", Kind::Field, &none).is_some_and(|it| it.starts_with("`<doc>` is an element")));
        assert_eq!(hint("doc", Kind::Import, &none), None);
        assert_eq!(hint("colour", Kind::Field, &none), None);
    }
}
