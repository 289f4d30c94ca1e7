//! A11: bytes that are no message are refused wherever they stand, and what only looks wrong is read.

use std::collections::BTreeSet;

use svrkit_runtime::wire::tlv::{DecodeErrorKind, Records, Tlv};

use crate::codec::full::full;
use crate::codec::messages::{Empty, Every, Forgetful, Known};
use crate::codec::reference;
use crate::codec::wire::{key, number, prefixed, varint};

/// Places where records of a message stand: tags around them, from the inside to the outside.
const PLACES: &[(&str, &[u32])] = &[
    ("the outermost message", &[]),
    ("a message", &[2]),
    ("a message in a box", &[3]),
    ("a message that reaches itself", &[5]),
    ("an item", &[6]),
    ("an entry of a map", &[18]),
    ("a message in an entry", &[2, 18]),
    ("an entry of a table", &[3, 19]),
    ("a message in an entry of a table", &[2, 3, 19]),
    ("a member of a oneof", &[28]),
    ("a member that is the message around", &[3000]),
];

fn at(place: &[u32], bytes: &[u8]) -> Vec<u8> {
    place.iter().fold(bytes.to_vec(), |inside, tag| prefixed(*tag, &inside))
}

fn kind<M: Tlv>(bytes: &[u8]) -> Result<(), DecodeErrorKind> {
    M::decode(bytes).map(drop).map_err(|error| error.kind())
}

/// `record` is refused in every place, alone and between good ones. The tags are known to some messages only.
#[track_caller]
fn check_refused(record: &[u8], expected: DecodeErrorKind) {
    for (name, place) in PLACES {
        for record in [record.to_vec(), [&number(9999, 1), record].concat()] {
            assert_eq!(kind::<Every>(&at(place, &record)), Err(expected), "{record:02x?} in {name}");
        }
    }
    // Those who walk or skip see the same.
    assert_eq!(kind::<Empty>(record), Err(expected), "kept: {record:02x?}");
    assert_eq!(kind::<Forgetful>(record), Err(expected), "dropped: {record:02x?}");
    let walked = Records::new(record).last().expect("an error is an item");
    assert_eq!(walked.map_err(|error| error.kind()), Err(expected), "walked: {record:02x?}");
}

/// `record` is read in every place and makes the same as `plain`.
#[track_caller]
fn check_read(record: &[u8], plain: &[u8]) {
    for (name, place) in PLACES {
        let read = Every::decode(&at(place, record)).unwrap_or_else(|error| panic!("{error} in {name}"));
        let expected = Every::decode(&at(place, plain)).expect("the plain form is legal");
        assert_eq!(read.tree(), expected.tree(), "{record:02x?} in {name}");
    }
}

const ELEVEN: [u8; 11] = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00];
const OF_65_BITS: [u8; 10] = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02];
const ENDLESS: [u8; 16] = [0xff; 16];

#[test]
fn varints_of_more_than_ten_bytes_or_64_bits_are_refused() {
    for varint in [&ELEVEN[..], &OF_65_BITS, &ENDLESS] {
        // As a key, as numbers of a known and an unknown tag, as lengths of text, of messages and of nobody's.
        check_refused(varint, DecodeErrorKind::VarintTooLong);
        for key in [key(1, 0), key(7777, 0), key(7, 2), key(2, 2), key(7777, 2), key(21, 0)] {
            check_refused(&[&key, varint].concat(), DecodeErrorKind::VarintTooLong);
        }
    }
}

#[test]
fn numbers_of_every_type_are_held_to_ten_bytes() {
    let too_long = Err(DecodeErrorKind::VarintTooLong);
    for varint in [&ELEVEN[..], &OF_65_BITS, &ENDLESS] {
        for tag in [1, 2, 3, 4, 5, 6, 7, 2047] {
            let alone = [&key(tag, 0), varint].concat();
            // Singles, optionals, packed and unpacked numbers; and the other form of these.
            for field in [2, 3, 4, 20] {
                assert_eq!(kind::<Every>(&prefixed(field, &alone)), too_long, "tag {tag} in field {field}");
            }
            for field in [4, 20] {
                let packed = prefixed(tag, &[&[1], varint, &[1]].concat());
                assert_eq!(
                    kind::<Every>(&prefixed(field, &packed)),
                    too_long,
                    "tag {tag}, packed in {field}"
                );
            }
        }
        for (map, is_key) in [(1, true), (2, true), (4, true), (6, true), (7, true), (1, false), (4, false)] {
            let entry = [&key(if is_key { 1 } else { 2 }, 0), varint].concat();
            let maps = prefixed(17, &prefixed(map, &entry));
            assert_eq!(kind::<Every>(&maps), too_long, "map {map}, key {is_key}");
        }
    }
}

#[test]
fn tags_out_of_range_are_refused_under_every_kind() {
    for kind in 0..8 {
        let zero = DecodeErrorKind::TagZero;
        check_refused(&[&[kind][..], &[0; 8]].concat(), zero);
        // Zero-padded, it is no other tag.
        check_refused(&[&[0x80 | kind, 0x80, 0x00][..], &[0; 8]].concat(), zero);
        for tag in [1_u64 << 29, (1 << 29) + 1, 1 << 32, u64::MAX >> 3] {
            let key = varint(tag << 3 | u64::from(kind));
            check_refused(&[&key[..], &[0; 8]].concat(), DecodeErrorKind::TagTooLarge { tag });
        }
    }
    // Inside of what is skipped, nobody looks.
    check_read(&prefixed(7777, &[0x00, 0x01]), &prefixed(7777, &[0x00, 0x01]));
}

