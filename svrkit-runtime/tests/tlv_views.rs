//! Views: what they show is what decoding gives, and what is wrong is said when it is looked at.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, HashMap};

use svrkit_runtime::wire::tlv::{DecodeErrorKind, DecodeLimits, Tlv, TlvEnum, TlvOneof, View};
use svrkit_runtime::{Bytes, UnknownFields};

#[derive(Clone, Debug, Default, PartialEq, Tlv)]
#[tlv(name = "test.Whole", view)]
struct Whole {
    #[tlv(1)]
    id: u64,
    #[tlv(2, zigzag)]
    delta: i64,
    #[tlv(3, fixed)]
    stamp: u32,
    #[tlv(4)]
    ratio: f64,
    #[tlv(5)]
    note: String,
    #[tlv(6)]
    photo: Bytes,
    #[tlv(7)]
    raw: Vec<u8>,
    #[tlv(8)]
    mood: Mood,
    #[tlv(9)]
    count: Option<u32>,
    #[tlv(10)]
    nick: Option<String>,
    #[tlv(11)]
    seal: Option<Bytes>,
    #[tlv(12)]
    inner: Option<Inner>,
    #[tlv(13)]
    whole: Option<Box<Whole>>,
    #[tlv(14)]
    numbers: Vec<u32>,
    #[tlv(15, unpacked)]
    moods: Vec<Mood>,
    #[tlv(16)]
    names: Vec<String>,
    #[tlv(17)]
    items: Vec<Inner>,
    #[tlv(18)]
    labels: BTreeMap<String, i32>,
    #[tlv(19, key = zigzag)]
    inners: HashMap<i32, Inner>,
    #[tlv(oneof(20, 21, 22, 23))]
    payer: Option<Payer>,
    #[tlv(24)]
    opaque: Option<Opaque>,
    #[tlv(oneof(25, 26))]
    plain: Option<Plain>,
    #[tlv(27, sensitive)]
    secret: String,
    #[tlv(oneof(29))]
    hidden: Option<Hidden>,
    #[tlv(unknown)]
    unknown: UnknownFields,
}

#[derive(Clone, Debug, Default, PartialEq, Tlv)]
#[tlv(name = "test.Inner", view)]
struct Inner {
    #[tlv(1)]
    name: String,
    #[tlv(2)]
    parts: Vec<Inner>,
    #[tlv(3)]
    next: Option<Box<Inner>>,
    #[tlv(4)]
    weight: i32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, TlvEnum)]
enum Mood {
    #[tlv(0)]
    Unspecified,
    #[tlv(1)]
    Glad,
    #[tlv(unknown)]
    Unknown(i32),
}

#[derive(Clone, Debug, PartialEq, TlvOneof)]
#[tlv(view)]
enum Payer {
    #[tlv(20)]
    Uin(u64),
    #[tlv(21)]
    Guest(String),
    #[tlv(22)]
    Inner(Inner),
    #[tlv(23)]
    Boxed(Box<Whole>),
}

#[derive(Clone, Debug, PartialEq, TlvOneof)]
#[tlv(view)]
enum Hidden {
    #[tlv(29, sensitive)]
    Pin(String),
}

/// Without a view.
#[derive(Clone, Debug, Default, PartialEq, Tlv)]
#[tlv(name = "test.Opaque")]
struct Opaque {
    #[tlv(1)]
    name: String,
}

/// Without a view.
#[derive(Clone, Debug, PartialEq, TlvOneof)]
enum Plain {
    #[tlv(25)]
    Text(String),
    #[tlv(26)]
    Opaque(Opaque),
}

fn inner(name: &str) -> Inner {
    Inner { name: name.to_owned(), weight: -3, ..Inner::default() }
}

fn whole() -> Whole {
    Whole {
        id: 1 << 40,
        delta: -5,
        stamp: 7,
        ratio: 0.5,
        note: "größer".to_owned(),
        photo: Bytes::from_static(b"\xff\x00"),
        raw: vec![1, 2],
        mood: Mood::Glad,
        count: Some(0),
        nick: Some(String::new()),
        seal: Some(Bytes::from_static(b"seal")),
        inner: Some(Inner { parts: vec![inner("a"), inner("b")], ..inner("in") }),
        whole: Some(Box::new(Whole { id: 2, ..Whole::default() })),
        numbers: vec![0, 1, 300, u32::MAX],
        moods: vec![Mood::Unspecified, Mood::Unknown(9)],
        names: vec!["x".to_owned(), String::new()],
        items: vec![inner("first"), Inner::default()],
        labels: BTreeMap::from([("a".to_owned(), 1), ("b".to_owned(), -1)]),
        inners: HashMap::from([(-1, inner("minus"))]),
        payer: Some(Payer::Inner(inner("payer"))),
        opaque: Some(Opaque { name: "o".to_owned() }),
        plain: Some(Plain::Text("t".to_owned())),
        secret: "s".to_owned(),
        hidden: Some(Hidden::Pin("p".to_owned())),
        unknown: UnknownFields::new(),
    }
}

