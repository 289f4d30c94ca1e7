//! The queue whose jobs the requests of a method are, and how these are done.
//!
//! As `value`: `None` means that an attribute could not be read and that this was reported. Whether the parts go together is for `check`.

use std::rc::Rc;

use super::attributes::Attribute;
use super::element::Element;
use super::protection::{handlers, rate};
use super::syntax::Queued;
use super::{Context, duration, value};
use crate::diagnostic::{Code, Diagnostic, Spanned, quoted};

pub(super) fn queued(element: &Element<'_>, context: &mut Context<'_>) -> Queued {
    let name = element.attribute("queue").map(|it| name(it, context));
    if name.is_none() && element.attributes_cut {
        // One of those that nobody knows may have been it.
        return Queued::default();
    }
    let job_rate = element.attribute("queue-rate").and_then(|it| rate(it, context));
    let workers = element.attribute("queue-workers").and_then(|it| handlers(it, context));
    let attempts =
        element.attribute("queue-attempts").and_then(|it| value::number(it, 1..=u32::MAX, context));
    let lease_ms = element.attribute("queue-lease").and_then(|it| {
        let value = duration::duration_ms(it, context)?;
        Some(Spanned { value, span: it.span })
    });
    Queued { name, rate: job_rate, workers, attempts, lease_ms }
}

/// The name of a queue: it stands in tables, in metrics and on pages, and is no name of Rust. One that is unsound is reported and kept: there is a queue.
fn name(attribute: &Attribute<'_>, context: &mut Context<'_>) -> Spanned<Rc<str>> {
    let is_sound = |letter: u8| letter.is_ascii_alphanumeric() || b"_-.".contains(&letter);
    let text = &*attribute.value;
    let starts = text.bytes().next().is_some_and(|first| first.is_ascii_alphabetic());
    if value::is_short("queue", attribute, context) && !(starts && text.bytes().all(is_sound)) {
        let message = format!("{} is no name of a queue", quoted(text));
        let help = "such a name starts with an ASCII letter and has letters, digits and `_-.`";
        context.push(Diagnostic::new(Code::BAD_NAME, attribute.value_span, message).help(help));
    }
    value::text(attribute, context)
}
