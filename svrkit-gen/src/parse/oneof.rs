//! `<oneof>`: fields of which at most one is there.

use std::mem::take;

use super::element::Element;
use super::syntax::Oneof;
use super::{Context, constraints, lifecycle, value};
use crate::constraint::Place;

pub(super) fn oneof(element: &mut Element<'_>, context: &mut Context<'_>) -> Option<Oneof> {
    let name = value::name(element, context);
    let constraints = constraints::constraints(element, Place::Oneof, context);
    let lifecycle = lifecycle::lifecycle(element, context);
    let parts = take(&mut element.parts);
    Some(Oneof {
        name: name?,
        doc: parts.doc,
        lifecycle,
        constraints,
        fields: parts.fields,
        is_partial: element.children_cut,
    })
}
