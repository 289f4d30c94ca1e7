//! What one file says, element by element: names not yet resolved, everything with its place.
//!
//! Where a part could not be read, the finding is made and the part is absent here. What is kept of its element
//! is marked `is_partial`, so that no rule judges it by what is missing.

use std::fmt;
use std::rc::Rc;

use super::vocabulary::TIERS;
use crate::constraint::Constraint;
use crate::diagnostic::{Span, Spanned};

/// One file.
#[derive(Debug)]
pub(crate) struct Protocol {
    pub(crate) package: Spanned<Rc<str>>,
    pub(crate) version: Option<Spanned<u32>>,
    pub(crate) doc: String,
    pub(crate) imports: Vec<Spanned<Rc<str>>>,
    pub(crate) enums: Vec<Enum>,
    pub(crate) messages: Vec<Message>,
    pub(crate) errors: Vec<Errors>,
    pub(crate) services: Vec<Service>,
    pub(crate) is_partial: bool,
}

/// Since when something is there, and whether it still should be used. Few things say anything, so it costs a word.
#[derive(Debug, Default)]
pub(crate) struct Lifecycle(pub(crate) Option<Box<History>>);

#[derive(Debug, Default)]
pub(crate) struct History {
    pub(crate) since: Option<Spanned<u32>>,
    /// Why it should not be used any more.
    pub(crate) deprecated: Option<Spanned<Rc<str>>>,
    /// The sibling to use instead.
    pub(crate) replaced_by: Option<Spanned<Rc<str>>>,
}

#[derive(Debug)]
pub(crate) struct Enum {
    pub(crate) name: Spanned<Rc<str>>,
    pub(crate) doc: String,
    pub(crate) lifecycle: Lifecycle,
    pub(crate) values: Vec<Value>,
    pub(crate) reserved: Vec<Reserved>,
    pub(crate) is_partial: bool,
}

#[derive(Debug)]
pub(crate) struct Value {
    pub(crate) name: Spanned<Rc<str>>,
    pub(crate) number: Spanned<i32>,
    pub(crate) doc: String,
    pub(crate) lifecycle: Lifecycle,
}

#[derive(Debug)]
pub(crate) struct Message {
    pub(crate) name: Spanned<Rc<str>>,
    pub(crate) doc: String,
    pub(crate) lifecycle: Lifecycle,
    /// Maps among them.
    pub(crate) fields: Vec<Field>,
    pub(crate) oneofs: Vec<Oneof>,
    pub(crate) reserved: Vec<Reserved>,
    pub(crate) enums: Vec<Enum>,
    pub(crate) messages: Vec<Message>,
    pub(crate) is_partial: bool,
}

/// A choice: at most one of its fields is there.
#[derive(Debug)]
pub(crate) struct Oneof {
    pub(crate) name: Spanned<Rc<str>>,
    pub(crate) doc: String,
    pub(crate) lifecycle: Lifecycle,
    pub(crate) constraints: Vec<Constraint>,
    pub(crate) fields: Vec<Field>,
    pub(crate) is_partial: bool,
}

#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) name: Spanned<Rc<str>>,
    pub(crate) tag: Spanned<u32>,
    pub(crate) doc: String,
    pub(crate) lifecycle: Lifecycle,
    pub(crate) is_sensitive: bool,
    /// What it is called in JSON, if it says so.
    pub(crate) json: Option<Spanned<Rc<str>>>,
    pub(crate) constraints: Vec<Constraint>,
    /// `None`: the type or one of the flags could not be read.
    pub(crate) shape: Option<Shape>,
}

/// What a field holds.
#[derive(Debug)]
pub(crate) struct Shape {
    /// Of a map, what its values are.
    pub(crate) type_name: Spanned<Rc<str>>,
    /// What a map is looked up by; `None` on everything else.
    pub(crate) key: Option<Spanned<Rc<str>>>,
    pub(crate) optional: Option<Spanned<bool>>,
    pub(crate) repeated: Option<Spanned<bool>>,
    pub(crate) packed: Option<Spanned<bool>>,
    pub(crate) default: Option<Spanned<Rc<str>>>,
}

/// Numbers and names that are never used again.
#[derive(Debug)]
pub(crate) struct Reserved {
    /// First and last of each range, with the place of the attribute.
    pub(crate) numbers: Vec<(i64, i64, Span)>,
    pub(crate) names: Vec<Spanned<Rc<str>>>,
}

