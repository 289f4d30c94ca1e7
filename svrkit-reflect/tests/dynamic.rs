//! Messages read and written by their descriptor, held against types that the codec reads and writes.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use proptest::prelude::*;
use svrkit_reflect::{
    BuildErrorKind, Dynamic, DynamicError, FieldValue, Item, MessageBuilder, Pool, ScalarValue, Value,
};
use svrkit_runtime::wire::tlv::{DecodeErrorKind, DecodeLimits};
use svrkit_runtime::{Bytes, Tlv, TlvEnum, TlvOneof, UnknownFields};

/// Every type in every cardinality; [`All`] is the same in Rust.
const SCHEMA: &str = "
  <enum name='Mood'><value name='UNSPECIFIED' number='0'/><value name='GLAD' number='1'/></enum>
  <message name='All'>
    <field tag='1' name='flag' type='bool'/>
    <field tag='2' name='int' type='i32'/>
    <field tag='3' name='zig' type='s64' optional='true'/>
    <field tag='4' name='four' type='sfixed32'/>
    <field tag='5' name='eight' type='fixed64' optional='true'/>
    <field tag='6' name='single' type='f32'/>
    <field tag='7' name='text' type='string'/>
    <field tag='8' name='blob' type='bytes' optional='true'/>
    <field tag='9' name='mood' type='Mood'/>
    <field tag='10' name='own' type='All'/>
    <field tag='11' name='numbers' type='s32' repeated='true'/>
    <field tag='12' name='loose' type='f64' repeated='true' packed='false'/>
    <field tag='13' name='moods' type='Mood' repeated='true'/>
    <field tag='14' name='all' type='All' repeated='true'/>
    <field tag='15' name='texts' type='string' repeated='true'/>
    <map tag='16' name='by_text' key='string' value='All'/>
    <map tag='17' name='by_zig' key='s32' value='Mood'/>
    <map tag='18' name='by_flag' key='bool' value='bytes'/>
    <oneof name='choice'>
      <field tag='19' name='number' type='u64'/>
      <field tag='20' name='inner' type='All'/>
      <field tag='21' name='word' type='string'/>
    </oneof>
  </message>";

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
enum Choice {
    #[tlv(19)]
    Number(u64),
    #[tlv(20)]
    Inner(Box<All>),
    #[tlv(21)]
    Word(String),
}

#[derive(Clone, Debug, Default, PartialEq, Tlv)]
#[tlv(name = "p.All")]
struct All {
    #[tlv(1)]
    flag: bool,
    #[tlv(2)]
    int: i32,
    #[tlv(3, zigzag)]
    zig: Option<i64>,
    #[tlv(4, fixed)]
    four: i32,
    #[tlv(5, fixed)]
    eight: Option<u64>,
    #[tlv(6)]
    single: f32,
    #[tlv(7)]
    text: String,
    #[tlv(8)]
    blob: Option<Bytes>,
    #[tlv(9)]
    mood: Mood,
    #[tlv(10)]
    own: Option<Box<All>>,
    #[tlv(11, zigzag)]
    numbers: Vec<i32>,
    #[tlv(12, unpacked)]
    loose: Vec<f64>,
    #[tlv(13)]
    moods: Vec<Mood>,
    #[tlv(14)]
    all: Vec<All>,
    #[tlv(15)]
    texts: Vec<String>,
    #[tlv(16)]
    by_text: BTreeMap<String, All>,
    #[tlv(17, key = zigzag)]
    by_zig: BTreeMap<i32, Mood>,
    #[tlv(18)]
    by_flag: BTreeMap<bool, Bytes>,
    #[tlv(oneof(19, 20, 21))]
    choice: Option<Choice>,
    #[tlv(unknown)]
    unknown: UnknownFields,
}

static POOL: LazyLock<Pool> = LazyLock::new(|| support::pool_of(SCHEMA));

