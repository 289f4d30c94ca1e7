//! Bytes that are cheap to send and dear to hold, or dear to read.

use crate::codec::wire::{key, nested, number, prefixed};

use super::target::UNKNOWN;

/// One attack on a decoder.
pub(crate) struct Bomb {
    pub(crate) name: &'static str,
    /// About as many bytes as asked for.
    pub(crate) bytes: fn(usize) -> Vec<u8>,
}

/// The attacks on the heap, each with bytes that are a legal message.
pub(crate) const BOMBS: &[Bomb] = &[
    bomb("unknown records of 3 bytes", |len| number(UNKNOWN, 0).repeat(len / 3)),
    bomb("one unknown record", |len| prefixed(UNKNOWN, &vec![0; len])),
    bomb("an unknown record in each item", |len| prefixed(2, &number(UNKNOWN, 1)).repeat(len / 5)),
    bomb("unknown records, twice as long each time", |len| {
        (0..len.ilog2()).flat_map(|shift| prefixed(UNKNOWN, &vec![0; 1 << shift])).collect()
    }),
    bomb("empty items", |len| prefixed(2, b"").repeat(len / 2)),
    bomb("empty items, in runs of one", |len| [prefixed(2, b""), number(16, 0)].concat().repeat(len / 5)),
    bomb("items of one empty item", |len| prefixed(2, &prefixed(2, b"")).repeat(len / 4)),
    bomb("items in boxes", |len| prefixed(2, &prefixed(1, b"")).repeat(len / 4)),
    bomb("empty texts", |len| prefixed(6, b"").repeat(len / 2)),
    bomb("texts of one byte", |len| prefixed(6, b"x").repeat(len / 3)),
    bomb("empty bytes", |len| prefixed(7, b"").repeat(len / 2)),
    bomb("bytes of one byte", |len| prefixed(7, b"x").repeat(len / 3)),
    bomb("one text", |len| prefixed(4, &vec![b'x'; len])),
    bomb("one text again and again", |len| prefixed(4, &vec![b'x'; len / 64]).repeat(64)),
    bomb("one field of bytes", |len| prefixed(5, &vec![0xff; len])),
    bomb("one field of owned bytes", |len| prefixed(20, &vec![0xff; len])),
    bomb("packed zeros, 8 bytes each", |len| prefixed(3, &vec![0; len])),
    bomb("packed zeros in records of one", |len| prefixed(3, &[0]).repeat(len / 3)),
    bomb("packed zeros, a record and a record of all", |len| {
        [prefixed(3, &vec![0; len / 8]), prefixed(3, &vec![0; len - len / 8])].concat()
    }),
    bomb("numbers in records of their own", |len| number(3, 0).repeat(len / 2)),
    bomb("packed flags", |len| prefixed(8, &vec![1; len])),
    bomb("packed fixed numbers", |len| prefixed(9, &vec![7; len / 8 * 8])),
    bomb("entries of a tree", |len| entries(10, len, |key| number(1, key))),
    bomb("entries of a table", |len| entries(11, len, |key| number(1, key))),
    bomb("entries of a tree, backwards", |len| entries(10, len, |key| number(1, u64::MAX - key))),
    bomb("messages in a tree", |len| entries(12, len, |key| number(1, key))),
    bomb("messages in a table", |len| entries(13, len, |key| number(1, key))),
    bomb("texts in a tree", |len| entries(14, len, |key| prefixed(1, format!("{key:x}").as_bytes()))),
    bomb("texts in a table", |len| entries(15, len, |key| prefixed(1, format!("{key:x}").as_bytes()))),
    bomb("one entry of a tree again and again", |len| prefixed(14, &prefixed(2, b"value")).repeat(len / 9)),
    bomb("one entry of a table again and again", |len| prefixed(15, &prefixed(2, b"value")).repeat(len / 9)),
    bomb("a tree of one entry in each item", |len| prefixed(2, &prefixed(10, b"")).repeat(len / 4)),
    bomb("a table of one entry in each item", |len| prefixed(2, &prefixed(11, b"")).repeat(len / 4)),
    bomb("a tree of one flag in each item", |len| prefixed(2, &prefixed(18, b"")).repeat(len / 5)),
    bomb("a tree of flags in each item", |len| {
        let both = [prefixed(18, b""), prefixed(18, &number(1, 1))].concat();
        prefixed(2, &both).repeat(len / 10)
    }),
    bomb("a table of flags in each item", |len| {
        let both = [prefixed(19, b""), prefixed(19, &number(1, 1))].concat();
        prefixed(2, &both).repeat(len / 10)
    }),
    bomb("a oneof that changes its mind", |len| [prefixed(17, b""), number(16, 0)].concat().repeat(len / 6)),
    bomb("everything a little", |len| {
        let little: Vec<u8> =
            [2, 3, 6, 7, 8, 10, 11, 12, 13, 14, 15].iter().flat_map(|tag| prefixed(*tag, b"")).collect();
        prefixed(2, &little).repeat(len / (little.len() + 2))
    }),
];

