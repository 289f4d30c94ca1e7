//! What the protocols mean: every name resolved, every id a number, plain data.
//!
//! `resolve` builds it from syntax; `check` reads it and reports; `emit` reads it once nothing was reported. What
//! could not be resolved is kept only as far as it is known ([`FieldHead`], [`MethodHead`]), so that rules about
//! tags and names see it and nobody else does.

mod collect;
pub(crate) mod fingerprint;
mod foreign_shape;
mod foreign_type;
mod json_name;
mod literal;
mod recursion;
mod reserved;
mod resolve;
mod scalar;
mod scope;

pub(crate) use json_name::lower_camel;
pub(crate) use literal::Literal;
pub(crate) use reserved::Reserved;
pub(crate) use resolve::{KIT_PACKAGE, resolve};
pub(crate) use scalar::Scalar;
pub(crate) use scope::{ScopeId, Scopes};

use std::rc::Rc;

use crate::constraint::{Constraint, Holds, Place, Subject};
use crate::diagnostic::{FileId, Span, Spanned};
use crate::limits::TAG_MAX;
pub(crate) use crate::parse::syntax::{History, Lifecycle, Per, Protection, Queued, Rate, Stream, Tier};

/// Service ids below this one belong to the kit.
pub(crate) const KIT_SERVICE_IDS: u32 = 1_024;

/// The priority of a method that names none; `svrkit_runtime::Spec` has the same.
pub(crate) const PRIORITY_DEFAULT: u8 = 128;

/// Tags that protobuf keeps for itself.
pub(crate) const TAGS_OF_PROTOBUF: std::ops::RangeInclusive<u32> = 19_000..=19_999;

/// Whether the wire can carry this tag and protobuf leaves it to its users.
pub(crate) fn is_tag(tag: u32) -> bool {
    (1..=TAG_MAX).contains(&tag) && !TAGS_OF_PROTOBUF.contains(&tag)
}

/// All protocols of a run.
#[derive(Debug, Default)]
pub(crate) struct Schema {
    /// By name and what is in them, so that neither the order in which files were given nor where they lie matters.
    pub(crate) files: Vec<File>,
    /// By [`MessageId`].
    pub(crate) messages: Vec<Message>,
    /// By [`EnumId`].
    pub(crate) enums: Vec<Enum>,
    /// By [`ErrorsId`].
    pub(crate) errors: Vec<Errors>,
    pub(crate) services: Vec<Service>,
    pub(crate) scopes: Scopes,
}

/// Where definitions come from.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) id: FileId,
    /// The name without folders: what is generated must not depend on where the files lie.
    pub(crate) name: String,
    pub(crate) version: Option<Spanned<u32>>,
    pub(crate) package: Spanned<Rc<str>>,
    pub(crate) doc: String,
    /// Its version or some of its definitions could not be read.
    pub(crate) is_partial: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct MessageId(pub(crate) usize);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct EnumId(pub(crate) usize);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ErrorsId(pub(crate) usize);

/// What a definition is called: its package and the way to it through the messages it is nested in. What siblings have
/// in common they share.
#[derive(Clone, Debug)]
pub(crate) struct Name {
    pub(crate) package: Rc<str>,
    /// Enclosing messages from the outside.
    pub(crate) around: Rc<[Rc<str>]>,
    pub(crate) own: Rc<str>,
    /// Package and enclosing messages as one number.
    pub(crate) scope: ScopeId,
    /// The place of its own name.
    pub(crate) span: Span,
    /// The place of the name of the message around it.
    pub(crate) around_span: Option<Span>,
}

#[derive(Debug)]
pub(crate) struct Message {
    pub(crate) name: Name,
    pub(crate) doc: String,
    pub(crate) lifecycle: Lifecycle,
    /// In the order of the file, maps and members of oneofs among them.
    pub(crate) fields: Vec<Field>,
    /// Fields whose type is not known.
    pub(crate) unresolved: Vec<FieldHead>,
    pub(crate) oneofs: Vec<Oneof>,
    pub(crate) reserved: Reserved,
    /// Some of its fields, or of what is nested in it, could not be read.
    pub(crate) is_partial: bool,
}

/// A choice between fields of a message: [`Field::oneof`] says which.
#[derive(Debug)]
pub(crate) struct Oneof {
    /// It stands in its message, as what is nested there does.
    pub(crate) name: Name,
    pub(crate) doc: String,
    pub(crate) lifecycle: Lifecycle,
    pub(crate) constraints: Vec<Constraint>,
    /// The places of its fields among those of the message.
    pub(crate) members: Vec<usize>,
    /// Some of its fields could not be read, or their types are not known.
    pub(crate) is_partial: bool,
}

