//! A message in which every field is set, written from its table: what damage and cuts start from.

use super::reference::{Form, Presence, Table};
use super::wire::{key, number, prefixed};

/// Every field once, lists twice (numbers both packed and not), all members of oneofs one after the other, and a record
/// that nobody knows. Below `levels` messages inside one another they are empty.
pub(crate) fn full(table: &Table, levels: u32) -> Vec<u8> {
    let fields = table.rows.iter().flat_map(|row| match row.presence {
        Presence::One(form) | Presence::Maybe(form) => record(row.tag, form, levels),
        Presence::Many(form) if form.kind() == 2 => record(row.tag, form, levels).repeat(2),
        Presence::Many(form) => {
            let packed = prefixed(row.tag, &value(form, levels).repeat(3));
            [packed, record(row.tag, form, levels)].concat()
        }
        Presence::Map(key, value) => {
            let entry = [record(1, key, levels), record(2, value, levels)].concat();
            [prefixed(row.tag, &entry), prefixed(row.tag, b"")].concat()
        }
    });
    fields.chain(number(7777, 300)).collect()
}

fn record(tag: u32, form: Form, levels: u32) -> Vec<u8> {
    [key(tag, form.kind()), value(form, levels)].concat()
}

fn value(form: Form, levels: u32) -> Vec<u8> {
    match form {
        Form::Bool => vec![1],
        Form::Text => vec![6, b'h', 0xc3, 0xa9, b'l', b'l', b'o'],
        Form::Blob => vec![3, 0xff, 0x00, 0x80],
        // Behind its tag, a record of a message is its length and itself.
        Form::Message(table) => {
            let inside = levels.checked_sub(1).map_or_else(Vec::new, |levels| full(table(), levels));
            prefixed(1, &inside).split_off(1)
        }
        form => match form.kind() {
            0 => vec![0xac, 0x02],
            1 => vec![1, 2, 3, 4, 5, 6, 7, 8],
            _ => vec![1, 2, 3, 4],
        },
    }
}