/// Every value of a message read and written again; what is unknown behind the rest.
fn rewrite(message: &Dynamic<'_>) -> Result<Vec<u8>, DynamicError> {
    let mut builder = MessageBuilder::new(message.message());
    for field in message.fields() {
        let (field, value) = field?;
        match value {
            FieldValue::One(value) => with_item(&value, |item| builder.set(field, item).unwrap())?,
            FieldValue::Many(values) => {
                for value in values {
                    with_item(&value?, |item| builder.push(field, item).unwrap())?;
                }
            }
            FieldValue::Map(entries) => {
                for entry in entries {
                    let (key, value) = entry?;
                    with_item(&value, |item| assert!(builder.insert(field, key, item).unwrap()))?;
                }
            }
        }
    }
    let mut bytes = builder.finish();
    message.unknown().for_each(|record| bytes.extend_from_slice(record.bytes));
    Ok(bytes)
}

fn with_item(value: &Value<'_>, mut give: impl FnMut(Item<'_>)) -> Result<(), DynamicError> {
    match value {
        Value::Scalar(value) => give(Item::Scalar(*value)),
        Value::Message(message) => give(Item::Message(&rewrite(message)?)),
    }
    Ok(())
}

fn read(bytes: &[u8], limits: &DecodeLimits) -> Result<Vec<u8>, DynamicError> {
    rewrite(&Dynamic::new(POOL.message("p.All").unwrap(), bytes, limits)?)
}

/// What the codec makes of the bytes is what is made of them here.
#[track_caller]
fn check(bytes: &[u8]) {
    let expected = All::decode(bytes);
    match read(bytes, &DecodeLimits::default()) {
        Ok(written) => assert_eq!(written, expected.unwrap().encode().unwrap(), "{bytes:02x?}"),
        Err(error) => assert_eq!(error.kind(), expected.unwrap_err().kind(), "{bytes:02x?}"),
    }
}

#[test]
fn values_are_read_as_the_codec_reads_them() {
    for bytes in [
        &b""[..],
        b"\x08\x01\x08\x00",                             // last wins: zero is absent
        b"\x10\xff\xff\xff\xff\x0f",                     // -1, of five bytes
        b"\x10\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", // -1
        b"\x18\x00",                                     // zero, and there
        b"\x18\x03\x25\xff\xff\xff\xff",
        b"\x35\x00\x00\x00\x80", // negative zero is there
        b"\x35\x00\x00\x00\x00",
        b"\x42\x00", // empty, and there
        b"\x3a\x02hi\x48\x01\x48\x7f",
        b"\x0a\x01a\x0d\x01\x02\x03\x04",    // other kinds are unknown
        b"\x52\x02\x08\x01\x52\x02\x10\x05", // a message in two parts
        b"\x52\x00",                         // an empty one is there
        b"\x5a\x03\x01\x02\x03\x58\x04\x5a\x00\x5a\x01\x05", // packed and not
        b"\x5a\x00",
        b"\x62\x08\0\0\0\0\0\0\xf0\x3f\x61\0\0\0\0\0\0\0\x40",
        b"\x6a\x02\x01\x07\x68\x00",
        b"\x72\x00\x72\x02\x08\x01\x7a\x00\x7a\x01a",
        b"\x82\x01\x00\x82\x01\x03\x0a\x01b\x82\x01\x07\x0a\x01a\x12\x02\x08\x01",
        b"\x82\x01\x07\x0a\x01a\x12\x02\x08\x01\x82\x01\x07\x0a\x01a\x12\x02\x10\x01", // the last entry of a key
        b"\x82\x01\x08\x12\x02\x08\x01\x12\x02\x10\x01",                               // a value in two parts
        b"\x82\x01\x06\x1a\x01x\x0a\x01k", // what else stands in an entry
        b"\x8a\x01\x04\x08\x03\x10\x01\x8a\x01\x04\x08\x02\x10\x09\x8a\x01\x00",
        b"\x92\x01\x02\x08\x01\x92\x01\x05\x12\x01z\x08\x00",
        b"\x98\x01\x00",                             // a member that is zero is there
        b"\x98\x01\x05\xaa\x01\x01a",                // the last member stays
        b"\xa2\x01\x02\x08\x01\xa2\x01\x02\x10\x01", // parts of a member are merged
        b"\xa2\x01\x02\x08\x01\x98\x01\x01\xa2\x01\x02\x10\x01", // but not across another
        b"\x9a\x01\x00\xaa\x01\x01a",                // a member of another kind is unknown
        b"\xf8\x01\x05\x08\x01\xfa\x01\x01x",        // unknown tags, behind the rest
    ] {
        check(bytes);
    }
}

