//! The words of the dialect: each element, its attributes, what they hold and where it may stand.
//!
//! One row an element. A new element is a row here and a file of its own next to this one; a new attribute is a
//! word here and a line in the file of its element. Constraints are words of [`constraint`] and not listed here.
//! The order of attributes is the one a formatted file has.

use crate::constraint::{self, Place};

/// The elements of the dialect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Protocol,
    Doc,
    Import,
    Enum,
    Value,
    Message,
    Field,
    Map,
    Oneof,
    Reserved,
    Errors,
    Error,
    Service,
    Method,
}

/// What is known about an element.
pub(crate) struct Word {
    pub(crate) kind: Kind,
    pub(crate) name: &'static str,
    attributes: &'static [Attr],
    /// The elements it may stand in; none for the root.
    pub(crate) parents: &'static [Kind],
}

/// What is known about an attribute.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attr {
    pub(crate) name: &'static str,
    pub(crate) form: Form,
    /// The element means nothing without it.
    pub(crate) is_required: bool,
}

/// What an attribute holds, as far as a grammar can say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// A name of one's own.
    Name,
    /// The name of something defined elsewhere, with or without its package.
    Reference,
    Package,
    Path,
    /// Words for people.
    Text,
    /// A literal of a type that stands elsewhere.
    Literal,
    Flag,
    Tag,
    /// `u32`, at least 1.
    Positive,
    /// `u16`, at least 1.
    MethodId,
    /// `i32`.
    Number,
    Duration,
    Priority,
    Retry,
    /// Numbers and ranges with blanks between them.
    Ranges,
    /// Names with blanks between them.
    Names,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// The word or number of a constraint.
    Constraint(constraint::Form),
}

/// Which way a method streams.
pub(crate) const STREAMS: [&str; 3] = ["client", "server", "both"];

/// The endings of calls a schema may give to its errors, as the runtime spells them.
pub(crate) const STATUSES: [&str; 16] = [
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
];

const fn must(name: &'static str, form: Form) -> Attr {
    Attr { name, form, is_required: true }
}

const fn may(name: &'static str, form: Form) -> Attr {
    Attr { name, form, is_required: false }
}

const NAME: Attr = must("name", Form::Name);
const SINCE: Attr = may("since", Form::Positive);
const DEPRECATED: Attr = may("deprecated", Form::Text);
const REPLACED_BY: Attr = may("replaced-by", Form::Name);
const SENSITIVE: Attr = may("sensitive", Form::Flag);
const RESERVED_NAMES: Attr = may("names", Form::Names);

static WORDS: &[Word] = &[
    Word {
        kind: Kind::Protocol,
        name: "protocol",
        attributes: &[must("package", Form::Package), may("version", Form::Positive)],
        parents: &[],
    },
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
            Kind::Map,
            Kind::Oneof,
            Kind::Errors,
            Kind::Error,
            Kind::Service,
            Kind::Method,
        ],
    },
    Word {
        kind: Kind::Import,
        name: "import",
        attributes: &[must("path", Form::Path)],
        parents: &[Kind::Protocol],
    },
    Word {
        kind: Kind::Enum,
        name: "enum",
        attributes: &[NAME, SINCE, DEPRECATED, REPLACED_BY],
        parents: &[Kind::Protocol, Kind::Message],
    },
    Word {
        kind: Kind::Value,
        name: "value",
        attributes: &[NAME, must("number", Form::Number), SINCE, DEPRECATED, REPLACED_BY],
        parents: &[Kind::Enum],
    },
    Word {
        kind: Kind::Message,
        name: "message",
        attributes: &[NAME, SINCE, DEPRECATED, REPLACED_BY],
        parents: &[Kind::Protocol, Kind::Message],
    },
    Word {
        kind: Kind::Field,
        name: "field",
        attributes: &[
            must("tag", Form::Tag),
            NAME,
            must("type", Form::Reference),
            may("optional", Form::Flag),
            may("repeated", Form::Flag),
            may("packed", Form::Flag),
            may("default", Form::Literal),
            SENSITIVE,
            SINCE,
            DEPRECATED,
            REPLACED_BY,
        ],
        parents: &[Kind::Message, Kind::Oneof],
    },
    Word {
        kind: Kind::Map,
        name: "map",
        attributes: &[
            must("tag", Form::Tag),
            NAME,
            must("key", Form::Reference),
            must("value", Form::Reference),
            SENSITIVE,
            SINCE,
            DEPRECATED,
            REPLACED_BY,
        ],
        parents: &[Kind::Message],
    },
    Word {
        kind: Kind::Oneof,
        name: "oneof",
        attributes: &[NAME, SINCE, DEPRECATED, REPLACED_BY],
        parents: &[Kind::Message],
    },
    Word {
        kind: Kind::Reserved,
        name: "reserved",
        // Which of them belong is decided by the parent.
        attributes: &[
            may("tags", Form::Ranges),
            may("numbers", Form::Ranges),
            may("codes", Form::Ranges),
            may("ids", Form::Ranges),
            RESERVED_NAMES,
        ],
        parents: &[Kind::Message, Kind::Enum, Kind::Errors, Kind::Service],
    },
    Word {
        kind: Kind::Errors,
        name: "errors",
        attributes: &[NAME, SINCE, DEPRECATED, REPLACED_BY],
        parents: &[Kind::Protocol],
    },
    Word {
        kind: Kind::Error,
        name: "error",
        attributes: &[
            NAME,
            must("code", Form::Positive),
            may("status", Form::OneOf(&STATUSES)),
            may("retry", Form::Retry),
            may("detail", Form::Reference),
            SINCE,
            DEPRECATED,
            REPLACED_BY,
        ],
        parents: &[Kind::Errors],
    },
    Word {
        kind: Kind::Service,
        name: "service",
        attributes: &[NAME, may("id", Form::Positive), SINCE, DEPRECATED, REPLACED_BY],
        parents: &[Kind::Protocol],
    },
    Word {
        kind: Kind::Method,
        name: "method",
        attributes: &[
            NAME,
            must("id", Form::MethodId),
            must("request", Form::Reference),
            // Absent where `oneway` says that nothing comes back.
            may("response", Form::Reference),
            may("errors", Form::Reference),
            may("timeout", Form::Duration),
            may("priority", Form::Priority),
            may("idempotent", Form::Flag),
            may("stream", Form::OneOf(&STREAMS)),
            may("oneway", Form::Flag),
            may("route-key", Form::Name),
            SINCE,
            DEPRECATED,
            REPLACED_BY,
        ],
        parents: &[Kind::Service],
    },
];