/// The errors of a service.
#[derive(Debug)]
pub(crate) struct Errors {
    pub(crate) name: Spanned<Rc<str>>,
    pub(crate) doc: String,
    pub(crate) lifecycle: Lifecycle,
    pub(crate) errors: Vec<Error>,
    pub(crate) reserved: Vec<Reserved>,
    pub(crate) is_partial: bool,
}

#[derive(Debug)]
pub(crate) struct Error {
    pub(crate) name: Spanned<Rc<str>>,
    pub(crate) code: Spanned<u32>,
    pub(crate) doc: String,
    pub(crate) lifecycle: Lifecycle,
    pub(crate) status: Option<&'static str>,
    /// As it was written, and sound.
    pub(crate) retry: Option<Rc<str>>,
    pub(crate) detail: Option<Spanned<Rc<str>>>,
}

#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) name: Spanned<Rc<str>>,
    pub(crate) id: Option<Spanned<u32>>,
    pub(crate) doc: String,
    pub(crate) lifecycle: Lifecycle,
    pub(crate) methods: Vec<Method>,
    pub(crate) reserved: Vec<Reserved>,
    pub(crate) is_partial: bool,
}

#[derive(Debug)]
pub(crate) struct Method {
    pub(crate) name: Spanned<Rc<str>>,
    pub(crate) id: Spanned<u16>,
    pub(crate) doc: String,
    pub(crate) lifecycle: Lifecycle,
    /// `None`: the attribute is absent or could not be read.
    pub(crate) request: Option<Spanned<Rc<str>>>,
    /// `None` as above, and where nothing comes back.
    pub(crate) response: Option<Spanned<Rc<str>>>,
    pub(crate) errors: Option<Spanned<Rc<str>>>,
    pub(crate) timeout_ms: Option<u64>,
    pub(crate) priority: u8,
    pub(crate) protection: Protection,
    pub(crate) queued: Queued,
    pub(crate) idempotent: bool,
    pub(crate) stream: Option<Spanned<Stream>>,
    /// The place of `oneway="true"`.
    pub(crate) oneway: Option<Span>,
    /// The place of `blocking="true"`.
    pub(crate) blocking: Option<Span>,
    pub(crate) route_key: Option<Spanned<Rc<str>>>,
}

/// What a method does as load rises, and how much of a server it may take.
#[derive(Debug, Default)]
pub(crate) struct Protection {
    pub(crate) degraded_from: Option<Spanned<Tier>>,
    pub(crate) refused_from: Option<Spanned<Tier>>,
    pub(crate) rate: Option<Spanned<Rate>>,
    pub(crate) caller_rate: Option<Spanned<Rate>>,
    /// Handlers at once, at most.
    pub(crate) running_max: Option<Spanned<u32>>,
    /// Places that no other method can take.
    pub(crate) reserve: Option<Spanned<u32>>,
    /// How old an answer may be that its caller takes again in the place of a new one.
    pub(crate) last_good_ms: Option<Spanned<u64>>,
}

/// The queue whose jobs the requests of a method are, and how these are done.
#[derive(Debug, Default)]
pub(crate) struct Queued {
    /// The queue's name. `None`: it is a method like others.
    pub(crate) name: Option<Spanned<Rc<str>>>,
    /// Jobs that begin in a time.
    pub(crate) rate: Option<Spanned<Rate>>,
    /// Jobs at once, at most.
    pub(crate) workers: Option<Spanned<u32>>,
    pub(crate) attempts: Option<Spanned<u32>>,
    /// How long an attempt may take.
    pub(crate) lease_ms: Option<Spanned<u64>>,
}

/// How loaded a server is, where something starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tier {
    Busy,
    High,
    Critical,
}

/// Calls in a second or a minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rate {
    pub(crate) calls: u32,
    pub(crate) per: Per,
    /// How many may come at once; `None`: a second's worth.
    pub(crate) burst: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Per {
    Second,
    Minute,
}

/// Which side of a call sends many messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stream {
    Client,
    Server,
    Both,
}

impl Tier {
    /// Its word.
    pub(crate) fn word(self) -> &'static str {
        TIERS.iter().find(|(_, tier)| *tier == self).map_or("", |(word, _)| word)
    }
}

impl Rate {
    /// Calls in a minute.
    pub(crate) fn a_minute(self) -> u64 {
        let seconds = match self.per {
            Per::Second => 60,
            Per::Minute => 1,
        };
        u64::from(self.calls) * seconds
    }
}

/// As a schema writes it.
impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.per {
            Per::Second => "s",
            Per::Minute => "min",
        };
        write!(f, "{}/{unit}", self.calls)?;
        self.burst.map_or(Ok(()), |burst| write!(f, " burst {burst}"))
    }
}
