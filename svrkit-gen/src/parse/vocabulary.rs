//! The words of the dialect: each element, its attributes and where it may stand.
//!
//! One row an element. A new element is a row here and a file of its own next to this one; a new attribute is a
//! word here and a line in the file of its element.

/// The elements of the dialect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Protocol,
    Doc,
    Import,
    Enum,
    Value,
    Message,
    Field,
    Reserved,
    Service,
    Method,
}

/// What is known about an element.
pub(super) struct Word {
    pub(super) kind: Kind,
    pub(super) name: &'static str,
    pub(super) attributes: &'static [&'static str],
    /// The elements it may stand in; none for the root.
    pub(super) parents: &'static [Kind],
}

static WORDS: &[Word] = &[
    Word { kind: Kind::Protocol, name: "protocol", attributes: &["package", "version"], parents: &[] },
    Word {
        kind: Kind::Doc,
        name: "doc",
        attributes: &[],
        parents: &[
            Kind::Protocol,
            Kind::Enum,
            Kind::Value,
            Kind::Message,
            Kind::Field,
            Kind::Service,
            Kind::Method,
        ],
    },
    Word { kind: Kind::Import, name: "import", attributes: &["path"], parents: &[Kind::Protocol] },
    Word { kind: Kind::Enum, name: "enum", attributes: &["name"], parents: &[Kind::Protocol, Kind::Message] },
    Word { kind: Kind::Value, name: "value", attributes: &["name", "number"], parents: &[Kind::Enum] },
    Word {
        kind: Kind::Message,
        name: "message",
        attributes: &["name"],
        parents: &[Kind::Protocol, Kind::Message],
    },
    Word {
        kind: Kind::Field,
        name: "field",
        attributes: &["tag", "name", "type", "optional", "repeated", "packed"],
        parents: &[Kind::Message],
    },
    Word {
        kind: Kind::Reserved,
        name: "reserved",
        // Which of the first three belongs is decided by the parent.
        attributes: &["tags", "numbers", "ids", "names"],
        parents: &[Kind::Message, Kind::Enum, Kind::Service],
    },
    Word { kind: Kind::Service, name: "service", attributes: &["name", "id"], parents: &[Kind::Protocol] },
    Word {
        kind: Kind::Method,
        name: "method",
        attributes: &["name", "id", "request", "response", "timeout", "priority", "idempotent"],
        parents: &[Kind::Service],
    },
];

/// The element of this name.
pub(super) fn word(name: &str) -> Option<&'static Word> {
    WORDS.iter().find(|word| word.name == name)
}

/// The elements that may stand in `parent`; `None` is the file itself.
pub(super) fn words_in(parent: Option<Kind>) -> impl Iterator<Item = &'static Word> {
    WORDS.iter().filter(move |word| word.may_stand_in(parent))
}

/// Every element.
pub(super) fn words() -> impl Iterator<Item = &'static Word> {
    WORDS.iter()
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        WORDS.iter().find(|word| word.kind == self).map_or("", |word| word.name)
    }
}

impl Word {
    pub(super) fn may_stand_in(&self, parent: Option<Kind>) -> bool {
        match parent {
            Some(parent) => self.parents.contains(&parent),
            None => self.parents.is_empty(),
        }
    }

    /// The attributes of this element where it stands in `parent`.
    pub(super) fn attributes_in(&self, parent: Option<Kind>) -> &'static [&'static str] {
        match (self.kind, parent) {
            (Kind::Reserved, Some(Kind::Message)) => &["tags", "names"],
            (Kind::Reserved, Some(Kind::Enum)) => &["numbers", "names"],
            (Kind::Reserved, _) => &["ids", "names"],
            _ => self.attributes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_one_row() {
        for word in words() {
            assert_eq!(word.kind.name(), word.name);
            assert_eq!(words().filter(|other| other.kind == word.kind).count(), 1, "{}", word.name);
        }
    }
}
