//! Descriptors that nobody's schema says: refused, and never a panic.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::sync::LazyLock;

use proptest::prelude::*;
use svrkit_reflect::descriptor::{
    DescriptorSet, Enum, EnumValue, Error, ErrorSet, Field, Label, Message, Method, Oneof, Scalar, Service,
    Stream, field::Kind,
};
use svrkit_reflect::{Pool, PoolErrorKind as Fault, json};
use svrkit_runtime::Tlv;
use svrkit_runtime::wire::tlv::{DecodeErrorKind, DecodeLimits};

static SOUND: LazyLock<Vec<u8>> = LazyLock::new(|| {
    support::descriptors_of(
        "<message name='M'><field tag='1' name='m' type='M'/><map tag='2' name='t' key='string' value='E'/>
         <oneof name='o'><field tag='3' name='a' type='bytes'/><field tag='4' name='b' type='f64'/></oneof></message>
         <enum name='E'><value name='Z' number='0'/></enum>",
    )
});

fn field(tag: u32, name: &str) -> Field {
    let kind = Some(Kind::Scalar(Scalar::U32));
    Field { tag, name: name.to_owned(), label: Label::Single, kind, ..Field::default() }
}

fn message(name: &str, fields: Vec<Field>) -> Message {
    Message { name: name.to_owned(), fields, ..Message::default() }
}

fn set(messages: Vec<Message>) -> DescriptorSet {
    DescriptorSet { messages, ..DescriptorSet::default() }
}

#[track_caller]
fn check(set: DescriptorSet, place: &str, expected: &Fault) {
    let error = Pool::new([set]).unwrap_err();
    assert_eq!((error.place(), error.kind()), (place, expected));
}

#[track_caller]
fn check_field(broken: Field, expected: &Fault) {
    let place = format!("p.M.{}", broken.name);
    let oneof = Oneof { name: "choice".to_owned(), ..Oneof::default() };
    let message = Message { oneofs: vec![oneof], ..message("p.M", vec![broken]) };
    check(set(vec![message]), &place, expected);
}

#[test]
fn a_field_that_no_reader_can_work_with_is_refused() {
    let unresolved = |name: &str| Fault::Unresolved { name: name.to_owned() };
    check_field(field(1, ""), &Fault::NameRefused);
    check_field(field(1, "a\nb"), &Fault::NameRefused);
    check_field(Field { json_name: "\0".to_owned(), ..field(1, "a") }, &Fault::NameRefused);
    check_field(field(1, "_"), &Fault::NameRefused);
    check_field(field(0, "a"), &Fault::TagOutOfRange { tag: 0 });
    check_field(field(1 << 29, "a"), &Fault::TagOutOfRange { tag: 1 << 29 });
    check_field(Field { kind: None, ..field(1, "a") }, &Fault::TypeMissing);
    check_field(
        Field { kind: Some(Kind::Scalar(Scalar::Unspecified)), ..field(1, "a") },
        &Fault::TypeMissing,
    );
    check_field(
        Field { kind: Some(Kind::Scalar(Scalar::Unknown(99))), ..field(1, "a") },
        &Fault::TypeMissing,
    );
    check_field(Field { kind: Some(Kind::Message("p.X".to_owned())), ..field(1, "a") }, &unresolved("p.X"));
    check_field(
        Field { kind: Some(Kind::Enumeration("p.M".to_owned())), ..field(1, "a") },
        &unresolved("p.M"),
    );
    check_field(Field { label: Label::Unspecified, ..field(1, "a") }, &Fault::LabelMissing);
    check_field(Field { label: Label::Unknown(9), ..field(1, "a") }, &Fault::LabelMissing);
    check_field(Field { label: Label::Map, ..field(1, "a") }, &Fault::KeyRefused);
    check_field(Field { label: Label::Map, key: Scalar::F32, ..field(1, "a") }, &Fault::KeyRefused);
    check_field(Field { label: Label::Map, key: Scalar::Unknown(99), ..field(1, "a") }, &Fault::KeyRefused);
    check_field(Field { key: Scalar::Unknown(99), ..field(1, "a") }, &Fault::KeyRefused);
    check_field(Field { oneof: Some(1), ..field(1, "a") }, &Fault::OneofRefused);
    check_field(Field { oneof: Some(0), label: Label::Repeated, ..field(1, "a") }, &Fault::OneofRefused);
    check_field(Field { packed: true, ..field(1, "a") }, &Fault::NotPackable);
    let texts = Field { kind: Some(Kind::Scalar(Scalar::String)), label: Label::Repeated, ..field(1, "a") };
    check_field(Field { packed: true, ..texts }, &Fault::NotPackable);
}

#[test]
fn the_highest_tag_and_a_message_within_itself_are_fine() {
    let own = Field { kind: Some(Kind::Message("p.M".to_owned())), ..field((1 << 29) - 1, "own") };
    let pool = Pool::new([set(vec![message("p.M", vec![own])])]).unwrap();
    let field = pool.message("p.M").unwrap().field_of_tag((1 << 29) - 1).unwrap();
    assert_eq!(field.name(), "own");
}

