//! Constraints: each at its edge, through everything that can hold a value, and all that break at once.

#![allow(clippy::unwrap_used, reason = "a helper of tests that panics fails its test")]

use std::collections::{BTreeMap, HashMap};

use svrkit_runtime::wire::tlv::{
    Bound, Bytes, Rule, Tlv, TlvEnum, TlvOneof, UnknownFields, VIOLATIONS_KEPT_MAX, Violations,
};

#[derive(Clone, Debug, Default, PartialEq, Tlv)]
#[tlv(name = "test.Numbers")]
struct Numbers {
    #[tlv(1, min = -5, max = 10)]
    i32: i32,
    #[tlv(2, max = 18446744073709551614)]
    u64: u64,
    #[tlv(3, zigzag, min = -9223372036854775807)]
    s64: i64,
    #[tlv(4, fixed, max = 7)]
    fixed: u32,
    #[tlv(5, min = -0.5, max = 10.5)]
    f64: f64,
    #[tlv(6, max = 0.1)]
    f32: f32,
    #[tlv(7, max = 3)]
    whole: f64,
    #[tlv(8, min = 1)]
    maybe: Option<u32>,
    #[tlv(9, min = 1, max = 3, max_items = 3)]
    many: Vec<u32>,
    #[tlv(10, min = 1, unpacked, required)]
    unpacked: Vec<i64>,
}

/// One that breaks nothing.
fn numbers() -> Numbers {
    Numbers { unpacked: vec![1], ..Numbers::default() }
}

#[derive(Clone, Debug, Default, PartialEq, Tlv)]
#[tlv(name = "test.Texts")]
struct Texts {
    #[tlv(1, min_len = 1, max_len = 3)]
    text: String,
    #[tlv(2, max_len = 2)]
    bytes: Bytes,
    #[tlv(3, min_len = 2)]
    owned: Vec<u8>,
    #[tlv(4, min_len = 1)]
    maybe: Option<String>,
    #[tlv(5, min_len = 1, max_items = 2)]
    many: Vec<String>,
    #[tlv(6, max_len = 1)]
    blobs: Vec<Vec<u8>>,
}

fn texts() -> Texts {
    Texts { text: "x".to_owned(), owned: vec![1, 2], ..Texts::default() }
}

#[derive(Clone, Debug, Default, PartialEq, Tlv)]
#[tlv(name = "test.Presence")]
struct Presence {
    #[tlv(1, required)]
    number: Option<u32>,
    #[tlv(2, required)]
    message: Option<Box<Presence>>,
    #[tlv(3, required)]
    items: Vec<u32>,
    #[tlv(4, required, max_items = 1, key = zigzag)]
    map: BTreeMap<i32, u32>,
    #[tlv(5, min_items = 1)]
    hashed: HashMap<u32, u32>,
    #[tlv(oneof(6, 7), required)]
    choice: Option<Choice>,
}

#[derive(Clone, Debug, PartialEq, TlvOneof)]
enum Choice {
    #[tlv(6, min = 1, max = 2)]
    Number(u32),
    #[tlv(7)]
    Texts(Texts),
}

#[derive(Clone, Debug, Default, PartialEq, Tlv)]
#[tlv(name = "test.Called")]
struct Called {
    #[tlv(oneof(1, 2, 3))]
    by: Option<Name>,
}

#[derive(Clone, Debug, PartialEq, TlvOneof)]
enum Name {
    #[tlv(1)]
    HTTPRequest(Texts),
    #[tlv(2, name = "line_2")]
    Line2(Texts),
    #[tlv(3, max = 1, name = "type")]
    Kind(u32),
}

/// Declares nothing itself; holds messages in each way there is.
#[derive(Clone, Debug, Default, PartialEq, Tlv)]
#[tlv(name = "test.Holder")]
struct Holder {
    #[tlv(9)]
    plain: Option<Texts>,
    #[tlv(2)]
    boxed: Option<Box<Texts>>,
    #[tlv(3)]
    many: Vec<Texts>,
    #[tlv(4)]
    by_name: BTreeMap<String, Texts>,
    #[tlv(5)]
    hashed: HashMap<u32, Box<Texts>>,
    #[tlv(oneof(6, 7))]
    choice: Option<Choice>,
    #[tlv(8)]
    inner: Option<Box<Holder>>,
    #[tlv(unknown)]
    unknown: UnknownFields,
}

