//! The place of a value in a message, for people: `Order.items[3].note`.
//!
//! Collected step by step on the way out of a fault, so that what is in order pays nothing for it.

use std::fmt::{self, Write};

use crate::wire::prefix;

/// Most bytes of a map's key that are shown; the rest is a stranger's to choose.
const KEY_SHOWN_MAX: usize = 40;

/// One step from what holds to what is held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Field(&'static str),
    Item(usize),
    /// A map's entry, by its key as it is shown.
    Entry(Box<str>),
}

impl Step {
    /// Shows no key any more. Numbers of items stay: they say where, not what.
    pub(super) fn withhold(&mut self) {
        if let Self::Entry(key) = self {
            *key = "…".into();
        }
    }

    #[cold]
    pub(super) fn entry(key: &impl fmt::Debug) -> Self {
        let mut shown = Cut(String::new());
        if write!(shown, "{key:?}").is_err() {
            shown.0.push('…');
        }
        Self::Entry(shown.0.into())
    }
}

/// All steps, written from the outermost message inwards.
pub(super) struct Path<'a> {
    /// The full name of the outermost message.
    pub(super) message: &'static str,
    /// From the inside to the outside.
    pub(super) steps: &'a [Step],
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The package says nothing that the reader of an error does not know.
        out.write_str(self.message.rsplit('.').next().unwrap_or_default())?;
        self.steps.iter().rev().try_for_each(|step| match step {
            Step::Field(name) => write!(out, ".{name}"),
            Step::Item(index) => write!(out, "[{index}]"),
            Step::Entry(key) => write!(out, "[{key}]"),
        })
    }
}

/// Takes text until it is full.
struct Cut(String);

impl fmt::Write for Cut {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = KEY_SHOWN_MAX - self.0.len();
        self.0.push_str(prefix(text, room));
        if text.len() > room { Err(fmt::Error) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(key: &impl fmt::Debug, expected: &str) {
        let steps = [Step::entry(key), Step::Field("labels")];
        assert_eq!(Path { message: "shop.Order", steps: &steps }.to_string(), expected);
    }

    #[test]
    fn keys_are_shown_escaped_and_cut() {
        check(&-7_i32, "Order.labels[-7]");
        check(&"de", "Order.labels[\"de\"]");
        check(&"a\nb\u{202e}", r#"Order.labels["a\nb\u{202e}"]"#);
        check(&"x".repeat(38), &format!("Order.labels[\"{}\"]", "x".repeat(38)));
        check(&"x".repeat(39), &format!("Order.labels[\"{}…]", "x".repeat(39)));
        check(&"ü".repeat(1000), &format!("Order.labels[\"{}…]", "ü".repeat(19)));
    }
}
