//! Where a message stands in those around it: found by going outwards, so that good bytes pay nothing for it.

use std::fmt::{self, Write};

use super::{Dynamic, ScalarValue};
use crate::pool::FieldDescriptor;

/// Most characters of a map's key that are shown; the rest is a stranger's to choose.
const KEY_SHOWN_MAX: usize = 40;

/// The way from a message to one inside it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step<'a> {
    pub(super) from: &'a Dynamic<'a>,
    pub(super) field: FieldDescriptor<'a>,
    pub(super) at: At<'a>,
}

/// Which of a field's values.
#[derive(Clone, Copy, Debug)]
pub(super) enum At<'a> {
    Single,
    Item(usize),
    Entry(ScalarValue<'a>),
}

/// `Order.items[3]`: the place of a message in the outermost one.
pub(super) fn path(message: &Dynamic<'_>) -> String {
    let mut steps = Vec::new();
    let mut outermost = message;
    while let Some(step) = &outermost.step {
        steps.push((step.field, step.at));
        outermost = step.from;
    }
    // The package says nothing that the reader of an error does not know.
    let mut path = outermost.message().full_name().rsplit('.').next().unwrap_or_default().to_owned();
    let mut is_sensitive = false;
    for (field, at) in steps.iter().rev() {
        is_sensitive |= field.is_sensitive();
        push(&mut path, *field, *at, is_sensitive);
    }
    path
}

/// Whether a message stands in a field that is kept out of what people read.
pub(super) fn is_sensitive(message: &Dynamic<'_>) -> bool {
    let mut around = message.step.as_ref();
    while let Some(step) = around {
        if step.field.is_sensitive() {
            return true;
        }
        around = step.from.step.as_ref();
    }
    false
}

/// Goes on to one of a field's values. Numbers of items are told of sensitive ones too: they say where, not what.
pub(super) fn push(path: &mut String, field: FieldDescriptor<'_>, at: At<'_>, is_sensitive: bool) {
    path.push('.');
    path.push_str(field.name());
    match at {
        At::Single => {}
        At::Item(index) => put(path, format_args!("[{index}]")),
        At::Entry(_) if is_sensitive => path.push_str("[…]"),
        At::Entry(ScalarValue::String(key)) => {
            let shown: String = key.chars().take(KEY_SHOWN_MAX).collect();
            let cut = if shown.len() < key.len() { "…" } else { "" };
            put(path, format_args!("[{shown:?}{cut}]"));
        }
        At::Entry(ScalarValue::Bool(key)) => put(path, format_args!("[{key}]")),
        At::Entry(ScalarValue::I32(key)) => put(path, format_args!("[{key}]")),
        At::Entry(ScalarValue::I64(key)) => put(path, format_args!("[{key}]")),
        At::Entry(ScalarValue::U32(key)) => put(path, format_args!("[{key}]")),
        At::Entry(ScalarValue::U64(key)) => put(path, format_args!("[{key}]")),
        // No keys.
        At::Entry(
            ScalarValue::F32(_) | ScalarValue::F64(_) | ScalarValue::Bytes(_) | ScalarValue::Enum(_),
        ) => {}
    }
}

fn put(path: &mut String, text: fmt::Arguments<'_>) {
    path.write_fmt(text).expect("a string takes any text");
}