#[test]
fn groups_and_kinds_that_do_not_exist_are_refused() {
    // Known to every message, to some, to none; the highest.
    for tag in [1, 2, 17, 3000, 7777, (1 << 29) - 1] {
        for kind in [3, 4, 6, 7] {
            let expected = DecodeErrorKind::KindRefused { tag, kind };
            check_refused(&[&key(tag, kind)[..], &[0; 8]].concat(), expected);
            check_refused(&key(tag, kind), expected);
        }
        // A whole group that ends as it should.
        let group = [key(tag, 3), number(1, 1), key(tag, 4)].concat();
        check_refused(&group, DecodeErrorKind::KindRefused { tag, kind: 3 });
    }
}

#[test]
fn padding_to_ten_bytes_and_duplicates_are_read() {
    let padded = |first: u8, len: usize| [&[0x80 | first][..], &vec![0x80; len - 2], &[0x00]].concat();
    for len in 2..=10 {
        // The key (tag 1, kind 0), the number 5, the length of a text of five bytes.
        check_read(&[padded(8, len), vec![5]].concat(), &number(1, 5));
        check_read(&[&key(1, 0)[..], &padded(5, len)].concat(), &number(1, 5));
        let text = [&key(7, 2)[..], &padded(5, len), b"hello"].concat();
        let plain = prefixed(7, b"hello");
        assert_eq!(Every::decode(&text), Every::decode(&plain));
        let packed = prefixed(4, &[&key(2, 2)[..], &padded(len as u8, len), &padded(5, len)].concat());
        assert_eq!(Every::decode(&packed), Every::decode(&prefixed(4, &prefixed(2, &[5]))));
    }
    let numbers: Vec<u8> = (0..1000).flat_map(|value| number(1, value)).collect();
    check_read(&numbers, &number(1, 999));
    let texts: Vec<u8> = (0..1000).flat_map(|value| prefixed(7, format!("{value}").as_bytes())).collect();
    assert_eq!(Every::decode(&texts).unwrap().name, "999");
    let members: Vec<u8> = (21..=28).flat_map(member).collect();
    assert_eq!(Every::decode(&members), Every::decode(&member(28)));
}

/// A member of the oneof, with nothing in it.
fn member(tag: u32) -> Vec<u8> {
    match tag {
        21 | 22 | 27 => number(tag, 0),
        23 => [&key(tag, 5)[..], &[0; 4]].concat(),
        24 => [&key(tag, 1)[..], &[0; 8]].concat(),
        _ => prefixed(tag, b""),
    }
}

/// Every kind of field, in messages of every nature.
fn whole() -> Vec<u8> {
    full(Every::table(), 1)
}

#[test]
fn a_message_cut_at_any_byte_is_refused_unless_it_ends_between_records() {
    let bytes = whole();
    let ends: BTreeSet<_> = Records::new(&bytes).map(|record| record.unwrap().offset).collect();
    for cut in 0..bytes.len() {
        let part = &bytes[..cut];
        let result = Every::decode(part);
        if ends.contains(&cut) {
            let expected = reference::decode(Every::table(), part, 64);
            assert_eq!(Ok(result.unwrap().tree()), expected, "cut at {cut}, between records");
            continue;
        }
        let error = result.expect_err("a record is cut");
        let is_cut =
            matches!(error.kind(), DecodeErrorKind::Truncated | DecodeErrorKind::LengthPastEnd { .. });
        assert!(is_cut && error.offset() <= cut, "cut at {cut}: {error}");
        assert!(Forgetful::decode(part).is_err() && Empty::decode(part).is_err(), "cut at {cut}");
    }
    assert!(Every::decode(&bytes).is_ok());
}

/// Cut inside, with lengths around that fit: the error is where the cut is, and no outer one hides it.
#[test]
fn a_message_cut_inside_another_is_refused_there() {
    let bytes = whole();
    for (name, place) in [PLACES[3], PLACES[4], PLACES[10], ("a message in an entry", &[2, 18])] {
        for cut in 0..bytes.len() {
            let part = &bytes[..cut];
            assert_eq!(kind::<Every>(&at(place, part)), kind::<Every>(part), "cut at {cut} in {name}");
        }
    }
}

#[test]
fn a_length_may_say_more_than_there_is_by_any_amount() {
    for len in [1, 2, 127, 128, 1 << 31, u64::from(u32::MAX), 1 << 62, u64::MAX] {
        for tag in [2, 4, 6, 7, 16, 17, 18, 25, 26, 28, 3000, 7777] {
            let record = [key(tag, 2), varint(len)].concat();
            let expected = Err(DecodeErrorKind::LengthPastEnd { len, left: 0 });
            assert_eq!(kind::<Every>(&record), expected, "tag {tag}");
        }
    }
}