#[test]
fn a_view_shows_what_decoding_gives() {
    let whole = whole();
    let bytes = whole.encode().unwrap();
    let view = Whole::view(&bytes).unwrap();
    assert_eq!((view.id(), view.delta(), view.stamp(), view.ratio()), (1 << 40, -5, 7, 0.5));
    assert_eq!(view.note().unwrap(), "größer");
    assert_eq!((view.photo(), view.raw()), (&b"\xff\x00"[..], &[1, 2][..]));
    assert_eq!((view.mood(), view.count()), (Mood::Glad, Some(0)));
    assert_eq!((view.nick().unwrap(), view.seal()), (Some(""), Some(&b"seal"[..])));
    let inner = view.inner().unwrap().unwrap();
    assert_eq!((inner.name().unwrap(), inner.weight()), ("in", -3));
    let parts = inner.parts().map(|part| part.unwrap().name().unwrap());
    assert_eq!(parts.collect::<Vec<_>>(), ["a", "b"]);
    assert!(inner.next().unwrap().is_none());
    assert_eq!(view.whole().unwrap().unwrap().id(), 2);
    assert_eq!(view.numbers().collect::<Result<Vec<_>, _>>().unwrap(), whole.numbers);
    assert_eq!(view.moods().collect::<Result<Vec<_>, _>>().unwrap(), whole.moods);
    assert_eq!(view.names().collect::<Result<Vec<_>, _>>().unwrap(), ["x", ""]);
    let items = view.items().map(|item| item.unwrap().to_message().unwrap());
    assert_eq!(items.collect::<Vec<_>>(), whole.items);
    assert_eq!(view.labels().collect::<Result<Vec<_>, _>>().unwrap(), [("a", 1), ("b", -1)]);
    assert_eq!(view.labels().get("b").unwrap(), Some(-1));
    assert_eq!(view.labels().get("c").unwrap(), None);
    assert_eq!(view.inners().get(-1).unwrap().unwrap().name().unwrap(), "minus");
    let Some(PayerView::Inner(payer)) = view.payer().unwrap() else { panic!("{:?}", view.payer()) };
    assert_eq!(payer.name().unwrap(), "payer");
    assert_eq!(view.opaque().unwrap().unwrap().to_message().unwrap().name, "o");
    assert_eq!(view.plain().unwrap(), whole.plain);
    assert_eq!(view.secret().unwrap(), "s");
    assert!(matches!(view.hidden(), Ok(Some(HiddenView::Pin("p")))));
    assert_eq!(view.unknown().count(), 0);
    assert_eq!(view.to_message().unwrap(), whole);
}

#[test]
fn a_view_of_nothing_is_the_default() {
    let view = Whole::view(b"").unwrap();
    assert_eq!((view.id(), view.note().unwrap(), view.count()), (0, "", None));
    assert!(view.inner().unwrap().is_none() && view.payer().unwrap().is_none());
    assert_eq!((view.items().count(), view.numbers().count(), view.labels().count()), (0, 0, 0));
    assert_eq!(view.to_message().unwrap(), Whole::default());
}

#[test]
fn every_member_of_a_oneof_is_shown_and_the_last_one_wins() {
    for payer in
        [Payer::Uin(0), Payer::Guest("g".to_owned()), Payer::Inner(inner("i")), Payer::Boxed(Box::default())]
    {
        let order = Whole { payer: Some(payer.clone()), ..Whole::default() };
        let bytes = order.encode().unwrap();
        // Another member in front is forgotten.
        let both = [&b"\xb2\x01\x03\x0a\x01z"[..], &bytes].concat();
        let view = Whole::view(&both).unwrap();
        match (view.payer().unwrap().unwrap(), payer) {
            (PayerView::Uin(shown), Payer::Uin(uin)) => assert_eq!(shown, uin),
            (PayerView::Guest(shown), Payer::Guest(guest)) => assert_eq!(shown, guest),
            // The same member: merged.
            (PayerView::Inner(shown), Payer::Inner(inner)) => assert_eq!(shown.to_message().unwrap(), inner),
            (PayerView::Boxed(shown), Payer::Boxed(whole)) => assert_eq!(shown.to_message().unwrap(), *whole),
            (shown, payer) => panic!("{shown:?} for {payer:?}"),
        }
        assert_eq!(view.to_message().unwrap(), Whole::decode(&both).unwrap());
    }
}