/// The element of this name.
pub(crate) fn word(name: &str) -> Option<&'static Word> {
    WORDS.iter().find(|word| word.name == name)
}

/// The elements that may stand in `parent`; `None` is the file itself.
pub(crate) fn words_in(parent: Option<Kind>) -> impl Iterator<Item = &'static Word> {
    WORDS.iter().filter(move |word| word.may_stand_in(parent))
}

/// Every element.
pub(crate) fn words() -> impl Iterator<Item = &'static Word> {
    WORDS.iter()
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        WORDS.iter().find(|word| word.kind == self).map_or("", |word| word.name)
    }

    /// What constraints call this element, if it takes any.
    fn place(self) -> Option<Place> {
        match self {
            Self::Field => Some(Place::Field),
            Self::Map => Some(Place::Map),
            Self::Oneof => Some(Place::Oneof),
            _ => None,
        }
    }
}

impl Word {
    pub(crate) fn may_stand_in(&self, parent: Option<Kind>) -> bool {
        match parent {
            Some(parent) => self.parents.contains(&parent),
            None => self.parents.is_empty(),
        }
    }

    /// The attributes of this element where it stands in `parent`, in the order of a formatted file.
    pub(crate) fn attributes_in(&self, parent: Option<Kind>) -> impl Iterator<Item = Attr> + use<> {
        let numbers = match (self.kind, parent) {
            (Kind::Reserved, Some(Kind::Message)) => Some("tags"),
            (Kind::Reserved, Some(Kind::Enum)) => Some("numbers"),
            (Kind::Reserved, Some(Kind::Errors)) => Some("codes"),
            (Kind::Reserved, Some(Kind::Service)) => Some("ids"),
            _ => None,
        };
        let is_here = move |attr: &Attr| {
            numbers.is_none_or(|numbers| attr.name == numbers || attr.name == RESERVED_NAMES.name)
        };
        // Facts about a field stand before its history.
        let split = self.attributes.iter().position(|attr| attr.name == SENSITIVE.name);
        let split = split.or_else(|| self.attributes.iter().position(|attr| attr.name == SINCE.name));
        let (facts, history) = self.attributes.split_at(split.unwrap_or(self.attributes.len()));
        let constraints = self.kind.place().into_iter().flat_map(constraint::rules_of);
        let constraints = constraints.map(|rule| may(rule.word, Form::Constraint(rule.form)));
        facts.iter().copied().chain(constraints).chain(history.iter().copied()).filter(is_here)
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

    #[test]
    fn no_element_has_an_attribute_twice() {
        for word in words() {
            let mut names: Vec<_> = word.attributes_in(None).map(|attr| attr.name).collect();
            names.sort_unstable();
            assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
        }
    }
}
