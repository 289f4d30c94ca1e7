//! How lists, maps and what may be absent are spelt elsewhere: as types, where this dialect has attributes and elements.
//!
//! As `foreign_type`: for the finding about an unknown type, and nothing is accepted because of it.

/// A type that is made of another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape<'a> {
    /// Any number of these.
    List(&'a str),
    /// One of these or none.
    Optional(&'a str),
    Map,
}

/// Where the type stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spot {
    Field,
    /// `value` of a map.
    Entry,
}

/// What a word before a type makes of it.
type Maker = fn(&str) -> Shape<'_>;

/// The words before a type, with or without brackets around that.
const GENERICS: &[(&[&str], Maker)] = &[
    (&["vec", "list", "array", "vector", "set", "repeated", "sequence"], |item| Shape::List(item)),
    (&["option", "optional", "nullable", "maybe"], |inner| Shape::Optional(inner)),
    (&["map", "hashmap", "btreemap", "dict", "record"], |_| Shape::Map),
];

/// What to write instead of `u32[]` and the like. `is_message` says of a type whether it is a message.
pub(super) fn hint(word: &str, spot: Spot, is_message: impl Fn(&str) -> bool) -> Option<String> {
    let shape = Shape::read(word.trim())?;
    let help = match (shape, spot) {
        (Shape::List(_) | Shape::Map, Spot::Entry) => {
            "an entry holds one value: define a message with that as its field".to_owned()
        }
        (Shape::Optional(_), Spot::Entry) => "an entry holds a value: leave out those without one".to_owned(),
        (Shape::List(item), Spot::Field) => format!("write `type=\"{}\" repeated=\"true\"`", shown(item)),
        (Shape::Optional(inner), Spot::Field) if is_message(inner) => {
            format!("write `type=\"{}\"`: a message may be absent anyway", shown(inner))
        }
        (Shape::Optional(inner), Spot::Field) => {
            format!("write `type=\"{}\" optional=\"true\"`", shown(inner))
        }
        (Shape::Map, Spot::Field) => {
            "a map is an element: `<map tag=\"1\" name=\"…\" key=\"string\" value=\"u64\"/>`".to_owned()
        }
    };
    Some(help)
}

impl<'a> Shape<'a> {
    fn read(word: &'a str) -> Option<Self> {
        if let Some(item) = word.strip_suffix("[]").or_else(|| word.strip_prefix("[]")) {
            return Some(Self::List(item.trim()));
        }
        if let Some(inner) = word.strip_suffix('?').or_else(|| word.strip_prefix('?')) {
            return Some(Self::Optional(inner.trim()));
        }
        let (outer, inner) = match word.strip_suffix('>') {
            Some(open) => open.split_once('<')?,
            None => word.split_once(' ')?,
        };
        let outer = outer.trim().to_ascii_lowercase();
        let (_, shape) = GENERICS.iter().find(|(words, _)| words.contains(&&*outer))?;
        Some(shape(inner.trim()))
    }
}

/// The type in an example: what is no name, or one of another language, is left for the reader to say.
fn shown(inner: &str) -> &str {
    const SHOWN_MAX: usize = 80;
    let is_name = !inner.is_empty()
        && inner.len() <= SHOWN_MAX
        && inner.bytes().all(|it| it.is_ascii_alphanumeric() || matches!(it, b'_' | b'.'));
    if is_name && super::foreign_type::hint(inner).is_none() { inner } else { "…" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shape_of_another_language_is_said_in_ours() {
        let list = Some("write `type=\"u32\" repeated=\"true\"`");
        let optional = Some("write `type=\"u32\" optional=\"true\"`");
        let map = Some("a map is an element: `<map tag=\"1\" name=\"…\" key=\"string\" value=\"u64\"/>`");
        for (word, expected) in [
            ("u32[]", list),
            ("[]u32", list),
            ("Vec<u32>", list),
            ("list< u32 >", list),
            ("repeated u32", list),
            ("u32?", optional),
            ("Option<u32>", optional),
            ("optional u32", optional),
            ("map<string, u64>", map),
            ("Map<string,Order>", map),
            ("Order?", Some("write `type=\"Order\"`: a message may be absent anyway")),
            ("shop.Order[]", Some("write `type=\"shop.Order\" repeated=\"true\"`")),
            ("int[]", Some("write `type=\"…\" repeated=\"true\"`")),
            ("Vec<Vec<u8>>", Some("write `type=\"…\" repeated=\"true\"`")),
            ("[]", Some("write `type=\"…\" repeated=\"true\"`")),
            ("Order", None),
            ("Box<Order>", None),
            ("a>", None),
            ("u32 ", None),
            ("", None),
        ] {
            let found = hint(word, Spot::Field, |inner| inner == "Order");
            assert_eq!(found.as_deref(), expected, "{word}");
        }
    }

    #[test]
    fn an_entry_of_a_map_has_no_shape() {
        for (word, expected) in [
            ("u32[]", "an entry holds one value: define a message with that as its field"),
            ("map<string, u64>", "an entry holds one value: define a message with that as its field"),
            ("u32?", "an entry holds a value: leave out those without one"),
        ] {
            assert_eq!(hint(word, Spot::Entry, |_| true).as_deref(), Some(expected), "{word}");
        }
    }
}