#[test]
fn records_of_one_field_need_not_stand_together() {
    // names "a", id 1, names "b", numbers 1, numbers packed 2 3, id 2, numbers 4
    let bytes = b"\x82\x01\x01a\x08\x01\x82\x01\x01b\x70\x01\x72\x02\x02\x03\x08\x02\x70\x04";
    let view = Whole::view(bytes).unwrap();
    assert_eq!(view.id(), 2);
    assert_eq!(view.names().collect::<Result<Vec<_>, _>>().unwrap(), ["a", "b"]);
    assert_eq!(view.numbers().collect::<Result<Vec<_>, _>>().unwrap(), [1, 2, 3, 4]);
}

#[test]
fn a_message_in_several_records_is_merged() {
    // inner { name "a", weight 1 }, id 7, inner { weight 2 }, inner { parts [{}] }
    let bytes = b"\x62\x05\x0a\x01a\x20\x01\x08\x07\x62\x02\x20\x02\x62\x02\x12\x00";
    let view = Whole::view(bytes).unwrap();
    let inner = view.inner().unwrap().unwrap();
    assert_eq!((inner.name().unwrap(), inner.weight(), inner.parts().count()), ("a", 2, 1));
    assert_eq!(Some(inner.to_message().unwrap()), Whole::decode(bytes).unwrap().inner);
    assert_eq!(inner.unknown().count(), 0);
}

#[test]
fn what_is_scattered_over_several_records_is_refused_and_can_be_decoded() {
    // inner { parts [{}] } twice
    let bytes = b"\x62\x02\x12\x00\x62\x02\x12\x00";
    let view = Whole::view(bytes).unwrap();
    let error = view.inner().unwrap_err();
    assert_eq!((error.kind(), error.path().as_str()), (DecodeErrorKind::Scattered, "Whole.inner.parts"));
    assert_eq!(view.to_message().unwrap().inner.unwrap().parts.len(), 2);
}

#[test]
fn unknown_records_are_shown_and_kept() {
    // tag 100 = 1; id in four bytes; id 3
    let bytes = b"\xa0\x06\x01\x0d\x01\x02\x03\x04\x08\x03";
    let view = Whole::view(bytes).unwrap();
    let shown: Vec<_> = view.unknown().map(|record| (record.tag, record.bytes)).collect();
    assert_eq!(shown, [(100, &bytes[..3]), (1, &bytes[3..8])]);
    assert_eq!(view.id(), 3);
    assert_eq!(view.to_message().unwrap().unknown.as_bytes(), &bytes[..8]);
}

/// Looks at everything that can be wrong late.
fn first_error(view: WholeView<'_>) -> Option<svrkit_runtime::DecodeError> {
    fn all(view: InnerView<'_>) -> Result<(), svrkit_runtime::DecodeError> {
        view.name()?;
        view.parts().try_for_each(|part| all(part?))?;
        view.next()?.map_or(Ok(()), all)
    }
    view.note().err().or_else(|| {
        let inner = view.inner().and_then(|inner| inner.map_or(Ok(()), all));
        let items = || view.items().try_for_each(|item| all(item?));
        let labels = || view.labels().find_map(Result::err);
        let numbers = || view.numbers().find_map(Result::err);
        let payer = || view.payer().err();
        let secret = || view.secret().err();
        inner.err().or_else(|| items().err()).or_else(labels).or_else(numbers).or_else(payer).or_else(secret)
    })
}

#[test]
fn what_is_wrong_inside_is_said_when_it_is_read() {
    for (bytes, path, offset) in [
        (&b"\x2a\x01\xff"[..], "Whole.note", 2),
        (b"\x62\x03\x0a\x01\xff", "Inner.name", 4),
        (b"\x62\x02\x0a\x05", "Whole.inner.name", 3),
        (b"\x8a\x01\x00\x8a\x01\x02\x0a\x05", "Whole.items[1].name", 7),
        (b"\x92\x01\x03\x0a\x01\xff", "Whole.labels[0]", 5),
        (b"\x72\x02\x01\x80", "Whole.numbers[1]", 3),
        (b"\xaa\x01\x01\xff", "Whole.payer.guest", 3),
        (b"\xda\x01\x01\xff", "Whole.secret", 3),
    ] {
        let view = Whole::view(bytes).unwrap();
        let error = first_error(view).unwrap();
        assert_eq!((error.path().as_str(), error.offset()), (path, offset), "{bytes:02x?}");
        assert!(Whole::decode(bytes).is_err() && view.to_message().is_err(), "{bytes:02x?}");
    }
}