#[derive(Clone, Debug, Default, PartialEq, Tlv)]
#[tlv(name = "test.Ensured")]
struct Ensured {
    #[tlv(1, ensure("finite", svrkit_runtime::constraint::is_finite))]
    f64: f64,
    #[tlv(2, ensure("finite", svrkit_runtime::constraint::is_finite), max = 1)]
    f32: Option<f32>,
    #[tlv(3, ensure("even", is_even), ensure("below ten", is_below_ten))]
    many: Vec<u32>,
    #[tlv(4, value = fixed, ensure("even", is_even))]
    by_name: BTreeMap<String, u32>,
    #[tlv(5, ensure("calm", Weather::is_calm))]
    weather: Weather,
    #[tlv(6, ensure("one with a text", has_text))]
    boxed: Option<Box<Texts>>,
    #[tlv(7, ensure("lower case", is_lower))]
    text: String,
    #[tlv(8, ensure("in pairs", is_paired), sensitive)]
    bytes: Vec<u8>,
    #[tlv(oneof(9, 10))]
    choice: Option<Judged>,
}

#[derive(Clone, Debug, PartialEq, TlvOneof)]
enum Judged {
    #[tlv(9, ensure("even", is_even))]
    Number(u32),
    #[tlv(10, ensure("one with a text", has_text))]
    Texts(Box<Texts>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, TlvEnum)]
enum Weather {
    #[tlv(0)]
    Calm,
    #[tlv(unknown)]
    Unknown(i32),
}

impl Weather {
    fn is_calm(&self) -> bool {
        *self == Self::Calm
    }
}

fn is_even(number: &u32) -> bool {
    number.is_multiple_of(2)
}

fn is_below_ten(number: &u32) -> bool {
    *number < 10
}

fn is_lower(text: &str) -> bool {
    text.chars().all(char::is_lowercase)
}

fn is_paired(bytes: &[u8]) -> bool {
    bytes.len().is_multiple_of(2)
}

fn has_text(texts: &Texts) -> bool {
    !texts.text.is_empty()
}

#[track_caller]
fn check<M: Tlv + Clone>(good: M, set: impl FnOnce(&mut M), expected: &str) {
    assert_eq!(Violations::of(&good).to_string(), "", "as it was");
    let mut message = good;
    set(&mut message);
    assert_eq!(Violations::of(&message).to_string(), expected);
}

#[test]
fn numbers_are_held_to_their_edges() {
    check(numbers(), |it| it.i32 = -5, "");
    check(numbers(), |it| it.i32 = -6, "Numbers.i32: must be at least -5, is -6");
    check(numbers(), |it| it.i32 = 10, "");
    check(numbers(), |it| it.i32 = 11, "Numbers.i32: must be at most 10, is 11");
    check(numbers(), |it| it.u64 = u64::MAX - 1, "");
    check(
        numbers(),
        |it| it.u64 = u64::MAX,
        "Numbers.u64: must be at most 18446744073709551614, is 18446744073709551615",
    );
    check(numbers(), |it| it.s64 = i64::MIN + 1, "");
    check(
        numbers(),
        |it| it.s64 = i64::MIN,
        "Numbers.s64: must be at least -9223372036854775807, is -9223372036854775808",
    );
    check(numbers(), |it| it.fixed = 8, "Numbers.fixed: must be at most 7, is 8");
}

#[test]
fn floats_are_held_to_their_edges_and_nan_is_beyond_each() {
    check(numbers(), |it| it.f64 = -0.5, "");
    check(numbers(), |it| it.f64 = 10.5, "");
    check(numbers(), |it| it.f64 = -0.6, "Numbers.f64: must be at least -0.5, is -0.6");
    check(numbers(), |it| it.f64 = f64::INFINITY, "Numbers.f64: must be at most 10.5, is inf");
    check(
        numbers(),
        |it| it.f64 = f64::NAN,
        "Numbers.f64: must be at least -0.5, is NaN; Numbers.f64: must be at most 10.5, is NaN",
    );
    check(numbers(), |it| it.f32 = 0.1, "");
    check(numbers(), |it| it.whole = 3.0, "");
    check(numbers(), |it| it.whole = 3.5, "Numbers.whole: must be at most 3, is 3.5");
}

#[test]
fn an_option_is_held_when_it_is_set_and_a_vec_item_by_item() {
    check(numbers(), |it| it.maybe = Some(1), "");
    check(numbers(), |it| it.maybe = Some(0), "Numbers.maybe: must be at least 1, is 0");
    check(
        numbers(),
        |it| it.many = vec![0, 1, 3, 4],
        "Numbers.many[0]: must be at least 1, is 0; Numbers.many[3]: must be at most 3, is 4; \
         Numbers.many: must have at most 3 items, has 4",
    );
    check(numbers(), |it| it.unpacked = vec![1, -1], "Numbers.unpacked[1]: must be at least 1, is -1");
    check(numbers(), |it| it.unpacked.clear(), "Numbers.unpacked: is required");
}

