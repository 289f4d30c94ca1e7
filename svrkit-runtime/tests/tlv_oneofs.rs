//! Oneofs on the wire: which member is written where, and which is read.

#![allow(clippy::unwrap_used, reason = "a helper of tests that panics fails its test")]

use svrkit_runtime::wire::tlv::{
    Bytes, DecodeErrorKind, DecodeLimits, Tlv, TlvEnum, TlvOneof, UnknownFields,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, TlvEnum)]
enum Mood {
    #[tlv(0)]
    Unspecified,
    #[tlv(unknown)]
    Unknown(i32),
}

#[derive(Clone, Debug, PartialEq, TlvOneof)]
enum Payer {
    #[tlv(10)]
    Order(Box<Order>),
    #[tlv(7)]
    Uin(u64),
    #[tlv(8, zigzag)]
    Delta(i64),
    #[tlv(9)]
    Guest(String),
    #[tlv(3)]
    HouseAccount(Account),
    #[tlv(20)]
    Mood(Mood),
    #[tlv(21, fixed)]
    Fixed(u32),
    #[tlv(22)]
    Blob(Bytes),
    #[tlv(536_870_911)]
    Last(bool),
}

#[derive(Clone, Debug, Default, PartialEq, Tlv)]
#[tlv(name = "test.Account")]
struct Account {
    #[tlv(1)]
    id: u32,
    #[tlv(2)]
    names: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Tlv)]
#[tlv(name = "test.Order")]
struct Order {
    #[tlv(oneof(7, 3, 8, 9, 10, 20, 21, 22, 536_870_911))]
    payer: Option<Payer>,
    #[tlv(1)]
    first: u32,
    #[tlv(5)]
    between: u32,
    #[tlv(15)]
    also_between: u32,
    #[tlv(oneof(6, 30))]
    other: Option<Other>,
    #[tlv(40)]
    last: u32,
    #[tlv(unknown)]
    unknown: UnknownFields,
}