#[test]
fn what_the_codec_refuses_is_refused() {
    for bytes in [
        &b"\x08"[..],
        b"\x00\x01",
        b"\x0b",
        b"\x3a\x05a",
        b"\x3a\x01\xff",
        b"\x52\x01\x08",
        b"\x5a\x01\x80",
        b"\x62\x03\0\0\0",
        b"\x7a\x01\xff",
        b"\x82\x01\x03\x0a\x01\xff",
        b"\x82\x01\x02\x0a\x05",
        b"\x82\x01\x03\x12\x01\x08",
        b"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02",
        b"\x3a\x01\xff\x3a\x00",                         // what is replaced is read too
        b"\xaa\x01\x01\xff\x98\x01\x00",                 // as a member
        b"\xa2\x01\x03\x3a\x01\xff\x98\x01\x00",         // inside a member
        b"\x82\x01\x05\x12\x03\x3a\x01\xff\x82\x01\x00", // as an entry
        b"\x92\x01\x04\x12\x01a\x10\x92\x01\x00",
        b"\x52\x01\x08\x52\x01\x01", // a record that goes on in the next part
    ] {
        assert!(All::decode(bytes).is_err());
        check(bytes);
    }
}

/// The error of a walk through everything.
#[track_caller]
fn error_of(bytes: &[u8], limits: DecodeLimits) -> DynamicError {
    read(bytes, &limits).unwrap_err()
}

#[test]
fn an_error_says_where_it_is() {
    for (bytes, expected) in [
        (&b"\x08\x01\x08"[..], "All: the bytes end inside a record, somebody cut the message (at byte 2)"),
        (
            b"\x52\x05\x72\x03\x3a\x01\xff",
            "All.own.all[0].text: a text is no utf-8, the sender should use `bytes` (at byte 6)",
        ),
        (
            b"\x7a\x01a\x7a\x01\xff",
            "All.texts[1]: a text is no utf-8, the sender should use `bytes` (at byte 5)",
        ),
        (
            b"\x5a\x02\x01\x80",
            "All.numbers[1]: the bytes end inside a record, somebody cut the message (at byte 3)",
        ),
        (
            b"\x82\x01\x08\x0a\x01k\x12\x03\x3a\x01\xff",
            "All.by_text[\"k\"].text: a text is no utf-8, the sender should use `bytes` (at byte 10)",
        ),
        (
            b"\xa2\x01\x01\x08",
            "All.inner: the bytes end inside a record, somebody cut the message (at byte 3)",
        ),
    ] {
        assert_eq!(error_of(bytes, DecodeLimits::default()).to_string(), expected);
    }
}

#[test]
fn nothing_is_said_of_the_bytes_of_a_sensitive_field() {
    let pool = support::pool_of(
        "<message name='M'><field tag='1' name='m' type='M' sensitive='true'/>
         <map tag='2' name='t' key='string' value='M' sensitive='true'/>
         <map tag='3' name='u' key='string' value='M'/></message>",
    );
    for (bytes, path) in [
        (&b"\x0a\x02\x12\x55"[..], "M.m"),
        (b"\x12\x07\x0a\x01k\x12\x02\x0a\x55", "M.t[…]"),
        (b"\x0a\x09\x1a\x07\x0a\x01k\x12\x02\x0a\x55", "M.m.u[…]"),
    ] {
        let message = Dynamic::new(pool.message("p.M").unwrap(), bytes, &DecodeLimits::default()).unwrap();
        let error = rewrite(&message).unwrap_err();
        assert_eq!((error.kind(), error.path()), (DecodeErrorKind::Withheld, path));
    }
}

/// `depth` messages in one another, in field `own`.
fn nested(depth: usize) -> Vec<u8> {
    (0..depth).fold(Vec::new(), |inner, _| {
        let own = POOL.message("p.All").unwrap();
        let mut builder = MessageBuilder::new(own);
        builder.set(own.field_named("own").unwrap(), Item::Message(&inner)).unwrap();
        builder.finish()
    })
}