#[test]
fn what_is_wrong_at_its_own_level_makes_no_view() {
    for bytes in [&b"\x08"[..], b"\x2a\x05", b"\x00\x00", b"\x0b"] {
        assert_eq!(
            Whole::view(bytes).unwrap_err().kind(),
            Whole::decode(bytes).unwrap_err().kind(),
            "{bytes:02x?}"
        );
    }
}

#[test]
fn depth_is_counted_through_all_views() {
    fn depth(view: InnerView<'_>) -> Result<u32, svrkit_runtime::DecodeError> {
        view.next()?.map_or(Ok(0), |next| depth(next).map(|depth| depth + 1))
    }
    for levels in [1, 5, 6] {
        let mut message = Inner::default();
        for _ in 0..levels {
            message = Inner { next: Some(Box::new(message)), ..Inner::default() };
        }
        let bytes = message.encode().unwrap();
        let limits = DecodeLimits { depth: 5, ..DecodeLimits::default() };
        let seen = Inner::view_with(&bytes, &limits).and_then(depth);
        let decoded = Inner::decode_with(&bytes, &limits);
        assert_eq!(seen.clone().ok(), decoded.is_ok().then_some(levels), "{levels}");
        assert_eq!(seen.err().map(|error| error.kind()), decoded.err().map(|error| error.kind()), "{levels}");
    }
}

#[test]
fn an_entry_without_its_message_is_no_level_more() {
    // inners { 4: }, the value is missing
    let bytes = b"\x9a\x01\x02\x08\x08";
    for depth in [0, 1, 2] {
        let limits = DecodeLimits { depth, ..DecodeLimits::default() };
        let seen = Whole::view_with(bytes, &limits).unwrap().inners().next().unwrap();
        let decoded = Whole::decode_with(bytes, &limits);
        assert_eq!(
            seen.as_ref().err().map(|error| error.kind()),
            decoded.err().map(|error| error.kind()),
            "{depth}"
        );
        if let Ok((key, inner)) = seen {
            assert_eq!((key, inner.name().unwrap(), inner.parts().count()), (4, "", 0));
        }
    }
}

#[test]
fn a_number_of_a_oneof_may_stand_in_two_records_of_one_message() {
    // whole { uin 1 }, whole { uin 2 }
    let bytes = b"\x6a\x03\xa0\x01\x01\x6a\x03\xa0\x01\x02";
    let view = Whole::view(bytes).unwrap().whole().unwrap().unwrap();
    assert!(matches!(view.payer(), Ok(Some(PayerView::Uin(2)))), "{:?}", view.payer());
}

#[test]
fn a_cut_member_is_named_and_a_sensitive_one_withheld() {
    for (bytes, expected) in
        [(&b"\xaa\x01\x05a"[..], "Whole.payer.guest"), (b"\xea\x01\x05a", "Whole.hidden.pin")]
    {
        let (seen, decoded) = (Whole::view(bytes).unwrap_err(), Whole::decode(bytes).unwrap_err());
        assert_eq!((seen.path().as_str(), seen.kind()), (expected, decoded.kind()));
        assert_eq!(seen.path(), decoded.path());
    }
    assert_eq!(Whole::view(b"\xea\x01\x05a").unwrap_err().kind(), DecodeErrorKind::Withheld);
}

#[test]
fn iterators_can_be_cloned_whatever_they_yield() {
    #[derive(Default, Tlv)]
    #[tlv(view)]
    struct NoClone {
        #[tlv(1)]
        inside: Vec<NoClone>,
    }
    let view = NoClone::view(b"\x0a\x00\x0a\x00").unwrap();
    let items = view.inside();
    assert_eq!((items.clone().count(), items.count()), (2, 2));
}

#[test]
fn nothing_of_the_bytes_is_shown_by_debug() {
    let bytes = whole().encode().unwrap();
    let view = Whole::view(&bytes).unwrap();
    let shown = format!("{view:?} {:?} {:?} {:?}", view.items(), view.labels(), view.payer());
    assert!(!shown.contains("größer") && !shown.contains("first"), "{shown}");
    assert!(shown.starts_with("test.Whole { len: "), "{shown}");
}
