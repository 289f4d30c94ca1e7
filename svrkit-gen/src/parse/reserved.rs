//! `<reserved>`: numbers and names that are never used again, in messages, enums and services.

use std::ops::RangeInclusive;

use super::reader::Element;
use super::syntax::Reserved;
use super::vocabulary::Kind;
use super::{Context, value};
use crate::diagnostic::{Code, Diagnostic};

/// The `<reserved>` elements of `element`; `numbers` is what the attribute for numbers is called there.
pub(super) fn reserved(
    element: &Element<'_>,
    numbers: &str,
    bounds: &RangeInclusive<i64>,
    context: &mut Context<'_>,
) -> Vec<Reserved> {
    let mut all = Vec::new();
    for child in element.children(Kind::Reserved) {
        let (ranges, names) = (child.attribute(numbers), child.attribute("names"));
        if ranges.is_none() && names.is_none() && !child.attributes_cut {
            let message = format!("`<reserved>` needs the attribute `{numbers}` or `names`");
            context.push(Diagnostic::new(Code::MissingAttribute, child.name_span, message));
        }
        all.push(Reserved {
            numbers: ranges.map(|it| value::ranges(it, bounds.clone(), context)).unwrap_or_default(),
            names: names.map(|it| value::names(it, context)).unwrap_or_default(),
        });
    }
    all
}