#[test]
fn depth_is_bounded_and_an_entry_of_a_map_is_a_level() {
    let limits = DecodeLimits { depth: 3, ..DecodeLimits::default() };
    assert_eq!(read(&nested(3), &limits).unwrap(), nested(3));
    let error = error_of(&nested(4), limits);
    assert_eq!(
        (error.kind(), error.path()),
        (DecodeErrorKind::DepthExceeded { limit: 3 }, "All.own.own.own.own")
    );
    let entry = b"\x82\x01\x07\x0a\x01k\x12\x02\x08\x01";
    assert!(read(entry, &DecodeLimits { depth: 2, ..limits }).is_ok());
    assert!(read(entry, &DecodeLimits { depth: 1, ..limits }).is_err());
    // A message that is missing is no level; a plain entry is one.
    for entry in [&b"\x82\x01\x03\x0a\x01k"[..], b"\x8a\x01\x02\x08\x01"] {
        assert!(read(entry, &DecodeLimits { depth: 1, ..limits }).is_ok(), "{entry:02x?}");
        let error = error_of(entry, DecodeLimits { depth: 0, ..limits });
        assert_eq!(error.kind(), DecodeErrorKind::DepthExceeded { limit: 0 }, "{entry:02x?}");
    }
}

#[test]
fn memory_is_bounded_by_what_is_held_at_a_time() {
    // Ten thousand messages in a list, each held while it is read.
    let bytes = b"\x72\x02\x08\x01".repeat(10_000);
    // The places of ten thousand records, and of the one inside.
    assert!(read(&bytes, &DecodeLimits { memory: 10_001 * 16, ..DecodeLimits::default() }).is_ok());
    let limit = 10_001 * 16 - 1;
    let error = error_of(&bytes, DecodeLimits { memory: limit, ..DecodeLimits::default() });
    assert_eq!(error.kind(), DecodeErrorKind::MemoryExceeded { limit });
    // Parts that are joined, and entries that are sorted.
    for bytes in [&b"\x52\x00\x52\x02\x08\x01"[..], b"\x8a\x01\x00"] {
        let records = svrkit_runtime::wire::tlv::Records::new(bytes).count();
        let error = error_of(bytes, DecodeLimits { memory: records * 16, ..DecodeLimits::default() });
        assert_eq!(error.kind(), DecodeErrorKind::MemoryExceeded { limit: records * 16 });
    }
}

#[test]
fn a_field_is_looked_up_by_itself() {
    let message = POOL.message("p.All").unwrap();
    let field = |name| message.field_named(name).unwrap();
    let read = Dynamic::new(message, b"\x10\x05\x08\x00\x98\x01\x07", &DecodeLimits::default()).unwrap();
    assert!(matches!(read.get(field("int")), Ok(Some(FieldValue::One(Value::Scalar(ScalarValue::I32(5)))))));
    assert!(matches!(
        read.get(field("number")),
        Ok(Some(FieldValue::One(Value::Scalar(ScalarValue::U64(7)))))
    ));
    assert!(matches!(read.get(field("flag")), Ok(None)));
    assert!(matches!(read.get(field("own")), Ok(None)));
    let other = POOL.message("svrkit.types.Timestamp").unwrap().field_of_tag(2).unwrap();
    assert!(matches!(read.get(other), Ok(None)));
}

#[test]
fn a_builder_takes_what_suits_its_fields_and_nothing_else() {
    let message = POOL.message("p.All").unwrap();
    let field = |name| message.field_named(name).unwrap();
    let mut builder = MessageBuilder::new(message);
    let other = POOL.message("svrkit.types.Timestamp").unwrap().field_of_tag(1).unwrap();
    for (refused, kind) in [
        (builder.set(other, ScalarValue::I64(1)), BuildErrorKind::OtherMessage),
        (builder.set(field("int"), ScalarValue::I64(1)), BuildErrorKind::OtherType),
        (builder.set(field("int"), Item::Message(b"")), BuildErrorKind::OtherType),
        (builder.set(field("own"), ScalarValue::Bytes(b"")), BuildErrorKind::OtherType),
        (builder.set(field("mood"), ScalarValue::I32(1)), BuildErrorKind::OtherType),
        (builder.set(field("numbers"), ScalarValue::I32(1)), BuildErrorKind::OtherCardinality),
        (builder.push(field("int"), ScalarValue::I32(1)), BuildErrorKind::OtherCardinality),
        (builder.push(field("numbers"), ScalarValue::U32(1)), BuildErrorKind::OtherType),
        (
            builder.insert(field("texts"), ScalarValue::U32(1), ScalarValue::U32(1)).map(drop),
            BuildErrorKind::OtherCardinality,
        ),
        (
            builder.insert(field("by_flag"), ScalarValue::U32(1), ScalarValue::Bytes(b"")).map(drop),
            BuildErrorKind::OtherType,
        ),
        (
            builder.insert(field("by_flag"), ScalarValue::Bool(true), ScalarValue::String("")).map(drop),
            BuildErrorKind::OtherType,
        ),
    ] {
        assert_eq!(refused.unwrap_err().kind(), kind);
    }
    assert!(builder.finish().is_empty());
}

