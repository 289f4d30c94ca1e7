//! SVK0310 `hot-tag`: fields that are always there have the tags 1 to 15 before others have them.
//!
//! A tag up to 15 takes one byte on the wire, one up to 2047 two: in each message, and in each item of a repeated field.
//! Off unless asked for: it is worth something while a schema is not in use yet, later no tag can be changed.

use super::{Findings, Level, Lint, Subject};
use crate::diagnostic::{Code, Diagnostic, quoted};
use crate::model::{Field, Message};

/// The largest tag that takes one byte.
const HOT_MAX: u32 = 15;

pub(super) const LINT: Lint = Lint {
    name: "hot-tag",
    code: Code::warning(
        "SVK0310",
        "HotTag",
        "a field takes a tag of two bytes while one of one byte is free",
    ),
    level: Level::Off,
    run: lint,
};

fn lint(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for message in &subject.schema.messages {
        let is_always_there = |field: &&Field| field.optional.is_none() && field.oneof.is_none();
        let heads = message.fields.iter().filter(is_always_there).map(|field| &field.head);
        let mut cold = heads.filter(|head| HOT_MAX < head.tag.value).peekable();
        let Some(free) = cold.peek().and_then(|_| free_hot_tag(message)) else { continue };
        for head in cold {
            findings.push(head.tag.span, |code| {
                let text = format!(
                    "{} takes {} bytes for its tag while the tag {free} is free",
                    quoted(&head.name.value),
                    tag_len(head.tag.value)
                );
                let help =
                    "before the schema is in use, give it that tag; later, reserve the tag for what was there";
                Diagnostic::new(code, head.tag.span, text).help(help)
            });
        }
    }
}

/// How many bytes a tag takes on the wire: seven bits in each, three of them for the kind of the value.
fn tag_len(tag: u32) -> u32 {
    (u32::BITS - tag.leading_zeros() + 3).div_ceil(7)
}

fn free_hot_tag(message: &Message) -> Option<u32> {
    let heads = message.heads();
    let is_used = |tag: &u32| heads.iter().any(|head| head.tag.value == *tag);
    (1..=HOT_MAX).find(|tag| !is_used(tag) && message.reserved.number(i64::from(*tag)).is_none())
}