#[test]
fn lengths_are_bytes() {
    check(texts(), |it| it.text = "abc".to_owned(), "");
    check(texts(), |it| it.text = "abcd".to_owned(), "Texts.text: must be at most 3 bytes, is 4");
    check(texts(), |it| it.text = "éé".to_owned(), "Texts.text: must be at most 3 bytes, is 4");
    check(texts(), |it| it.text.clear(), "Texts.text: must be at least 1 byte, is 0");
    check(texts(), |it| it.bytes = Bytes::from_static(b"ab"), "");
    check(texts(), |it| it.bytes = Bytes::from_static(b"abc"), "Texts.bytes: must be at most 2 bytes, is 3");
    check(texts(), |it| it.owned = vec![1], "Texts.owned: must be at least 2 bytes, is 1");
    check(texts(), |it| it.maybe = Some("x".to_owned()), "");
    check(texts(), |it| it.maybe = Some(String::new()), "Texts.maybe: must be at least 1 byte, is 0");
    check(
        texts(),
        |it| it.many = vec!["x".to_owned(), String::new()],
        "Texts.many[1]: must be at least 1 byte, is 0",
    );
    check(texts(), |it| it.many = vec!["x".to_owned(); 3], "Texts.many: must have at most 2 items, has 3");
    check(texts(), |it| it.blobs = vec![vec![], vec![1, 2]], "Texts.blobs[1]: must be at most 1 byte, is 2");
}

#[test]
fn what_is_required_is_asked_for_in_the_order_of_tags() {
    let violations = Violations::of(&Presence::default());
    assert_eq!(
        violations.to_string(),
        "Presence.number: is required; Presence.message: is required; Presence.items: is required; \
         Presence.map: is required; Presence.hashed: must have at least 1 item, has 0; Presence.choice: is required",
    );
    let filled = Presence {
        number: Some(0),
        items: vec![0],
        map: [(0, 0)].into(),
        hashed: [(0, 0)].into(),
        choice: Some(Choice::Number(1)),
        ..Presence::default()
    };
    let whole = Presence { message: Some(Box::new(filled.clone())), ..filled.clone() };
    assert_eq!(Violations::of(&whole).to_string(), "Presence.message.message: is required");
    let crowded = Presence { map: [(0, 0), (1, 1)].into(), ..filled };
    assert_eq!(
        Violations::of(&crowded).to_string(),
        "Presence.message: is required; Presence.map: must have at most 1 item, has 2"
    );
}

#[test]
fn a_function_judges_each_value_wherever_it_is() {
    let good = Ensured::default;
    check(good(), |it| it.f64 = f64::MAX, "");
    check(good(), |it| it.f64 = f64::INFINITY, "Ensured.f64: must be finite");
    check(good(), |it| it.f32 = Some(-1.0), "");
    check(
        good(),
        |it| it.f32 = Some(f32::NAN),
        "Ensured.f32: must be at most 1, is NaN; Ensured.f32: must be finite",
    );
    check(
        good(),
        |it| it.many = vec![2, 11],
        "Ensured.many[1]: must be even; Ensured.many[1]: must be below ten",
    );
    check(
        good(),
        |it| it.by_name = [("a".to_owned(), 2), ("b".to_owned(), 3)].into(),
        "Ensured.by_name[\"b\"]: must be even",
    );
    check(good(), |it| it.weather = Weather::Unknown(1), "Ensured.weather: must be calm");
    check(
        good(),
        |it| it.boxed = Some(Box::new(Texts { owned: vec![1, 2], ..Texts::default() })),
        "Ensured.boxed: must be one with a text; Ensured.boxed.text: must be at least 1 byte, is 0",
    );
    check(good(), |it| it.boxed = Some(Box::new(texts())), "");
    check(good(), |it| it.text = "A".to_owned(), "Ensured.text: must be lower case");
    check(good(), |it| it.bytes = vec![1], "Ensured.bytes: must be in pairs");
    check(good(), |it| it.choice = Some(Judged::Number(1)), "Ensured.choice.number: must be even");
    check(good(), |it| it.choice = Some(Judged::Texts(Box::new(texts()))), "");
    let violations = Violations::of(&Ensured { f64: f64::NAN, ..good() });
    assert_eq!(violations.iter().map(|it| it.rule()).collect::<Vec<_>>(), [Rule::Ensured { text: "finite" }]);
}

