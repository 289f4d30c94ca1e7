//! `<reserved>`: numbers and names that are never used again, in messages, enums, errors and services.

use super::element::Element;
use super::syntax::Reserved;
use super::vocabulary::Kind;
use super::{Context, value};
use crate::diagnostic::{Code, Diagnostic};
use crate::limits::TAG_MAX;

pub(super) fn reserved(element: &Element<'_>, parent: Kind, context: &mut Context<'_>) -> Reserved {
    let (numbers, bounds) = match parent {
        Kind::Message => ("tags", 1..=TAG_MAX.into()),
        Kind::Enum => ("numbers", i32::MIN.into()..=i32::MAX.into()),
        Kind::Errors => ("codes", 1..=u32::MAX.into()),
        _ => ("ids", 1..=u16::MAX.into()),
    };
    let (ranges, names) = (element.attribute(numbers), element.attribute("names"));
    if ranges.is_none() && names.is_none() && !element.attributes_cut {
        let message = format!("`<reserved>` needs the attribute `{numbers}` or `names`");
        context.push(Diagnostic::new(Code::MISSING_ATTRIBUTE, element.name_span, message));
    }
    Reserved {
        numbers: ranges.map(|it| value::ranges(it, bounds, context)).unwrap_or_default(),
        names: names.map(|it| value::names(it, context)).unwrap_or_default(),
    }
}
