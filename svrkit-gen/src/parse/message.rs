//! `<message>`, definitions nested in it included. The reader's limit on depth bounds the recursion.

use super::reader::Element;
use super::syntax::Message;
use super::vocabulary::Kind;
use super::{Context, doc, enumeration, field, reserved, value};
use crate::limits::TAG_MAX;

pub(super) fn message(element: &Element<'_>, context: &mut Context<'_>) -> Option<Message> {
    let name = element.required("name", context).map(value::text);
    let fields = element.children(Kind::Field).filter_map(|it| field::field(it, context)).collect();
    let reserved = reserved::reserved(element, "tags", &(1..=TAG_MAX.into()), context);
    let enums = element.children(Kind::Enum).filter_map(|it| enumeration::enumeration(it, context)).collect();
    let messages = element.children(Kind::Message).filter_map(|it| message(it, context)).collect();
    if name.is_none() {
        context.lost.anything();
    }
    Some(Message { name: name?, doc: doc::doc(element), fields, reserved, enums, messages })
}
