//! Sensitive fields: what is said of a message names the rule that is broken and the place, never what stands there.

#![allow(clippy::unwrap_used, reason = "a helper of tests that panics fails its test")]

use std::collections::{BTreeMap, HashMap};

use svrkit_runtime::wire::frame::{Facts, Frame, Header};
use svrkit_runtime::wire::tlv::{
    Bytes, DecodeErrorKind, DecodeLimits, Decoder, Records, Tlv, TlvOneof, Violations,
};

#[derive(Clone, Debug, Default, PartialEq, Tlv)]
#[tlv(name = "test.Secrets")]
struct Secrets {
    #[tlv(1, min = -5, max = 10, sensitive)]
    number: i32,
    #[tlv(2, max = 0.5, sensitive)]
    float: Option<f64>,
    #[tlv(3, min = 1, min_items = 4, max_items = 5, sensitive)]
    many: Vec<u32>,
    #[tlv(4, min_len = 2, max_len = 6, sensitive)]
    text: String,
    #[tlv(5, max_len = 6, sensitive)]
    bytes: Option<Bytes>,
    #[tlv(6, ensure("even", is_even), max_items = 6, sensitive)]
    map: BTreeMap<String, u32>,
    #[tlv(7, required, sensitive)]
    required: Option<u32>,
    #[tlv(8, sensitive)]
    message: Option<Plain>,
    #[tlv(9, sensitive)]
    messages: HashMap<String, Plain>,
    #[tlv(oneof(10, 11, 12))]
    choice: Option<Choice>,
    #[tlv(13)]
    plain: Option<Plain>,
}

#[derive(Clone, Debug, Default, PartialEq, Tlv)]
#[tlv(name = "test.Plain")]
struct Plain {
    #[tlv(1, max = 10)]
    number: u32,
    #[tlv(2)]
    labels: BTreeMap<String, Plain>,
    #[tlv(3)]
    text: String,
}

#[derive(Clone, Debug, PartialEq, TlvOneof)]
enum Choice {
    #[tlv(10, max = 10, sensitive)]
    Number(u64),
    #[tlv(11, sensitive)]
    Plain(Plain),
    #[tlv(12, sensitive)]
    Text(String),
}

fn is_even(number: &u32) -> bool {
    number.is_multiple_of(2)
}

/// One that breaks nothing.
fn secrets() -> Secrets {
    Secrets { many: vec![1; 4], text: "ok".to_owned(), required: Some(1), ..Secrets::default() }
}

fn plain(number: u32) -> Plain {
    Plain { number, ..Plain::default() }
}

#[track_caller]
fn check(change: impl FnOnce(&mut Secrets), expected: &str) {
    let mut message = secrets();
    assert_eq!(Violations::of(&message).to_string(), "");
    change(&mut message);
    let violations = Violations::of(&message);
    assert_eq!(violations.to_string(), expected);
    for told in [format!("{violations:?}"), format!("{:?}", violations.iter().collect::<Vec<_>>())] {
        assert!(!told.contains("37") && !told.contains("secret"), "{told}");
    }
}

#[test]
fn violations_name_the_rule_and_not_what_was_found() {
    check(|it| it.number = 37, "Secrets.number: must be at most 10");
    check(|it| it.number = -37, "Secrets.number: must be at least -5");
    check(|it| it.float = Some(3.37), "Secrets.float: must be at most 0.5");
    check(|it| it.many = vec![1, 1, 0, 1], "Secrets.many[2]: must be at least 1");
    check(|it| it.many = vec![1; 37], "Secrets.many: must have at most 5 items");
    check(|it| it.many.clear(), "Secrets.many: must have at least 4 items");
    check(|it| it.text = "s".repeat(37), "Secrets.text: must be at most 6 bytes");
    check(|it| it.text.clear(), "Secrets.text: must be at least 2 bytes");
    check(|it| it.bytes = Some(Bytes::from_static(b"secret 37")), "Secrets.bytes: must be at most 6 bytes");
    check(|it| it.map = [("secret".to_owned(), 37)].into(), "Secrets.map[…]: must be even");
    check(|it| it.required = None, "Secrets.required: is required");
    check(|it| it.choice = Some(Choice::Number(37)), "Secrets.choice.number: must be at most 10");
}

