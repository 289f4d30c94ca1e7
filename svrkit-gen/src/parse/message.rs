//! `<message>`, definitions nested in it included.

use std::mem::take;

use super::element::Element;
use super::syntax::Message;
use super::{Context, lifecycle, value};

pub(super) fn message(element: &mut Element<'_>, context: &mut Context<'_>) -> Option<Message> {
    let Some(name) = value::name(element, context) else {
        context.lost.anything();
        return None;
    };
    let lifecycle = lifecycle::lifecycle(element, context);
    let parts = take(&mut element.parts);
    // The fields of a oneof are fields of the message.
    let is_cut_within = parts.oneofs.iter().any(|oneof| oneof.is_partial);
    Some(Message {
        name,
        doc: parts.doc,
        lifecycle,
        fields: parts.fields,
        oneofs: parts.oneofs,
        reserved: parts.reserved,
        enums: parts.enums,
        messages: parts.messages,
        is_partial: element.children_cut || is_cut_within,
    })
}