#[test]
fn what_is_set_last_stays() {
    let message = POOL.message("p.All").unwrap();
    let field = |name| message.field_named(name).unwrap();
    let mut builder = MessageBuilder::new(message);
    builder.set(field("word"), ScalarValue::String("a")).unwrap();
    builder.set(field("number"), ScalarValue::U64(0)).unwrap();
    builder.set(field("int"), ScalarValue::I32(1)).unwrap();
    builder.set(field("int"), ScalarValue::I32(0)).unwrap();
    builder.set(field("zig"), ScalarValue::I64(-1)).unwrap();
    assert!(builder.insert(field("by_zig"), ScalarValue::I32(-1), ScalarValue::Enum(1)).unwrap());
    assert!(builder.insert(field("by_zig"), ScalarValue::I32(-2), ScalarValue::Enum(0)).unwrap());
    assert!(!builder.insert(field("by_zig"), ScalarValue::I32(-1), ScalarValue::Enum(7)).unwrap());
    let expected = b"\x18\x01\x8a\x01\x04\x08\x03\x10\x00\x8a\x01\x04\x08\x01\x10\x07\x98\x01\x00";
    assert_eq!(builder.finish(), expected);
}

/// A record of any tag that is known and a few that are not, of any kind that is legal.
fn record(depth: u32) -> BoxedStrategy<Vec<u8>> {
    let value = prop_oneof![
        any::<u64>().prop_map(|number| (0, varint(number))),
        (0_u64..3).prop_map(|number| (0, varint(number))),
        any::<[u8; 8]>().prop_map(|bytes| (1, bytes.to_vec())),
        any::<[u8; 4]>().prop_map(|bytes| (5, bytes.to_vec())),
        "[a-c]{0,3}".prop_map(|text| (2, prefixed(text.as_bytes()))),
        prop::collection::vec(any::<u8>(), 0..6).prop_map(|bytes| (2, prefixed(&bytes))),
    ];
    let value = if depth == 0 {
        value.boxed()
    } else {
        prop_oneof![2 => value, 3 => records(depth - 1).prop_map(|bytes| (2, prefixed(&bytes)))].boxed()
    };
    (1_u64..24, value).prop_map(|(tag, (kind, value))| [varint(tag << 3 | kind), value].concat()).boxed()
}

fn records(depth: u32) -> BoxedStrategy<Vec<u8>> {
    prop::collection::vec(record(depth), 0..6).prop_map(|records| records.concat()).boxed()
}

fn varint(mut value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while 0x80 <= value {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
    bytes
}

fn prefixed(bytes: &[u8]) -> Vec<u8> {
    [varint(bytes.len() as u64), bytes.to_vec()].concat()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn records_of_any_shape_are_read_as_the_codec_reads_them(bytes in records(4)) {
        // Of several faults either may find another first.
        match (All::decode(&bytes), read(&bytes, &DecodeLimits::default())) {
            (Ok(expected), Ok(written)) => prop_assert_eq!(written, expected.encode().unwrap()),
            (expected, written) => prop_assert_eq!(expected.is_ok(), written.is_ok(), "{:?} {:?}", expected, written),
        }
    }

    #[test]
    fn bytes_of_any_kind_are_read_or_refused_as_the_codec_does(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        prop_assert_eq!(All::decode(&bytes).is_ok(), read(&bytes, &DecodeLimits::default()).is_ok());
    }
}
