//! The words of the dialect: each element, its attributes, what they hold and where it may stand.
//!
//! One row an element. A new element is a row here and a file of its own next to this one; a new attribute is a
//! word here and a line in the file of its element. Constraints are words of [`constraint`] and not listed here.
//! The order of attributes is the one a formatted file has. The XSD is made of this table: what it says of a word is
//! what an editor shows.

use super::syntax::Tier;
use crate::constraint::{self, Place};
use crate::model::PRIORITY_DEFAULT;

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
    /// What it is, for those who meet it in an editor.
    pub(crate) doc: &'static str,
    attributes: &'static [Attr],
    /// The elements it may stand in; none for the root.
    pub(crate) parents: &'static [Kind],
}

/// What is known about an attribute.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attr {
    pub(crate) name: &'static str,
    /// What it says, for those who meet it in an editor.
    pub(crate) doc: &'static str,
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
    /// A scalar type, or the name of a message or an enum.
    Type,
    /// A scalar type that entries of a map can be looked up by.
    Key,
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
    /// A tier of load from which on something happens.
    Tier,
    /// Calls in a second or a minute.
    Rate,
    /// Handlers, at least 1.
    Handlers,
    Retry,
    /// Numbers and ranges with blanks between them.
    Ranges,
    /// The same, below zero as well.
    SignedRanges,
    /// Names with blanks between them.
    Names,
    /// What a field is called in JSON.
    JsonName,
    QueueName,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// The word or number of a constraint.
    Constraint(constraint::Form),
    /// Meant for XML editors, and nothing to this compiler.
    Editor,
}

/// Which way a method streams.
pub(crate) const STREAMS: [&str; 3] = ["client", "server", "both"];

/// The words for priorities, and the numbers they stand for; less is more important.
pub(crate) const PRIORITIES: [(&str, u8); 4] =
    [("core", 0), ("important", 64), ("normal", PRIORITY_DEFAULT), ("lossy", 192)];

/// The words for tiers of load that something can start at; each is worse than the one before.
pub(crate) const TIERS: [(&str, Tier); 3] =
    [("busy", Tier::Busy), ("high", Tier::High), ("critical", Tier::Critical)];

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

const fn must(name: &'static str, form: Form, doc: &'static str) -> Attr {
    Attr { name, doc, form, is_required: true }
}

const fn may(name: &'static str, form: Form, doc: &'static str) -> Attr {
    Attr { name, doc, form, is_required: false }
}

const NAME: Attr = must("name", Form::Name, "What it is called.");
const TAG: Attr =
    must("tag", Form::Tag, "The number that stands for it on the wire; never used again for anything else.");
const JSON: Attr = may(
    "json",
    Form::JsonName,
    "Its name in JSON: letters, digits and `_-.$`; made of `name`, in lowerCamelCase, unless given.",
);
const SENSITIVE: Attr =
    may("sensitive", Form::Flag, "Keeps the value out of what people read: Debug prints `<redacted>`.");
const SINCE: Attr = may("since", Form::Positive, "The version of the file in which it came.");
const DEPRECATED: Attr = may(
    "deprecated",
    Form::Text,
    "Why nobody should use it any more; users of the generated code are warned.",
);
const REPLACED_BY: Attr =
    may("replaced-by", Form::Name, "What to use instead, by its name next to this; goes with `deprecated`.");
const RESERVED_NAMES: Attr = may("names", Form::Names, "Names, with blanks between them.");