#[test]
fn messages_are_looked_into_wherever_they_are() {
    let bad = Texts { owned: vec![1, 2], ..Texts::default() };
    let rule = "text: must be at least 1 byte, is 0";
    let good = Holder::default();
    check(good.clone(), |it| it.plain = Some(bad.clone()), &format!("Holder.plain.{rule}"));
    check(good.clone(), |it| it.boxed = Some(Box::new(bad.clone())), &format!("Holder.boxed.{rule}"));
    check(good.clone(), |it| it.many = vec![texts(), bad.clone()], &format!("Holder.many[1].{rule}"));
    check(
        good.clone(),
        |it| it.by_name = [("a\"".to_owned(), bad.clone()), ("b".to_owned(), texts())].into(),
        &format!("Holder.by_name[\"a\\\"\"].{rule}"),
    );
    check(
        good.clone(),
        |it| it.hashed = [(7, Box::new(bad.clone()))].into(),
        &format!("Holder.hashed[7].{rule}"),
    );
    check(
        good.clone(),
        |it| it.choice = Some(Choice::Texts(bad.clone())),
        &format!("Holder.choice.texts.{rule}"),
    );
    check(
        good.clone(),
        |it| it.choice = Some(Choice::Number(3)),
        "Holder.choice.number: must be at most 2, is 3",
    );
    let inner = Holder { many: vec![bad.clone()], plain: Some(bad), ..Holder::default() };
    check(
        good,
        |it| it.inner = Some(Box::new(inner)),
        &format!("Holder.inner.many[0].{rule}; Holder.inner.plain.{rule}"),
    );
}

#[test]
fn members_of_oneofs_are_called_as_fields_are_or_as_they_say() {
    for (by, expected) in [
        (Name::HTTPRequest(Texts { text: "abcd".to_owned(), ..texts() }), "Called.by.http_request.text"),
        (Name::Line2(Texts { text: "abcd".to_owned(), ..texts() }), "Called.by.line_2.text"),
        (Name::Kind(2), "Called.by.type"),
    ] {
        let violations = Violations::of(&Called { by: Some(by) });
        assert_eq!(violations.iter().map(|it| it.path()).collect::<Vec<_>>(), [expected]);
    }
    for (bytes, expected) in [(b"\x0a\x03\x0a\x01\xff", "http_request"), (b"\x12\x03\x0a\x01\xff", "line_2")]
    {
        assert_eq!(Called::decode(bytes).unwrap_err().path(), format!("Called.by.{expected}.text"));
    }
}

#[test]
fn a_violation_says_which_rule_and_what_was_found() {
    let violations = Violations::of(&Numbers { i32: 11, f64: -1.0, ..numbers() });
    let rules: Vec<_> = violations.iter().map(|violation| (violation.path(), violation.rule())).collect();
    assert_eq!(
        rules,
        [
            (
                "Numbers.i32".to_owned(),
                Rule::Max { max: Bound::Integer(10), found: Some(Bound::Integer(11)) }
            ),
            (
                "Numbers.f64".to_owned(),
                Rule::Min { min: Bound::Float(-0.5), found: Some(Bound::Float(-1.0)) }
            ),
        ]
    );
}

#[test]
fn a_hundred_violations_are_kept_and_the_rest_is_counted() {
    let broken = |len| Texts { blobs: vec![vec![0; 2]; len], ..texts() };
    let all = Violations::of(&broken(VIOLATIONS_KEPT_MAX));
    assert_eq!((all.len(), all.iter().len(), all.is_empty()), (100, 100, false));
    assert!(!all.to_string().contains("more"), "{all}");
    let many = Violations::of(&broken(VIOLATIONS_KEPT_MAX + 1));
    assert_eq!((many.len(), many.iter().len()), (101, 100));
    assert!(
        many.to_string().ends_with("Texts.blobs[99]: must be at most 1 byte, is 2; and 1 more"),
        "{many}"
    );
}

#[test]
fn paths_go_as_deep_as_a_decode_does() {
    let mut holder =
        Holder { plain: Some(Texts { owned: vec![1, 2], ..Texts::default() }), ..Holder::default() };
    for _ in 0..63 {
        holder = Holder { inner: Some(Box::new(holder)), ..Holder::default() };
    }
    let holder = Holder::decode(&holder.encode().unwrap()).unwrap();
    let path = format!("Holder{}.plain.text", ".inner".repeat(63));
    assert_eq!(Violations::of(&holder).iter().map(|violation| violation.path()).collect::<Vec<_>>(), [path]);
}

#[test]
fn bytes_and_decoding_know_no_constraints() {
    let broken = Numbers { i32: 11, ..Numbers::default() };
    assert_eq!(broken.encode().unwrap(), b"\x08\x0b");
    assert_eq!(Numbers::decode(b"\x08\x0b"), Ok(broken));
}
