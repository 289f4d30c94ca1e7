//! An open element, and what its children became.
//!
//! Each element is turned into syntax as soon as it ends: a file costs what it says, and no tree beside that. Which
//! element may stand where, `reader` has decided.

use std::rc::Rc;

use super::attributes::Attribute;
use super::syntax::{Enum, Error, Errors, Field, Message, Method, Oneof, Reserved, Service, Value};
use super::vocabulary::Kind;
use super::{
    Context, doc, enumeration, errors, field, map, message, method, oneof, protocol, reserved, service,
};
use crate::diagnostic::{Span, Spanned};

/// An element of the vocabulary with its known attributes.
pub(super) struct Element<'a> {
    pub(super) kind: Kind,
    pub(super) name_span: Span,
    pub(super) attributes: Vec<Attribute<'a>>,
    /// The text of a `<doc>`; empty in every other element.
    pub(super) text: String,
    /// An attribute was dropped with a finding: what seems absent may have been meant by it.
    pub(super) attributes_cut: bool,
    /// A child was dropped with a finding.
    pub(super) children_cut: bool,
    pub(super) has_doc: bool,
    /// That text stands where none may was said once.
    pub(super) text_reported: bool,
    pub(super) parts: Parts,
}

/// The children that have ended, in order.
#[derive(Default)]
pub(super) struct Parts {
    pub(super) doc: String,
    pub(super) imports: Vec<Spanned<Rc<str>>>,
    pub(super) enums: Vec<Enum>,
    pub(super) values: Vec<Value>,
    pub(super) messages: Vec<Message>,
    /// Maps among them.
    pub(super) fields: Vec<Field>,
    pub(super) oneofs: Vec<Oneof>,
    pub(super) reserved: Vec<Reserved>,
    pub(super) error_sets: Vec<Errors>,
    pub(super) errors: Vec<Error>,
    pub(super) services: Vec<Service>,
    pub(super) methods: Vec<Method>,
}

/// Makes of an element that ended a part of the one around it.
pub(super) fn close(mut element: Element<'_>, parent: &mut Element<'_>, context: &mut Context<'_>) {
    let parts = &mut parent.parts;
    let element = &mut element;
    let is_kept = match element.kind {
        Kind::Doc => {
            parts.doc = doc::dedent(&element.text);
            true
        }
        Kind::Import => keep(&mut parts.imports, protocol::import(element, context)),
        Kind::Enum => keep(&mut parts.enums, enumeration::enumeration(element, context)),
        Kind::Value => keep(&mut parts.values, enumeration::value(element, context)),
        Kind::Message => keep(&mut parts.messages, message::message(element, context)),
        Kind::Field => keep(&mut parts.fields, field::field(element, context)),
        Kind::Map => keep(&mut parts.fields, map::map(element, context)),
        Kind::Oneof => keep(&mut parts.oneofs, oneof::oneof(element, context)),
        Kind::Reserved => keep(&mut parts.reserved, Some(reserved::reserved(element, parent.kind, context))),
        Kind::Errors => keep(&mut parts.error_sets, errors::errors(element, context)),
        Kind::Error => keep(&mut parts.errors, errors::error(element, context)),
        Kind::Service => keep(&mut parts.services, service::service(element, context)),
        Kind::Method => keep(&mut parts.methods, method::method(element, context)),
        // The root, which stands in nothing.
        Kind::Protocol => true,
    };
    parent.children_cut |= !is_kept;
}

fn keep<T>(parts: &mut Vec<T>, part: Option<T>) -> bool {
    let Some(part) = part else { return false };
    // Many an element has one child; a list that grows by itself starts with room for four.
    if parts.is_empty() {
        parts.reserve_exact(1);
    }
    parts.push(part);
    true
}