/// Messages inside one another. Only those of the last row are a legal message.
pub(crate) const DEPTHS: &[(&str, &[u32])] = &[
    ("boxes", &[1]),
    ("items", &[2]),
    ("members of a oneof", &[17]),
    ("values of a tree", &[2, 12]),
    ("values of a table", &[2, 13]),
    ("all of them in turn", &[1, 2, 17, 2, 12, 2, 13]),
];

pub(crate) const DEPTH_UNKNOWN: (&str, &[u32]) = ("records of an unknown tag", &[UNKNOWN]);

/// The bytes of one of [`DEPTHS`].
pub(crate) fn deep(tags: &[u32], levels: usize) -> Vec<u8> {
    // From the outside the first tag has to be a field, not the value of an entry.
    let whole = levels / tags.len() * tags.len();
    nested(tags, whole)
}

/// One message, again and again: `next`, with something in it that grows.
pub(crate) const MERGES: &[Bomb] = &[
    bomb("an empty message", |len| prefixed(1, b"").repeat(len / 2)),
    bomb("a message with a number", |len| prefixed(1, &number(16, 7)).repeat(len / 5)),
    bomb("a list in it grows", |len| prefixed(1, &prefixed(3, &[7])).repeat(len / 5)),
    bomb("a list of messages in it grows", |len| prefixed(1, &prefixed(2, b"")).repeat(len / 4)),
    bomb("two lists in it grow in turn", |len| {
        prefixed(1, &[prefixed(3, &[7]), prefixed(8, &[1])].concat()).repeat(len / 8)
    }),
    bomb("kept records in it grow", |len| prefixed(1, &number(UNKNOWN, 1)).repeat(len / 5)),
    bomb("a tree in it grows", |len| {
        entries(10, len, |key| number(1, key | 1 << 27))
            .chunks(7)
            .flat_map(|entry| prefixed(1, entry))
            .collect()
    }),
    bomb("a text in it is replaced", |len| prefixed(1, &prefixed(4, b"text")).repeat(len / 8)),
    bomb("a message in a message in it", |len| {
        prefixed(1, &prefixed(1, &prefixed(1, &prefixed(3, &[7])))).repeat(len / 9)
    }),
    bomb("a member of a oneof", |len| prefixed(17, &prefixed(3, &[7])).repeat(len / 6)),
    bomb("the value of one entry", |len| {
        let values = prefixed(2, &prefixed(3, &[7])).repeat(len / 5);
        prefixed(12, &values)
    }),
];

const fn bomb(name: &'static str, bytes: fn(usize) -> Vec<u8>) -> Bomb {
    Bomb { name, bytes }
}

/// Entries of different keys, without values.
fn entries(tag: u32, len: usize, entry: impl Fn(u64) -> Vec<u8>) -> Vec<u8> {
    let key = key(tag, 2);
    let mut bytes = Vec::new();
    for number in 0.. {
        let entry = entry(number);
        bytes.extend_from_slice(&key);
        // Shorter than 128 bytes.
        bytes.push(entry.len() as u8);
        bytes.extend_from_slice(&entry);
        if bytes.len() >= len {
            break;
        }
    }
    bytes
}