#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) head: FieldHead,
    /// Of a map, the type of its values.
    pub(crate) kind: FieldType,
    /// What a map is looked up by, and where that stands; `None` on everything else.
    pub(crate) key: Option<Spanned<&'static Scalar>>,
    /// The place of `optional="true"`.
    pub(crate) optional: Option<Span>,
    /// The place of `repeated="true"`.
    pub(crate) repeated: Option<Span>,
    pub(crate) packed: Option<Spanned<bool>>,
    /// What the accessor answers where the field is absent.
    pub(crate) default: Option<Spanned<Literal>>,
    pub(crate) constraints: Vec<Constraint>,
    /// Keep it out of what people read.
    pub(crate) is_sensitive: bool,
    /// What it is called in JSON, if the schema says so; [`Self::json_name`] knows it for all.
    pub(crate) json: Option<Spanned<Rc<str>>>,
    /// The one of [`Message::oneofs`] it belongs to.
    pub(crate) oneof: Option<usize>,
    /// The message contains itself through this field, or what the field holds is large: it needs an allocation between.
    pub(crate) boxed: bool,
}

/// What is known of every field.
#[derive(Debug)]
pub(crate) struct FieldHead {
    pub(crate) name: Spanned<Rc<str>>,
    pub(crate) tag: Spanned<u32>,
    pub(crate) doc: String,
    pub(crate) lifecycle: Lifecycle,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FieldType {
    Scalar(&'static Scalar),
    Message(MessageId),
    Enum(EnumId),
}

#[derive(Debug)]
pub(crate) struct Enum {
    pub(crate) name: Name,
    pub(crate) doc: String,
    pub(crate) lifecycle: Lifecycle,
    pub(crate) values: Vec<Value>,
    pub(crate) reserved: Reserved,
    /// Some of its values could not be read.
    pub(crate) is_partial: bool,
}

#[derive(Debug)]
pub(crate) struct Value {
    pub(crate) name: Spanned<Rc<str>>,
    pub(crate) number: Spanned<i32>,
    pub(crate) doc: String,
    pub(crate) lifecycle: Lifecycle,
}

/// The ways in which the methods of a service may fail by its own rules.
#[derive(Debug)]
pub(crate) struct Errors {
    pub(crate) name: Name,
    pub(crate) doc: String,
    pub(crate) lifecycle: Lifecycle,
    pub(crate) errors: Vec<Error>,
    pub(crate) reserved: Reserved,
    /// Some of its errors could not be read.
    pub(crate) is_partial: bool,
}

#[derive(Debug)]
pub(crate) struct Error {
    pub(crate) name: Spanned<Rc<str>>,
    pub(crate) code: Spanned<u32>,
    /// What is said to people.
    pub(crate) doc: String,
    pub(crate) lifecycle: Lifecycle,
    /// `None`: `FAILED_PRECONDITION`.
    pub(crate) status: Option<&'static str>,
    /// As `#[error_code(retry = …)]` takes it; `None`: what the status says.
    pub(crate) retry: Option<Rc<str>>,
    /// The message that travels with it.
    pub(crate) detail: Option<MessageId>,
}

#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) name: Name,
    pub(crate) doc: String,
    pub(crate) lifecycle: Lifecycle,
    pub(crate) id: u32,
    /// The place of the id, or of the name the id is computed from.
    pub(crate) id_span: Span,
    pub(crate) methods: Vec<Method>,
    /// Methods whose request or response is not known.
    pub(crate) unresolved: Vec<MethodHead>,
    pub(crate) reserved: Reserved,
    /// Some of its methods could not be read.
    pub(crate) is_partial: bool,
}

#[derive(Debug)]
pub(crate) struct Method {
    pub(crate) head: MethodHead,
    pub(crate) request: MessageId,
    /// `None` only where nothing comes back.
    pub(crate) response: Option<MessageId>,
    pub(crate) errors: Option<Spanned<ErrorsId>>,
    pub(crate) timeout_ms: Option<u64>,
    pub(crate) priority: u8,
    /// What it does as load rises, and how much of a server it may take.
    pub(crate) protection: Protection,
    pub(crate) queued: Queued,
    pub(crate) idempotent: bool,
    pub(crate) stream: Option<Spanned<Stream>>,
    /// The place of `oneway="true"`.
    pub(crate) oneway: Option<Span>,
    /// The place of `blocking="true"`.
    pub(crate) blocking: Option<Span>,
    /// The field of the request that says which server is right.
    pub(crate) route_key: Option<Spanned<Rc<str>>>,
}

/// What is known of every method.
#[derive(Debug)]
pub(crate) struct MethodHead {
    pub(crate) name: Spanned<Rc<str>>,
    pub(crate) id: Spanned<u16>,
    pub(crate) doc: String,
    pub(crate) lifecycle: Lifecycle,
}

impl Schema {
    pub(crate) fn message(&self, id: MessageId) -> &Message {
        &self.messages[id.0]
    }

