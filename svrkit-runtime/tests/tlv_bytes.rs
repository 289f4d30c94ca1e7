//! What each type in each presence looks like on the wire: one line a field.

#![allow(clippy::unwrap_used, reason = "a helper of tests that panics fails its test")]

use svrkit_runtime::wire::tlv::{
    Bytes, DecodeErrorKind, DecodeLimits, Kind, Records, SHARED_LEN_MIN, Tlv, TlvEnum, UnknownFields,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, TlvEnum)]
enum Mood {
    #[tlv(0)]
    Unspecified,
    #[tlv(1)]
    Glad,
    #[tlv(-1)]
    Sad,
    #[tlv(unknown)]
    Unknown(i32),
}

#[derive(Clone, Debug, Default, PartialEq, Tlv)]
#[tlv(name = "test.Inner")]
struct Inner {
    #[tlv(1)]
    id: u32,
    #[tlv(2)]
    note: String,
    #[tlv(unknown)]
    unknown: UnknownFields,
}

/// Every type there is, declared out of order on purpose.
#[derive(Clone, Debug, Default, PartialEq, Tlv)]
#[tlv(name = "test.Every")]
struct Every {
    #[tlv(35)]
    many_inner: Vec<Inner>,
    #[tlv(1)]
    bool: bool,
    #[tlv(2)]
    u32: u32,
    #[tlv(3)]
    u64: u64,
    #[tlv(4)]
    i32: i32,
    #[tlv(5)]
    i64: i64,
    #[tlv(6, zigzag)]
    s32: i32,
    #[tlv(7, zigzag)]
    s64: i64,
    #[tlv(8, fixed)]
    fixed32: u32,
    #[tlv(9, fixed)]
    fixed64: u64,
    #[tlv(10, fixed)]
    sfixed32: i32,
    #[tlv(11, fixed)]
    sfixed64: i64,
    #[tlv(12)]
    f32: f32,
    #[tlv(13)]
    f64: f64,
    #[tlv(14)]
    string: String,
    #[tlv(15)]
    bytes: Bytes,
    #[tlv(16)]
    vec: Vec<u8>,
    #[tlv(17)]
    mood: Mood,
    #[tlv(18)]
    inner: Option<Inner>,
    #[tlv(19)]
    boxed: Option<Box<Every>>,
    #[tlv(20)]
    maybe_u32: Option<u32>,
    #[tlv(21)]
    maybe_string: Option<String>,
    #[tlv(22)]
    maybe_mood: Option<Mood>,
    #[tlv(23, zigzag)]
    maybe_s64: Option<i64>,
    #[tlv(24)]
    maybe_bytes: Option<Bytes>,
    #[tlv(25)]
    packed: Vec<u64>,
    #[tlv(26, unpacked)]
    unpacked: Vec<u64>,
    #[tlv(27, zigzag)]
    packed_s32: Vec<i32>,
    #[tlv(28, fixed, unpacked)]
    unpacked_fixed: Vec<u32>,
    #[tlv(29)]
    packed_f64: Vec<f64>,
    #[tlv(30)]
    packed_bool: Vec<bool>,
    #[tlv(31)]
    moods: Vec<Mood>,
    #[tlv(32)]
    strings: Vec<String>,
    #[tlv(33)]
    blobs: Vec<Bytes>,
    #[tlv(34)]
    vecs: Vec<Vec<u8>>,
    #[tlv(536_870_911)]
    last: u32,
    #[tlv(unknown)]
    unknown: UnknownFields,
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex.bytes().filter(|digit| *digit != b' ').collect();
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

/// `set` makes a value whose bytes are `hex`, and the bytes make that value.
#[track_caller]
fn check(set: impl FnOnce(&mut Every), hex: &str) {
    let mut value = Every::default();
    set(&mut value);
    assert_eq!(value.encode().unwrap(), bytes(hex), "written");
    assert_eq!(Every::decode(&bytes(hex)), Ok(value), "read");
}

/// `hex` is read like `same`, but it is not what we write.
#[track_caller]
fn check_same(hex: &str, same: &str) {
    assert_eq!(Every::decode(&bytes(hex)).unwrap(), Every::decode(&bytes(same)).unwrap());
    assert_ne!(hex, same);
}

#[track_caller]
fn check_refused(hex: &str, kind: DecodeErrorKind, path: &str) {
    let error = Every::decode(&bytes(hex)).unwrap_err();
    assert_eq!((error.kind(), error.path().as_str()), (kind, path), "{error}");
}

#[test]
fn a_default_is_empty() {
    check(|_| {}, "");
}

#[test]
fn varints_have_kind_0() {
    check(|it| it.bool = true, "08 01");
    check(|it| it.u32 = 1, "10 01");
    check(|it| it.u32 = u32::MAX, "10 ffffffff0f");
    check(|it| it.u64 = 300, "18 ac02");
    check(|it| it.u64 = u64::MAX, "18 ffffffffffffffffff01");
    check(|it| it.i32 = 1, "20 01");
    check(|it| it.i32 = -1, "20 ffffffffffffffffff01");
    check(|it| it.i32 = i32::MIN, "20 80808080f8ffffffff01");
    check(|it| it.i64 = -2, "28 feffffffffffffffff01");
    check(|it| it.i64 = i64::MAX, "28 ffffffffffffffff7f");
    check(|it| it.s32 = -1, "30 01");
    check(|it| it.s32 = 1, "30 02");
    check(|it| it.s32 = i32::MAX, "30 feffffff0f");
    check(|it| it.s32 = i32::MIN, "30 ffffffff0f");
    check(|it| it.s64 = -1, "38 01");
    check(|it| it.s64 = i64::MAX, "38 feffffffffffffffff01");
    check(|it| it.s64 = i64::MIN, "38 ffffffffffffffffff01");
    check(|it| it.mood = Mood::Glad, "8801 01");
    check(|it| it.mood = Mood::Sad, "8801 ffffffffffffffffff01");
    check(|it| it.mood = Mood::Unknown(7), "8801 07");
    check(|it| it.last = 1, "f8ffffff0f 01");
}

#[test]
fn fixed_numbers_have_kind_1_and_5() {
    check(|it| it.fixed32 = 1, "45 01000000");
    check(|it| it.fixed64 = 1, "49 0100000000000000");
    check(|it| it.sfixed32 = -2, "55 feffffff");
    check(|it| it.sfixed64 = -2, "59 feffffffffffffff");
    check(|it| it.f32 = 1.0, "65 0000803f");
    check(|it| it.f64 = 1.0, "69 000000000000f03f");
}

#[test]
fn minus_zero_is_written() {
    assert_eq!(Every { f32: -0.0, ..Every::default() }.encode().unwrap(), bytes("65 00000080"));
    assert_eq!(Every { f64: -0.0, ..Every::default() }.encode().unwrap(), bytes("69 0000000000000080"));
    assert!(Every::decode(&bytes("69 0000000000000080")).unwrap().f64.is_sign_negative());
}

#[test]
fn text_bytes_and_messages_have_kind_2() {
    check(|it| it.string = "hé".to_owned(), "72 03 68c3a9");
    check(|it| it.string = "\0".to_owned(), "72 01 00");
    check(|it| it.bytes = Bytes::from_static(b"\xff"), "7a 01 ff");
    check(|it| it.vec = vec![1, 2], "8201 02 0102");
    check(|it| it.string = "x".repeat(200), &format!("72 c801 {}", "78".repeat(200)));
    check(|it| it.inner = Some(Inner { id: 3, ..Inner::default() }), "9201 02 0803");
    check(|it| it.boxed = Some(Box::new(Every { u32: 1, ..Every::default() })), "9a01 02 1001");
}

#[test]
fn what_is_set_is_written_even_if_empty() {
    check(|it| it.inner = Some(Inner::default()), "9201 00");
    check(|it| it.boxed = Some(Box::default()), "9a01 00");
    check(|it| it.maybe_u32 = Some(0), "a001 00");
    check(|it| it.maybe_string = Some(String::new()), "aa01 00");
    check(|it| it.maybe_mood = Some(Mood::Unspecified), "b001 00");
    check(|it| it.maybe_s64 = Some(-1), "b801 01");
    check(|it| it.maybe_bytes = Some(Bytes::new()), "c201 00");
}

#[test]
fn many_numbers_are_packed_unless_said_otherwise() {
    check(|it| it.packed = vec![0, 1, 300], "ca01 04 00 01 ac02");
    check(|it| it.unpacked = vec![0, 300], "d001 00 d001 ac02");
    check(|it| it.packed_s32 = vec![-1, 1], "da01 02 01 02");
    check(|it| it.unpacked_fixed = vec![1, 2], "e501 01000000 e501 02000000");
    check(|it| it.packed_f64 = vec![1.0], "ea01 08 000000000000f03f");
    check(|it| it.packed_bool = vec![true, false], "f201 02 01 00");
    check(|it| it.moods = vec![Mood::Glad, Mood::Unknown(9)], "fa01 02 01 09");
}

#[test]
fn many_of_the_rest_are_one_record_each() {
    check(|it| it.strings = vec!["a".to_owned(), String::new()], "8202 01 61 8202 00");
    check(|it| it.blobs = vec![Bytes::from_static(b"a")], "8a02 01 61");
    check(|it| it.vecs = vec![vec![1], vec![]], "9202 01 01 9202 00");
    check(
        |it| it.many_inner = vec![Inner { id: 1, ..Inner::default() }, Inner::default()],
        "9a02 02 0801 9a02 00",
    );
}

#[test]
fn fields_are_written_by_ascending_tags() {
    check(
        |it| {
            it.many_inner = vec![Inner::default()];
            it.f64 = 1.0;
            it.last = 5;
            it.bool = true;
        },
        "08 01 69 000000000000f03f 9a02 00 f8ffffff0f 05",
    );
}

#[test]
fn numbers_come_packed_or_not() {
    check_same("c801 00 c801 01 c801 ac02", "ca01 04 00 01 ac02");
    check_same("d201 03 00 ac02", "d001 00 d001 ac02");
    check_same("c801 00 ca01 03 01 ac02", "ca01 04 00 01 ac02");
    check_same("e201 08 01000000 02000000", "e501 01000000 e501 02000000");
    check_same("e901 000000000000f03f", "ea01 08 000000000000f03f");
    check_same("f801 01 f801 09", "fa01 02 01 09");
    check_same("ca01 00", "");
}

#[test]
fn padding_and_order_are_free() {
    check_same("88 80 00 81 00", "08 01");
    check_same("10 8180808080808080 80 00", "10 01");
    check_same("72 83 00 68c3a9", "72 03 68c3a9");
    check_same("18 01 08 01", "08 01 18 01");
}

#[test]
fn too_long_integers_are_cut() {
    check_same("10 8180808010", "10 01");
    check_same("20 ffffffff0f", "20 ffffffffffffffffff01");
    check_same("08 80808080808001", "08 01");
    check_same("30 8180808010", "30 01");
    check_same("8801 8180808010", "8801 01");
}

#[test]
fn the_last_of_duplicates_wins_and_messages_merge() {
    check_same("10 01 10 02", "10 02");
    check_same("72 01 61 72 01 62", "72 01 62");
    check_same("72 01 61 72 00", "");
    check_same("a001 05 a001 00", "a001 00");
    check_same("9201 02 0801 9201 03 1201 61", "9201 05 0801 1201 61");
    check_same("9a01 02 1001 9a01 04 ca010107", "9a01 06 1001 ca010107");
    check_same("9a01 04 ca010101 9a01 04 ca010102", "9a01 05 ca01020102");
}

#[test]
fn unknown_records_are_kept_in_order_and_sent_last() {
    // Tags 50, 49 and 36, which nobody declared, around a known one.
    let mixed = "9003 01 10 05 8a03 01 ff a102 0102030405060708";
    let value = Every::decode(&bytes(mixed)).unwrap();
    assert_eq!(value.u32, 5);
    assert_eq!(value.unknown.as_bytes(), bytes("9003 01 8a03 01 ff a102 0102030405060708"));
    let records: Vec<_> = value.unknown.iter().map(|record| (record.tag, record.kind)).collect();
    assert_eq!(records, [(50, Kind::Varint), (49, Kind::Prefixed), (36, Kind::Eight)]);
    assert_eq!(value.encode().unwrap(), bytes("10 05 9003 01 8a03 01 ff a102 0102030405060708"));
    assert_eq!(format!("{:?}", value.unknown), "UnknownFields[50, 49, 36]");
}

#[test]
fn unknown_records_are_kept_byte_for_byte() {
    let padded = "90 83 80 00 81 80 00";
    assert_eq!(Every::decode(&bytes(padded)).unwrap().encode().unwrap(), bytes(padded));
    let inside = "9201 05 18 01 22 01 ff";
    assert_eq!(Every::decode(&bytes(inside)).unwrap().encode().unwrap(), bytes(inside));
}

#[test]
fn a_known_tag_in_another_kind_is_unknown() {
    for hex in ["15 01000000", "11 0100000000000000", "12 01 61", "70 01", "9001 01", "c901 0100000000000000"]
    {
        let value = Every::decode(&bytes(hex)).unwrap();
        assert_eq!(value.unknown.as_bytes(), bytes(hex), "{hex}");
        assert_eq!(Every { unknown: UnknownFields::new(), ..value }, Every::default(), "{hex}");
    }
}

#[test]
fn without_a_place_for_them_unknown_records_are_dropped() {
    #[derive(Debug, Default, PartialEq, Tlv)]
    struct Narrow {
        #[tlv(1)]
        id: u32,
    }
    assert_eq!(Narrow::decode(&bytes("10 01 08 07 1a 01 61")), Ok(Narrow { id: 7 }));
    assert_eq!(Narrow::NAME, "Narrow");
}

#[test]
fn broken_bytes_are_refused_and_the_error_says_where() {
    use DecodeErrorKind as Kind;
    check_refused("00 01", Kind::TagZero, "Every");
    check_refused("80 80 80 80 10 01", Kind::TagTooLarge { tag: 1 << 29 }, "Every");
    check_refused("0b 0c", Kind::KindRefused { tag: 1, kind: 3 }, "Every");
    check_refused("0c", Kind::KindRefused { tag: 1, kind: 4 }, "Every");
    check_refused("0e 01", Kind::KindRefused { tag: 1, kind: 6 }, "Every");
    check_refused("9703 01", Kind::KindRefused { tag: 50, kind: 7 }, "Every");
    check_refused("10", Kind::Truncated, "Every.u32");
    check_refused("10 80", Kind::Truncated, "Every.u32");
    check_refused("10 ffffffffffffffffff02", Kind::VarintTooLong, "Every.u32");
    check_refused("10 8080808080808080808000", Kind::VarintTooLong, "Every.u32");
    check_refused("45 010000", Kind::Truncated, "Every.fixed32");
    check_refused("72 03 6161", Kind::LengthPastEnd { len: 3, left: 2 }, "Every.string");
    let huge = Kind::LengthPastEnd { len: u64::MAX, left: 0 };
    check_refused("72 ffffffffffffffffff01", huge, "Every.string");
    check_refused("9003 80", Kind::Truncated, "Every");
    check_refused("9203 02 01", Kind::LengthPastEnd { len: 2, left: 1 }, "Every");
    check_refused("72 01 ff", Kind::NotUtf8, "Every.string");
    check_refused("aa01 01 ff", Kind::NotUtf8, "Every.maybe_string");
    check_refused("8202 01 61 8202 01 ff", Kind::NotUtf8, "Every.strings[1]");
    check_refused("ca01 03 01 02 80", Kind::Truncated, "Every.packed[2]");
    check_refused("ea01 09 000000000000f03f 00", Kind::Truncated, "Every.packed_f64[1]");
    check_refused("9a02 00 9a02 03 1201ff", Kind::NotUtf8, "Every.many_inner[1].note");
    check_refused("9a01 06 9201 03 1201ff", Kind::NotUtf8, "Every.boxed.inner.note");
    check_refused("9a01 02 0001", Kind::TagZero, "Every.boxed");
}

#[test]
fn an_error_says_at_which_byte() {
    let error = Every::decode(&bytes("10 01 9a02 00 9a02 05 0801 1201ff")).unwrap_err();
    assert_eq!(error.offset(), 13);
    assert_eq!(
        error.to_string(),
        "Every.many_inner[1].note: a text is no utf-8, the sender should use `bytes` (at byte 13)"
    );
}

#[test]
fn long_bytes_are_shared_and_short_ones_copied() {
    let limits = DecodeLimits::default();
    for (len, is_shared) in [(SHARED_LEN_MIN - 1, false), (SHARED_LEN_MIN, true)] {
        let value = Every { bytes: Bytes::from(vec![7; len]), ..Every::default() };
        let whole = Bytes::from(value.encode().unwrap());
        let decoded = Every::decode_shared(&whole, &limits).unwrap();
        assert_eq!(decoded, value);
        assert_eq!(whole.as_ptr_range().contains(&decoded.bytes.as_ptr()), is_shared, "{len} bytes");
        let copied = Every::decode(&whole).unwrap();
        assert!(!whole.as_ptr_range().contains(&copied.bytes.as_ptr()), "{len} bytes without an owner");
    }
}

#[test]
fn records_are_walked_with_their_places() {
    let whole = bytes("08 9601 12 01 61 1d 01000000 21 0100000000000000");
    let records: Vec<_> = Records::new(&whole)
        .map(|record| record.map(|record| (record.tag, record.kind, record.offset, record.value.len())))
        .collect::<Result<_, _>>()
        .unwrap();
    let expected =
        [(1, Kind::Varint, 0, 2), (2, Kind::Prefixed, 3, 1), (3, Kind::Four, 6, 4), (4, Kind::Eight, 11, 8)];
    assert_eq!(records, expected);

    let mut cut = Records::new(&whole[..whole.len() - 1]).skip(3);
    let error = cut.next().unwrap().unwrap_err();
    assert_eq!((error.kind(), error.offset()), (DecodeErrorKind::Truncated, 11));
    assert!(cut.next().is_none(), "nothing comes after an error");
}

#[test]
fn the_default_stands_in_for_an_absent_message() {
    let first: *const Inner = Inner::default_ref();
    assert_eq!(*Inner::default_ref(), Inner::default());
    assert_eq!(first, Inner::default_ref() as *const Inner, "always the same one");
}