#[test]
fn what_stands_inside_a_sensitive_field_is_sensitive() {
    let inside = || Plain { labels: [("secret".to_owned(), plain(37))].into(), ..Plain::default() };
    let rule = "labels[…].number: must be at most 10";
    check(|it| it.message = Some(inside()), &format!("Secrets.message.{rule}"));
    check(
        |it| it.messages = [("secret".to_owned(), inside())].into(),
        &format!("Secrets.messages[…].{rule}"),
    );
    check(|it| it.choice = Some(Choice::Plain(inside())), &format!("Secrets.choice.plain.{rule}"));
}

#[test]
fn what_stands_beside_a_sensitive_field_is_told() {
    let beside = Plain { labels: [("de".to_owned(), plain(38))].into(), ..Plain::default() };
    check(
        |it| (it.number, it.plain) = (37, Some(beside)),
        "Secrets.number: must be at most 10; Secrets.plain.labels[\"de\"].number: must be at most 10, is 38",
    );
}

#[track_caller]
fn check_bytes(bytes: &[u8], expected: &str, kind: DecodeErrorKind) {
    let error = Secrets::decode(bytes).unwrap_err();
    assert_eq!((error.to_string().as_str(), error.kind()), (expected, kind));
    assert!(!format!("{error:?}").contains("secret"), "{error:?}");
}

#[test]
fn errors_of_decoding_name_what_is_wrong_without_its_numbers_and_keys() {
    use DecodeErrorKind::{LengthPastEnd, NotUtf8, VarintTooLong, Withheld};
    let withheld =
        "the bytes of a sensitive field are cut or no such field, the sender wrote it wrong (at byte";
    let not_utf8 = "a text is no utf-8, the sender should use `bytes` (at byte";
    check_bytes(b"\x22\x25cut", &format!("Secrets.text: {withheld} 1)"), Withheld);
    check_bytes(b"\x22\x01\xff", &format!("Secrets.text: {not_utf8} 3)"), NotUtf8);
    check_bytes(b"\x62\x25cut", &format!("Secrets.choice.text: {withheld} 1)"), Withheld);
    // Inside: a group, a tag too large, an entry that is cut.
    check_bytes(b"\x42\x01\x0b", &format!("Secrets.message: {withheld} 2)"), Withheld);
    check_bytes(b"\x42\x06\xf8\xff\xff\xff\x7f\x00", &format!("Secrets.message: {withheld} 2)"), Withheld);
    check_bytes(
        b"\x4a\x0d\x0a\x06secret\x12\x03\x1a\x01\xff",
        &format!("Secrets.messages[…].text: {not_utf8} 15)"),
        NotUtf8,
    );
    let long = b"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01";
    check_bytes(
        long,
        "Secrets.number: a varint has more than 10 bytes or 64 bits, the sender wrote it wrong (at byte 1)",
        VarintTooLong,
    );
    // Beside it everything is told.
    check_bytes(
        b"\x6a\x05\x1a\x25cut",
        "Secrets.plain.text: a length of 37 bytes where 3 are left, somebody cut the message (at byte 3)",
        LengthPastEnd { len: 37, left: 3 },
    );
}

#[test]
fn bytes_not_yet_read_are_not_shown() {
    let bytes = Bytes::from_static(b"\x22\x06secret");
    let header = Header::new(1, Facts::Response(Default::default()));
    for shown in [
        format!("{:?}", Decoder::shared(&bytes, &DecodeLimits::default())),
        format!("{:?}", Records::new(&bytes)),
        format!("{:?}", Frame { header, metadata: bytes.clone(), body: bytes.clone() }),
    ] {
        assert!(shown.contains('8') && !shown.contains("secret") && !shown.contains("115"), "{shown}");
    }
}