    pub(crate) fn enumeration(&self, id: EnumId) -> &Enum {
        &self.enums[id.0]
    }

    pub(crate) fn errors(&self, id: ErrorsId) -> &Errors {
        &self.errors[id.0]
    }
}

impl Name {
    /// `shop.orders.Order.Item`.
    pub(crate) fn full(&self) -> String {
        format!("{}.{}", self.package, self.short())
    }

    /// `Order.Item`.
    pub(crate) fn short(&self) -> String {
        let segments = self.around.iter().chain([&self.own]);
        segments.map(|segment| &**segment).collect::<Vec<_>>().join(".")
    }

    /// What no other definition has.
    pub(crate) fn key(&self) -> (ScopeId, &str) {
        (self.scope, &self.own)
    }
}

impl Lifecycle {
    /// What is said of it; nothing for most.
    pub(crate) fn history(&self) -> Option<&History> {
        self.0.as_deref()
    }

    /// Why it should not be used any more.
    pub(crate) fn deprecated(&self) -> Option<&str> {
        self.history()?.deprecated.as_ref().map(|reason| &*reason.value)
    }
}

impl Message {
    /// The fields of one of its oneofs, in the order of the file.
    pub(crate) fn members(&self, oneof: usize) -> impl Iterator<Item = &Field> {
        self.oneofs[oneof].members.iter().filter_map(|at| self.fields.get(*at))
    }

    /// Every field in the order of the file, known type or not.
    pub(crate) fn heads(&self) -> Vec<&FieldHead> {
        let mut heads: Vec<_> = self.fields.iter().map(|field| &field.head).chain(&self.unresolved).collect();
        heads.sort_by_key(|head| head.name.span);
        heads
    }

    /// What it names itself, in the order of the file: fields and oneofs, which share their names.
    pub(crate) fn names(&self) -> Vec<(&str, Span)> {
        let fields = self.heads().into_iter().map(|head| (&*head.name.value, head.name.span));
        let oneofs = self.oneofs.iter().map(|oneof| (&*oneof.name.own, oneof.name.span));
        let mut names: Vec<_> = fields.chain(oneofs).collect();
        names.sort_by_key(|(_, span)| *span);
        names
    }

    /// A tag that no field has and none had, as far as the file says.
    pub(crate) fn next_free_tag(&self) -> Option<u32> {
        let used = self.heads().iter().map(|head| head.tag.value).filter(|tag| *tag <= TAG_MAX).max();
        let reserved = self.reserved.numbers_max().and_then(|tag| u32::try_from(tag).ok());
        let next = used.max(reserved).unwrap_or(0) + 1;
        let next = if TAGS_OF_PROTOBUF.contains(&next) { TAGS_OF_PROTOBUF.end() + 1 } else { next };
        (next <= TAG_MAX).then_some(next)
    }
}

impl Field {
    /// Whether the values of this field, if repeated, can share one record.
    pub(crate) fn is_packable(&self) -> bool {
        match self.kind {
            FieldType::Scalar(scalar) => scalar.is_packable(),
            FieldType::Enum(_) => true,
            FieldType::Message(_) => false,
        }
    }

    /// Whether it holds any number of values.
    pub(crate) fn is_many(&self) -> bool {
        self.repeated.is_some() || self.key.is_some()
    }

    /// The message this field holds at most once.
    pub(crate) fn single_message(&self) -> Option<MessageId> {
        match self.kind {
            FieldType::Message(id) if !self.is_many() => Some(id),
            _ => None,
        }
    }

    /// What it is called in JSON.
    pub(crate) fn json_name(&self) -> String {
        match &self.json {
            Some(name) => name.value.to_string(),
            None => lower_camel(&self.head.name.value),
        }
    }

    /// What its constraints are about.
    pub(crate) fn subject(&self) -> Subject {
        Subject {
            place: if self.key.is_some() { Place::Map } else { Place::Field },
            holds: match self.kind {
                FieldType::Scalar(scalar) => scalar.holds(),
                FieldType::Enum(_) => Holds::Enum,
                FieldType::Message(_) => Holds::Message,
            },
            is_repeated: self.repeated.is_some(),
            is_optional: self.optional.is_some(),
            is_member: self.oneof.is_some(),
        }
    }
}

impl Oneof {
    /// What its constraints are about.
    pub(crate) fn subject(&self) -> Subject {
        Subject {
            place: Place::Oneof,
            holds: Holds::Members,
            is_repeated: false,
            is_optional: false,
            is_member: false,
        }
    }
}

impl Service {
    /// Every method in the order of the file, known types or not.
    pub(crate) fn heads(&self) -> Vec<&MethodHead> {
        let mut heads: Vec<_> =
            self.methods.iter().map(|method| &method.head).chain(&self.unresolved).collect();
        heads.sort_by_key(|head| head.name.span);
        heads
    }
}
