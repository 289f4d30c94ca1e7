//! Maps on the wire: bytes as protobuf's libraries write them, what is read, and what an entry may cost.

#![allow(clippy::unwrap_used, reason = "a helper of tests that panics fails its test")]

use std::collections::{BTreeMap, HashMap};

use svrkit_runtime::wire::tlv::{
    Bytes, DECODE_MEMORY_DEFAULT, DecodeErrorKind, DecodeLimits, Tlv, TlvEnum, UnknownFields,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, TlvEnum)]
enum Mood {
    #[tlv(0)]
    Unspecified,
    #[tlv(1)]
    Glad,
    #[tlv(unknown)]
    Unknown(i32),
}

#[derive(Clone, Debug, Default, PartialEq, Tlv)]
#[tlv(name = "test.Maps")]
struct Maps {
    #[tlv(1)]
    labels: BTreeMap<String, String>,
    #[tlv(2, key = zigzag, value = fixed)]
    deltas: BTreeMap<i32, u64>,
    #[tlv(3, key = fixed)]
    fixed: BTreeMap<u32, bool>,
    #[tlv(4, value = zigzag)]
    flags: BTreeMap<bool, i64>,
    #[tlv(5)]
    by_id: BTreeMap<u64, Maps>,
    #[tlv(6)]
    boxed: BTreeMap<i64, Box<Maps>>,
    #[tlv(7)]
    moods: BTreeMap<i32, Mood>,
    #[tlv(8)]
    blobs: BTreeMap<u32, Bytes>,
    #[tlv(9)]
    floats: BTreeMap<u32, f64>,
    #[tlv(10)]
    owned: BTreeMap<u32, Vec<u8>>,
    #[tlv(11)]
    hashed: HashMap<u32, String>,
    #[tlv(12, key = zigzag)]
    hashed_deltas: HashMap<i64, u32>,
    #[tlv(unknown)]
    unknown: UnknownFields,
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex.bytes().filter(|digit| *digit != b' ').collect();
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

/// `set` makes a value whose bytes are `hex`, and the bytes make that value.
#[track_caller]
fn check(set: impl FnOnce(&mut Maps), hex: &str) {
    let mut value = Maps::default();
    set(&mut value);
    assert_eq!(value.encode().unwrap(), bytes(hex), "written");
    assert_eq!(Maps::decode(&bytes(hex)), Ok(value), "read");
}

/// `hex` is read like `same`, but it is not what we write.
#[track_caller]
fn check_same(hex: &str, same: &str) {
    assert_eq!(Maps::decode(&bytes(hex)).unwrap(), Maps::decode(&bytes(same)).unwrap());
    assert_ne!(hex, same);
}

#[track_caller]
fn check_refused(hex: &str, kind: DecodeErrorKind, path: &str) {
    let error = Maps::decode(&bytes(hex)).unwrap_err();
    assert_eq!((error.kind(), error.path().as_str()), (kind, path), "{error}");
}

#[test]
fn an_entry_is_a_message_of_key_and_value() {
    check(|it| it.labels = [("a".into(), "bc".into())].into(), "0a 07 0a0161 12026263");
    check(|it| it.deltas = [(-1, 1)].into(), "12 0b 0801 110100000000000000");
    check(|it| it.fixed = [(1, true)].into(), "1a 07 0d01000000 1001");
    check(|it| it.flags = [(true, -1)].into(), "22 04 0801 1001");
    check(|it| it.moods = [(-1, Mood::Unknown(7))].into(), "3a 0d 08ffffffffffffffffff01 1007");
    check(|it| it.blobs = [(3, Bytes::from_static(b"\xff"))].into(), "42 05 0803 1201ff");
    check(|it| it.floats = [(3, 1.0)].into(), "4a 0b 0803 11000000000000f03f");
    check(|it| it.owned = [(3, vec![1, 2])].into(), "52 06 0803 12020102");
    check(|it| it.hashed = [(300, "x".into())].into(), "5a 06 08ac02 120178");
    check(|it| it.hashed_deltas = [(-2, 1)].into(), "62 04 0803 1001");
}

#[test]
fn values_can_be_messages() {
    let inner = Maps { fixed: [(1, false)].into(), ..Maps::default() };
    check(|it| it.by_id = [(2, inner.clone())].into(), "2a 0d 0802 1209 1a07 0d01000000 1000");
    check(|it| it.boxed = [(2, Box::new(inner))].into(), "32 0d 0802 1209 1a07 0d01000000 1000");
}

#[test]
fn default_keys_and_values_are_written() {
    check(|it| it.labels = [(String::new(), String::new())].into(), "0a 04 0a00 1200");
    check(|it| it.deltas = [(0, 0)].into(), "12 0b 0800 110000000000000000");
    check(|it| it.flags = [(false, 0)].into(), "22 04 0800 1000");
    check(|it| it.by_id = [(0, Maps::default())].into(), "2a 04 0800 1200");
    check(|it| it.moods = [(0, Mood::Unspecified)].into(), "3a 04 0800 1000");
    check(|it| it.hashed = [(0, String::new())].into(), "5a 04 0800 1200");
}

#[test]
fn entries_are_written_in_the_order_of_their_keys() {
    check(
        |it| {
            it.moods = [(5, Mood::Glad), (-3, Mood::Glad), (0, Mood::Glad)].into();
            it.labels = ["b", "", "a", "ä", "ab"].map(|key| (key.to_owned(), String::new())).into();
        },
        "0a 04 0a00 1200 0a 05 0a0161 1200 0a 06 0a026162 1200 0a 05 0a0162 1200 0a 06 0a02c3a4 1200 \
         3a 0d 08fdffffffffffffffff01 1001 3a 04 0800 1001 3a 04 0805 1001",
    );
}

#[test]
fn an_absent_key_or_value_is_its_default() {
    check_same("0a 00", "0a 04 0a00 1200");
    check_same("0a 03 0a0161", "0a 05 0a0161 1200");
    check_same("0a 03 120161", "0a 05 0a00 120161");
    check_same("2a 00", "2a 04 0800 1200");
    check_same("5a 02 0805", "5a 04 0805 1200");
}

#[test]
fn order_and_duplicates_inside_an_entry_are_free() {
    check_same("0a 06 120162 0a0161", "0a 06 0a0161 120162");
    check_same("0a 09 0a0178 0a0161 120162", "0a 06 0a0161 120162");
    check_same("0a 09 0a0161 120178 120162", "0a 06 0a0161 120162");
    // Of a message, both halves.
    check_same(
        "2a 0e 0801 1204 2202 0801 1204 3a02 0802",
        "2a 14 0801 1210 2206 0801 1000 1000 3a06 0802 1000 1000",
    );
}

#[test]
fn the_last_entry_of_a_key_wins_whole() {
    check_same("0a 06 0a0161 120162 0a 06 0a0161 120163", "0a 06 0a0161 120163");
    check_same("0a 06 0a0161 120162 0a 03 0a0161", "0a 05 0a0161 1200");
    check_same("2a 0a 0801 1206 2204 0801 1001 2a 02 0801", "2a 04 0801 1200");
    check_same("5a 05 0801 120162 5a 05 0801 120163", "5a 05 0801 120163");
}

#[test]
fn unknown_records_and_other_kinds_inside_an_entry_are_dropped() {
    check_same("0a 0b 0a0161 1801 120162 220100", "0a 06 0a0161 120162");
    check_same("0a 08 0801 0a0161 120162", "0a 06 0a0161 120162");
    check_same("0a 08 0a0161 1001 120162", "0a 06 0a0161 120162");
}

#[test]
fn a_map_in_another_kind_is_unknown() {
    for hex in ["08 01", "0d 01000000", "15 01000000", "5801"] {
        let value = Maps::decode(&bytes(hex)).unwrap();
        assert_eq!(value.unknown.as_bytes(), bytes(hex), "{hex}");
    }
}

#[test]
fn an_error_names_the_entry() {
    check_refused("0a 06 0a0161 1201ff", DecodeErrorKind::NotUtf8, "Maps.labels[\"a\"]");
    check_refused("0a 03 0a01ff", DecodeErrorKind::NotUtf8, "Maps.labels");
    check_refused("0a 02 0a05", DecodeErrorKind::LengthPastEnd { len: 5, left: 0 }, "Maps.labels");
    check_refused("0a 05 0a00", DecodeErrorKind::LengthPastEnd { len: 5, left: 2 }, "Maps.labels");
    check_refused("12 02 1180", DecodeErrorKind::Truncated, "Maps.deltas[0]");
    check_refused("0a 02 1300", DecodeErrorKind::KindRefused { tag: 2, kind: 3 }, "Maps.labels");
    check_refused("0a 02 0001", DecodeErrorKind::TagZero, "Maps.labels");
    check_refused("2a 09 0807 1205 0a03 1201ff", DecodeErrorKind::NotUtf8, "Maps.by_id[7].labels[\"\"]");
}

#[test]
fn a_hash_map_may_have_any_hasher() {
    type Hasher = std::hash::BuildHasherDefault<std::collections::hash_map::DefaultHasher>;

    #[derive(Debug, Default, PartialEq, Tlv)]
    struct Mine {
        #[tlv(1)]
        map: HashMap<String, u32, Hasher>,
    }
    let mine = Mine { map: [("a".to_owned(), 1), ("b".to_owned(), 2)].into_iter().collect() };
    assert_eq!(Mine::decode(&mine.encode().unwrap()), Ok(mine));
}

fn kind(bytes: &[u8], limits: &DecodeLimits) -> Result<(), DecodeErrorKind> {
    Maps::decode_with(bytes, limits).map(drop).map_err(|error| error.kind())
}

#[test]
fn an_entry_is_a_level_of_depth() {
    let limits = |depth| DecodeLimits { depth, ..DecodeLimits::default() };
    let too_deep = |limit| Err(DecodeErrorKind::DepthExceeded { limit });
    let (entry, message) = (bytes("0a 00"), bytes("2a 02 1200"));
    assert_eq!((kind(&entry, &limits(1)), kind(&entry, &limits(0))), (Ok(()), too_deep(0)));
    assert_eq!((kind(&message, &limits(2)), kind(&message, &limits(1))), (Ok(()), too_deep(1)));
    // Side by side: the level was given back.
    assert_eq!(kind(&message.repeat(3), &limits(2)), Ok(()));
}

/// `levels` maps inside one another, from the inside to the outside.
fn nested(levels: usize) -> Vec<u8> {
    let mut reversed = Vec::new();
    for _ in 0..levels {
        for key in [0x12, 0x2a] {
            let mut len = reversed.len();
            let mut prefix = Vec::new();
            while len >= 0x80 {
                prefix.push(len as u8 | 0x80);
                len >>= 7;
            }
            prefix.push(len as u8);
            reversed.extend(prefix.iter().rev());
            reversed.push(key);
        }
    }
    reversed.reverse();
    reversed
}

#[test]
fn a_bomb_of_depth_is_refused() {
    let limits = DecodeLimits::default();
    assert_eq!(kind(&nested(32), &limits), Ok(()));
    for levels in [33, 500_000] {
        assert_eq!(kind(&nested(levels), &limits), Err(DecodeErrorKind::DepthExceeded { limit: 64 }));
    }
}

/// The least memory that `hex` can be read with is `memory`.
#[track_caller]
fn check_memory(hex: &str, memory: usize) {
    let limits = |memory| DecodeLimits { memory, ..DecodeLimits::default() };
    assert_eq!(kind(&bytes(hex), &limits(memory)), Ok(()), "with {memory}");
    let too_much = Err(DecodeErrorKind::MemoryExceeded { limit: memory - 1 });
    assert_eq!(kind(&bytes(hex), &limits(memory - 1)), too_much, "with one byte less");
}

#[test]
fn memory_is_counted_to_the_byte() {
    // A node of eleven entries for the first, a fifth of one and of its edges for each that follows.
    let labels = 22 * size_of::<String>() + 16;
    check_memory("0a 00", labels);
    check_memory("0a 06 0a0161 120162", labels + 2);
    // Entries in a row are listed first, and then both are held.
    let entry = 2 * size_of::<String>();
    let next = (labels + 12 * size_of::<usize>()).div_ceil(5);
    check_memory("0a 00 0a 00", labels + next + 2 * entry);
    check_memory("0a 00 0a 03 0a0161", labels + next + 2 * entry + 1);
    // From 21 on the list is sorted with as much room beside it.
    check_memory(&"0a 00".repeat(20), labels + 19 * next + 20 * entry);
    check_memory(&"0a 00".repeat(21), labels + 20 * next + (21 + 48) * entry);
    check_memory(&"0a 00".repeat(50), labels + 49 * next + (50 + 50) * entry);
    // What comes apart is not, and costs nothing where it is there already.
    check_memory(
        "0a 00 32 00 0a 00 0a 03 0a0161",
        labels + 11 * (8 + size_of::<usize>()) + 16 + size_of::<Maps>() + next + 1,
    );
    check_memory("32 00", 11 * (8 + size_of::<usize>()) + 16 + size_of::<Maps>());
    // Four places of a byte and an entry each, then eight.
    let hashed = size_of::<(u32, String)>() + 1;
    check_memory("5a 00", 4 * hashed + 16);
    check_memory("5a 00 5a 02 0801 5a 02 0802", 4 * hashed + 16);
    check_memory("5a 00 5a 02 0801 5a 02 0802 5a 02 0803", 8 * hashed + 16);
    // For a moment both are held.
    let apart = "5a 00 5a 02 0801 5a 02 0802 0a 00 5a 02 0803";
    check_memory(apart, labels + (4 * hashed + 16) + (8 * hashed + 16));
}

#[test]
fn bombs_are_refused_before_they_take_memory() {
    let exceeded = Err(DecodeErrorKind::MemoryExceeded { limit: DECODE_MEMORY_DEFAULT });
    for tag in [5_u8, 11] {
        let mut entries = Vec::new();
        for key in 0..700_000_u32 {
            let key = [0x80 | key as u8, 0x80 | (key >> 7) as u8, 0x80 | (key >> 14) as u8, 0];
            entries.extend([tag << 3 | 2, 5, 0x08]);
            entries.extend(key);
        }
        assert_eq!(kind(&entries, &DecodeLimits::default()), exceeded, "tag {tag}");
    }
    // A map of one entry in each entry: every one of them is a node.
    let limits = DecodeLimits { memory: 100_000, ..DecodeLimits::default() };
    let many: String = (0..100).map(|key| format!("2a 08 08{key:02x} 1204 2a021200")).collect();
    assert_eq!(kind(&bytes(&many), &limits), Err(DecodeErrorKind::MemoryExceeded { limit: 100_000 }));
}

#[test]
fn a_length_allocates_nothing_that_did_not_arrive() {
    let past_end = Err(DecodeErrorKind::LengthPastEnd { len: 1 << 31, left: 1 });
    for tag in [1_u8, 5, 11] {
        let bytes = [tag << 3 | 2, 0x80, 0x80, 0x80, 0x80, 0x08, 0x00];
        assert_eq!(kind(&bytes, &DecodeLimits::default()), past_end, "tag {tag}");
    }
}

#[test]
fn a_message_cut_anywhere_is_read_or_refused() {
    let mut whole = Maps {
        labels: [("a", "1"), ("bb", "22")].map(|(key, value)| (key.to_owned(), value.to_owned())).into(),
        deltas: [(-5, 7), (9, 0)].into(),
        hashed: [(1, "x".to_owned()), (1000, "y".to_owned())].into(),
        ..Maps::default()
    };
    whole.by_id.insert(3, whole.clone());
    let bytes = whole.encode().unwrap();
    for cut in 0..bytes.len() {
        if let Ok(part) = Maps::decode(&bytes[..cut]) {
            assert_eq!(Maps::decode(&part.encode().unwrap()), Ok(part), "cut at {cut}");
        }
    }
    assert_eq!(Maps::decode(&bytes), Ok(whole));
}