#[test]
fn what_two_parts_have_in_common_is_refused() {
    let twice = |fields| set(vec![message("p.M", fields)]);
    let name = |name: &str| Fault::NameTwice { name: name.to_owned() };
    check(twice(vec![field(1, "a"), field(1, "b")]), "p.M.b", &Fault::TagTwice { tag: 1 });
    check(twice(vec![field(1, "a"), field(2, "a")]), "p.M.a", &name("a"));
    check(twice(vec![field(1, "a_b"), field(2, "aB")]), "p.M.aB", &name("aB"));
    let named = Field { json_name: "a".to_owned(), ..field(2, "b") };
    check(twice(vec![field(1, "a"), named]), "p.M.b", &name("a"));
    let value = |name: &str| EnumValue { name: name.to_owned(), ..EnumValue::default() };
    let values = Enum { name: "p.E".to_owned(), values: vec![value("A"), value("A")], ..Enum::default() };
    check(DescriptorSet { enums: vec![values], ..DescriptorSet::default() }, "p.E.A", &name("A"));
}

#[test]
fn definitions_of_one_name_have_to_be_the_same() {
    let one = || set(vec![message("p.M", vec![field(1, "a")])]);
    let other = set(vec![message("p.M", vec![field(1, "b")])]);
    let as_enum = Enum { name: "p.M".to_owned(), ..Enum::default() };
    let as_enum = DescriptorSet { enums: vec![as_enum], ..DescriptorSet::default() };
    assert_eq!(Pool::new([one(), one()]).unwrap().messages().count(), 1);
    for differing in [other, as_enum] {
        let error = Pool::new([one(), differing]).unwrap_err();
        assert_eq!((error.place(), error.kind()), ("p.M", &Fault::DefinedTwice));
    }
}

#[test]
fn services_and_errors_refer_to_what_is_there() {
    let unresolved = |name: &str| Fault::Unresolved { name: name.to_owned() };
    let method = |request: &str, response: &str, error_set: &str| Method {
        name: "Do".to_owned(),
        request: request.to_owned(),
        response: response.to_owned(),
        error_set: error_set.to_owned(),
        ..Method::default()
    };
    for (method, missing) in [
        (method("p.X", "", ""), "p.X"),
        (method("", "", ""), ""),
        (method("p.M", "p.X", ""), "p.X"),
        (method("p.M", "", "p.M"), "p.M"),
    ] {
        let service = Service { name: "p.S".to_owned(), methods: vec![method], ..Service::default() };
        let set = DescriptorSet { services: vec![service], ..set(vec![message("p.M", Vec::new())]) };
        check(set, "p.S.Do", &unresolved(missing));
    }
    let request = || method("p.M", "", "");
    for (method, fault) in [
        (Method { id: 65_536, ..request() }, Fault::NumberTooLarge { number: 65_536, max: 65_535 }),
        (Method { priority: 256, ..request() }, Fault::NumberTooLarge { number: 256, max: 255 }),
        (Method { stream: Stream::Unknown(4), ..request() }, Fault::StreamUnknown),
    ] {
        let service = Service { name: "p.S".to_owned(), methods: vec![method], ..Service::default() };
        let set = DescriptorSet { services: vec![service], ..set(vec![message("p.M", Vec::new())]) };
        check(set, "p.S.Do", &fault);
    }
    let error = Error { name: "E".to_owned(), detail: "p.X".to_owned(), ..Error::default() };
    let errors = ErrorSet { name: "p.Errors".to_owned(), errors: vec![error], ..ErrorSet::default() };
    let set = DescriptorSet { error_sets: vec![errors], ..DescriptorSet::default() };
    check(set, "p.Errors.E", &unresolved("p.X"));
}

#[test]
fn bytes_that_are_no_set_and_sets_beyond_the_memory_are_refused() {
    let cut = Pool::from_bytes(b"\x0a\x05p").unwrap_err();
    assert!(
        matches!(cut.kind(), Fault::Decode(error) if matches!(error.kind(), DecodeErrorKind::LengthPastEnd { .. }))
    );
    let bytes = set(vec![message("p.M", vec![field(1, "a")])]).encode().unwrap();
    let needed = (0..).find(|memory| {
        Pool::from_bytes_with(&bytes, &DecodeLimits { memory: *memory, ..DecodeLimits::default() }).is_ok()
    });
    let limits = DecodeLimits { memory: needed.unwrap() - 1, ..DecodeLimits::default() };
    let error = Pool::from_bytes_with(&bytes, &limits).unwrap_err();
    let expected = DecodeErrorKind::MemoryExceeded { limit: limits.memory };
    assert!(matches!(error.kind(), Fault::Decode(error) if error.kind() == expected));
    assert!(error.to_string().contains("raise `decode.memory`"), "{error}");
}

#[test]
fn a_refusal_says_where_what_and_what_to_do() {
    let error = Pool::new([set(vec![message("p.M", vec![field(0, "a")])])]).unwrap_err();
    let expected = "the descriptor of `p.M.a` is refused: tag 0 is not within 1 to 536870911, make it again from its schema";
    assert_eq!(error.to_string(), expected);
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = Pool::from_bytes(&bytes);
    }

    #[test]
    fn no_damage_to_a_sound_set_panics_and_what_is_left_reads_anything(
        places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        bytes in prop::collection::vec(0_u8..40, 0..20),
    ) {
        let mut set = SOUND.clone();
        for (place, byte) in places {
            let at = place.index(set.len());
            set[at] = byte;
        }
        let Ok(pool) = Pool::from_bytes(&set) else { return Ok(()) };
        let options = json::Options { emit_defaults: true, ..json::Options::default() };
        for message in pool.messages() {
            let Ok(text) = json::write(&pool, message.full_name(), &bytes, &options) else { continue };
            // What is said twice or in a way of its own, such as by a kit type that is none, may be refused.
            let _ = json::read_message(message, &text, &options);
        }
    }
}