#[derive(Clone, Debug, PartialEq, TlvOneof)]
enum Other {
    #[tlv(6)]
    Six(bool),
    #[tlv(30)]
    Thirty(bool),
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex.bytes().filter(|digit| *digit != b' ').collect();
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

/// An order paid by `payer` has the bytes `hex`, and they read as it.
#[track_caller]
fn check(payer: Payer, hex: &str) {
    let order = Order { payer: Some(payer), ..Order::default() };
    assert_eq!(order.encode().unwrap(), bytes(hex), "written");
    assert_eq!(Order::decode(&bytes(hex)), Ok(order), "read");
}

/// `hex` reads as an order paid by `payer`.
#[track_caller]
fn check_read(hex: &str, payer: Payer) {
    assert_eq!(Order::decode(&bytes(hex)).unwrap().payer, Some(payer));
}

#[track_caller]
fn check_refused(hex: &str, kind: DecodeErrorKind, path: &str) {
    let error = Order::decode(&bytes(hex)).unwrap_err();
    assert_eq!((error.kind(), error.path().as_str()), (kind, path), "{error}");
}

fn account(id: u32, names: &[&str]) -> Account {
    Account { id, names: names.iter().map(|name| (*name).to_owned()).collect() }
}

#[test]
fn a_member_is_a_record_of_its_tag() {
    check(Payer::Uin(300), "38 ac02");
    check(Payer::Delta(-1), "40 01");
    check(Payer::Guest("al".to_owned()), "4a 02 616c");
    check(Payer::HouseAccount(account(5, &["a"])), "1a 05 0805 120161");
    check(Payer::Order(Box::new(Order { first: 1, ..Order::default() })), "52 02 0801");
    check(Payer::Mood(Mood::Unknown(-1)), "a001 ffffffffffffffffff01");
    check(Payer::Fixed(1), "ad01 01000000");
    check(Payer::Blob(Bytes::from_static(b"\xff")), "b201 01 ff");
    check(Payer::Last(true), "f8ffffff0f 01");
}

#[test]
fn what_is_set_is_written_even_if_zero_or_empty() {
    check(Payer::Uin(0), "38 00");
    check(Payer::Delta(0), "40 00");
    check(Payer::Guest(String::new()), "4a 00");
    check(Payer::HouseAccount(Account::default()), "1a 00");
    check(Payer::Order(Box::default()), "52 00");
    check(Payer::Mood(Mood::Unspecified), "a001 00");
    check(Payer::Fixed(0), "ad01 00000000");
    check(Payer::Blob(Bytes::new()), "b201 00");
    check(Payer::Last(false), "f8ffffff0f 00");
}

#[test]
fn nothing_is_written_when_nothing_is_set() {
    assert_eq!(Order::default().encode().unwrap(), []);
    assert_eq!(Order::decode(&[]), Ok(Order::default()));
}

#[test]
fn a_member_stands_at_the_place_of_its_tag() {
    #[track_caller]
    fn check(payer: Payer, other: Other, hex: &str) {
        let order = Order {
            payer: Some(payer),
            other: Some(other),
            first: 1,
            between: 1,
            also_between: 1,
            last: 1,
            ..Order::default()
        };
        assert_eq!(order.encode().unwrap(), bytes(hex));
        assert_eq!(Order::decode(&bytes(hex)), Ok(order));
    }
    check(Payer::HouseAccount(Account::default()), Other::Six(false), "0801 1a00 2801 3000 7801 c00201");
    check(Payer::Uin(2), Other::Six(true), "0801 2801 3001 3802 7801 c00201");
    check(Payer::Order(Box::default()), Other::Thirty(true), "0801 2801 5200 7801 f00101 c00201");
    check(Payer::Fixed(0), Other::Thirty(true), "0801 2801 7801 ad0100000000 f00101 c00201");
    check(Payer::Last(true), Other::Thirty(true), "0801 2801 7801 f00101 c00201 f8ffffff0f01");
}

#[test]
fn the_last_member_on_the_wire_wins() {
    check_read("38 01 38 02", Payer::Uin(2));
    check_read("38 01 40 02", Payer::Delta(1));
    check_read("4a 01 61 4a 01 62", Payer::Guest("b".to_owned()));
    check_read("f8ffffff0f 01 1a 00", Payer::HouseAccount(Account::default()));
}

#[test]
fn a_message_is_merged_while_no_other_member_comes() {
    check_read("1a 05 0805 120161 1a 03 120162", Payer::HouseAccount(account(5, &["a", "b"])));
    check_read("1a 05 0805 120161 0801 1a 02 0806", Payer::HouseAccount(account(6, &["a"])));
    check_read("1a 05 0805 120161 3800 1a 03 120162", Payer::HouseAccount(account(0, &["b"])));
    check_read(
        "52 02 0801 52 02 2802",
        Payer::Order(Box::new(Order { first: 1, between: 2, ..Order::default() })),
    );
}

#[test]
fn a_member_in_another_kind_is_unknown_and_unsets_nothing() {
    let order = Order::decode(&bytes("38 01 3d 01000000 48 01")).unwrap();
    assert_eq!(order.payer, Some(Payer::Uin(1)));
    assert_eq!(order.unknown.as_bytes(), bytes("3d 01000000 48 01"));
}

#[test]
fn an_error_names_oneof_and_member() {
    check_refused("4a 01 ff", DecodeErrorKind::NotUtf8, "Order.payer.guest");
    check_refused(
        "1a 05 120161 1201",
        DecodeErrorKind::LengthPastEnd { len: 1, left: 0 },
        "Order.payer.house_account.names[1]",
    );
    check_refused("1a 03 1201ff", DecodeErrorKind::NotUtf8, "Order.payer.house_account.names[0]");
    check_refused(
        "52 05 52 03 4a01ff",
        DecodeErrorKind::NotUtf8,
        "Order.payer.order.payer.order.payer.guest",
    );
    check_refused("38", DecodeErrorKind::Truncated, "Order.payer.uin");
    check_refused("b201 02 ff", DecodeErrorKind::LengthPastEnd { len: 2, left: 1 }, "Order.payer.blob");
}

/// `levels` orders that pay for one another.
fn nested(levels: usize) -> Vec<u8> {
    let mut reversed = Vec::new();
    for _ in 0..levels {
        let mut len = reversed.len();
        let mut prefix = Vec::new();
        while len >= 0x80 {
            prefix.push(len as u8 | 0x80);
            len >>= 7;
        }
        prefix.push(len as u8);
        reversed.extend(prefix.iter().rev());
        reversed.push(0x52);
    }
    reversed.reverse();
    reversed
}

fn kind(bytes: &[u8], limits: &DecodeLimits) -> Result<(), DecodeErrorKind> {
    Order::decode_with(bytes, limits).map(drop).map_err(|error| error.kind())
}

#[test]
fn a_bomb_of_depth_is_refused() {
    let limits = DecodeLimits::default();
    assert_eq!(kind(&nested(64), &limits), Ok(()));
    for levels in [65, 1_000_000] {
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
    let order = size_of::<Order>();
    check_memory("4a 02 616c", 2);
    check_memory("52 00", order);
    check_memory("52 00 52 00", order);
    check_memory("52 02 5200", 2 * order);
    // Taken anew after another member: what was spent before stays spent.
    check_memory("52 00 38 00 52 00", 2 * order);
}

#[test]
fn a_message_cut_anywhere_is_read_or_refused() {
    let inner = Order {
        first: 1,
        payer: Some(Payer::HouseAccount(account(5, &["a", "bb"]))),
        other: Some(Other::Thirty(true)),
        ..Order::default()
    };
    let whole = Order { payer: Some(Payer::Order(Box::new(inner))), last: 300, ..Order::default() };
    let bytes = whole.encode().unwrap();
    for cut in 0..bytes.len() {
        if let Ok(part) = Order::decode(&bytes[..cut]) {
            assert_eq!(Order::decode(&part.encode().unwrap()), Ok(part), "cut at {cut}");
        }
    }
    assert_eq!(Order::decode(&bytes), Ok(whole));
}

#[test]
fn the_tags_are_known_and_ascend() {
    assert_eq!(Payer::TAGS, [3, 7, 8, 9, 10, 20, 21, 22, 536_870_911]);
    assert_eq!(Payer::Guest(String::new()).tag(), 9);
}
