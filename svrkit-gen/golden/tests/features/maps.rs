//! Maps: ordered, of everything that can be a key or a value.

use std::collections::BTreeMap;

use svrkit_golden::schemas::maps::maps::{Book, Entry, Mood};
use svrkit_runtime::{Bytes, Violations};

use super::check_round_trip;

#[test]
fn maps_of_all_kinds_come_back() {
    let inner = Book { labels: BTreeMap::from([("a".into(), String::new())]), ..Default::default() };
    let entry = Entry { next: Some(inner.clone()), ..Default::default() };
    check_round_trip(&Book {
        labels: BTreeMap::from([(String::new(), "b".into()), ("c".into(), "d".into())]),
        deltas: BTreeMap::from([(i32::MIN, i64::MAX), (0, 0)]),
        flags: BTreeMap::from([(false, Bytes::from_static(b"\xff")), (true, Bytes::new())]),
        entries: BTreeMap::from([(u32::MAX, entry), (0, Entry::default())]),
        moods: BTreeMap::from([(-1, Mood::None), (1, Mood::Unknown(7))]),
        self_: BTreeMap::from([(u64::MAX, inner)]),
        ..Default::default()
    });
}

#[test]
fn a_map_is_held_to_its_constraints() {
    let of = |count: u32| (0..count).map(|key| (key, Entry::default())).collect();
    let check = |count, expected: &str| {
        let book = Book { entries: of(count), ..Default::default() };
        assert_eq!(Violations::of(&book).to_string(), expected);
    };
    check(0, "Book.entries: is required");
    check(3, "");
    check(4, "Book.entries: must have at most 3 items, has 4");
}