static WORDS: &[Word] = &[
    Word {
        kind: Kind::Protocol,
        name: "protocol",
        doc: "A schema file: definitions of one package.",
        attributes: &[
            must(
                "package",
                Form::Package,
                "What its definitions belong to, as in `shop.orders`; the Rust module. Files may share one.",
            ),
            may("version", Form::Positive, "The version of this file, for people and for `since`."),
            may("xmlns:xsi", Form::Editor, "The namespace of the next attribute."),
            may(
                "xsi:noNamespaceSchemaLocation",
                Form::Editor,
                "Where XML editors find the XSD of the dialect.",
            ),
        ],
        parents: &[],
    },
    Word {
        kind: Kind::Doc,
        name: "doc",
        doc: "Text for people; the doc comment of the generated item.",
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
        doc: "Makes the definitions of another file known in this one.",
        attributes: &[must(
            "path",
            Form::Path,
            "Relative to this file or to an include path, with `/` on every platform; `svrkit/types.xml` is the kit's own.",
        )],
        parents: &[Kind::Protocol],
    },
    Word {
        kind: Kind::Enum,
        name: "enum",
        doc: "A choice of named numbers. It is open: numbers this version does not know survive.",
        attributes: &[NAME, SINCE, DEPRECATED, REPLACED_BY],
        parents: &[Kind::Protocol, Kind::Message],
    },
    Word {
        kind: Kind::Value,
        name: "value",
        doc: "One value of an enum; the first has number 0, which is what an absent field holds.",
        attributes: &[
            NAME,
            must("number", Form::Number, "The number on the wire, from -2147483648 to 2147483647."),
            SINCE,
            DEPRECATED,
            REPLACED_BY,
        ],
        parents: &[Kind::Enum],
    },
    Word {
        kind: Kind::Message,
        name: "message",
        doc: "A record of fields. What a newer version adds to it is kept and sent on.",
        attributes: &[NAME, SINCE, DEPRECATED, REPLACED_BY],
        parents: &[Kind::Protocol, Kind::Message],
    },
    Word {
        kind: Kind::Field,
        name: "field",
        doc: "One value of a message, or a list of them.",
        attributes: &[
            TAG,
            NAME,
            must("type", Form::Type, "What it holds: a scalar, a message or an enum."),
            may("optional", Form::Flag, "Tells absent from zero: `Option` in Rust."),
            may("repeated", Form::Flag, "Holds any number of values: `Vec` in Rust."),
            may(
                "packed",
                Form::Flag,
                "Whether repeated numbers share one record; they do unless told otherwise.",
            ),
            may(
                "default",
                Form::Literal,
                "What the accessor answers where the optional field is absent. The bytes don't change.",
            ),
            JSON,
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
        doc: "Entries of a key and a value.",
        attributes: &[
            TAG,
            NAME,
            must("key", Form::Key, "What entries are looked up by."),
            must("value", Form::Type, "What an entry holds: a scalar, a message or an enum."),
            JSON,
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
        doc: "Fields of which at most one is there: an enum in Rust.",
        attributes: &[NAME, SINCE, DEPRECATED, REPLACED_BY],
        parents: &[Kind::Message],
    },
    Word {
        kind: Kind::Reserved,
        name: "reserved",
        doc: "Numbers and names that were used once and never are again.",
        // Which of them belong is decided by the parent.
        attributes: &[
            may("tags", Form::Ranges, "Tags and ranges of tags, as in `4 9-12`."),
            may("numbers", Form::SignedRanges, "Numbers and ranges of numbers, as in `4 9-12 -5--3`."),
            may("codes", Form::Ranges, "Codes and ranges of codes, as in `4 9-12`."),
            may("ids", Form::Ranges, "Ids and ranges of ids, as in `4 9-12`."),
            RESERVED_NAMES,
        ],
        parents: &[Kind::Message, Kind::Enum, Kind::Errors, Kind::Service],
    },
    Word {
        kind: Kind::Errors,
        name: "errors",
        doc: "The ways in which methods may fail by the rules of their service.",
        attributes: &[NAME, SINCE, DEPRECATED, REPLACED_BY],
        parents: &[Kind::Protocol],
    },
    Word {
        kind: Kind::Error,
        name: "error",
        doc: "One way to fail; its `doc` is what callers are told.",
        attributes: &[
            NAME,
            must("code", Form::Positive, "The number on the wire, at least 1."),
            may(
                "status",
                Form::OneOf(&STATUSES),
                "The framework's status it comes under; FAILED_PRECONDITION unless told otherwise.",
            ),
            may(
                "retry",
                Form::Retry,
                "Whether to try again: `never`, `elsewhere`, or after a time as in `after 20ms`.",
            ),
            may("detail", Form::Reference, "A message that travels with it."),
            SINCE,
            DEPRECATED,
            REPLACED_BY,
        ],
        parents: &[Kind::Errors],
    },
    Word {
        kind: Kind::Service,
        name: "service",
        doc: "Methods that are called under one id: a trait, a server and a client in Rust.",
        attributes: &[
            NAME,
            may(
                "id",
                Form::Positive,
                "The number on the wire, at least 1024; made of the full name unless given.",
            ),
            SINCE,
            DEPRECATED,
            REPLACED_BY,
        ],
        parents: &[Kind::Protocol],
    },
    Word {
        kind: Kind::Method,
        name: "method",
        doc: "One thing to call.",
        attributes: &[
            NAME,
            must("id", Form::MethodId, "The number on the wire, from 1 to 65535."),
            must("request", Form::Reference, "The message a caller sends."),
            // Absent where `oneway` says that nothing comes back.
            may("response", Form::Reference, "The message that comes back; left out with `oneway`."),
            may("errors", Form::Reference, "The set of errors it may fail with."),
            may(
                "timeout",
                Form::Duration,
                "How long a call may take unless the caller says otherwise: `300ms`, `5s`, `2min`; at most a day.",
            ),
            may(
                "priority",
                Form::Priority,
                "What is served first where not everything can be: a word, or a number from 0 (first) to 255.",
            ),
            may(
                "degraded-from",
                Form::Tier,
                "The tier of load from which on a second, cheaper handler answers: `busy`, `high` or `critical`.",
            ),
            may(
                "refused-from",
                Form::Tier,
                "The tier of load from which on its calls are refused: `busy`, `high` or `critical`.",
            ),
            may(
                "rate",
                Form::Rate,
                "How often a server takes calls of it: `1000/s`, `30/min` or `1000/s burst 50`.",
            ),
            may("caller-rate", Form::Rate, "How often a server takes calls of it from one caller."),
            may("running-max", Form::Handlers, "How many of its handlers a server has at once at most."),
            may(
                "reserve",
                Form::Handlers,
                "How many places among a server's handlers no other method can take.",
            ),
            may(
                "queue",
                Form::QueueName,
                "The queue whose jobs its requests are: a call is answered with a ticket, and the handler runs later.",
            ),
            may("queue-rate", Form::Rate, "How many jobs begin in a time: `500/s`, `30/min`."),
            may("queue-workers", Form::Handlers, "How many jobs are done at once at most; 16 unless given."),
            may(
                "queue-attempts",
                Form::Positive,
                "After how many attempts a job that still fails is a dead letter; 10 unless given.",
            ),
            may(
                "queue-lease",
                Form::Duration,
                "How long an attempt may take: `30s`, `5min`; a minute unless given.",
            ),
            may(
                "idempotent",
                Form::Flag,
                "Calling twice does no more than calling once, so a client may try again by itself.",
            ),
            may(
                "last-good",
                Form::Duration,
                "How old an answer may be that a client gives again where its server wishes so, instead of calling: `300ms`, `5s`, `2min`; at most a day.",
            ),
            may("stream", Form::OneOf(&STREAMS), "Who sends any number of messages instead of one."),
            may(
                "oneway",
                Form::Flag,
                "Nothing comes back: the caller goes on as soon as the request is handed over.",
            ),
            may(
                "blocking",
                Form::Flag,
                "Its handler computes, or blocks its thread: it runs on tokio's blocking pool, beside the tasks that answer others.",
            ),
            may("route-key", Form::Name, "The field of the request whose value says which server is right."),
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
        let constraints = constraints.map(|rule| may(rule.word, Form::Constraint(rule.form), rule.doc));
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

    #[test]
    fn the_table_for_users_is_the_one_here() {
        let code = |name: &str| format!(" `{name}`");
        let mut table = String::new();
        for word in words() {
            let parents: String = word.parents.iter().map(|kind| code(kind.name())).collect();
            let parents = if parents.is_empty() { " the file".to_owned() } else { parents };
            // All that it may have in any place.
            let attributes = word.attributes_in(None).map(|attr| match attr.is_required {
                true => format!(" **`{}`**", attr.name),
                false => code(attr.name),
            });
            let attributes: String = attributes.collect();
            table.push_str(&format!("| `{}` |{parents} |{attributes} |\n", word.name));
        }
        assert!(include_str!("../../DIALECT.md").contains(&table), "docs/schema.md should hold:\n{table}");
    }
}
