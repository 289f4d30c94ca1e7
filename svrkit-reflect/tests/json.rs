//! JSON of messages and back: protobuf's mapping, row by row.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::sync::LazyLock;

use proptest::prelude::*;
use svrkit_reflect::Pool;
use svrkit_reflect::json::{self, Options, ReadErrorKind, WriteErrorKind};
use svrkit_runtime::wire::tlv::{DecodeErrorKind, DecodeLimits};

const SCHEMA: &str = "
  <enum name='Mood'><value name='UNSPECIFIED' number='0'/><value name='GLAD' number='1'/><value name='SAD' number='-2'/></enum>
  <message name='All'>
    <field tag='1' name='flag' type='bool'/>
    <field tag='2' name='int32' type='i32'/>
    <field tag='3' name='int64' type='i64'/>
    <field tag='4' name='uint32' type='u32'/>
    <field tag='5' name='uint64' type='u64'/>
    <field tag='6' name='zig32' type='s32'/>
    <field tag='7' name='zig64' type='s64'/>
    <field tag='8' name='fixed_32' type='fixed32'/>
    <field tag='9' name='fixed_64' type='fixed64'/>
    <field tag='10' name='sfixed_32' type='sfixed32'/>
    <field tag='11' name='sfixed_64' type='sfixed64'/>
    <field tag='12' name='single' type='f32'/>
    <field tag='13' name='double' type='f64'/>
    <field tag='14' name='text' type='string'/>
    <field tag='15' name='blob' type='bytes'/>
    <field tag='16' name='mood' type='Mood'/>
    <field tag='17' name='own' type='All'/>
    <field tag='18' name='maybe_int' type='i32' optional='true'/>
    <field tag='19' name='maybe_text' type='string' optional='true'/>
    <field tag='20' name='many_ints' type='i32' repeated='true'/>
    <field tag='21' name='many_moods' type='Mood' repeated='true'/>
    <field tag='22' name='many_owns' type='All' repeated='true'/>
    <field tag='23' name='many_texts' type='string' repeated='true'/>
    <map tag='24' name='by_text' key='string' value='u32'/>
    <map tag='25' name='by_int' key='s64' value='All'/>
    <map tag='26' name='by_flag' key='bool' value='Mood'/>
    <oneof name='choice'>
      <field tag='27' name='choice_int' type='u32'/>
      <field tag='28' name='choice_own' type='All'/>
      <field tag='29' name='choice_text' type='string'/>
    </oneof>
    <field tag='30' name='secret' type='string' sensitive='true'/>
    <field tag='31' name='secret_mood' type='Mood' sensitive='true'/>
    <field tag='32' name='unpacked' type='fixed32' repeated='true' packed='false'/>
    <field tag='33' name='renamed' type='u32' json='re-named'/>
  </message>
  <message name='Kit'>
    <field tag='1' name='at' type='svrkit.types.Timestamp'/>
    <field tag='2' name='span' type='svrkit.types.Duration'/>
    <field tag='3' name='mask' type='svrkit.types.FieldMask'/>
    <field tag='4' name='any' type='svrkit.types.Any'/>
    <field tag='5' name='object' type='svrkit.types.Struct'/>
    <field tag='6' name='value' type='svrkit.types.Value'/>
    <field tag='7' name='list' type='svrkit.types.ListValue'/>
    <field tag='8' name='null' type='svrkit.types.NullValue'/>
    <field tag='9' name='flag' type='svrkit.types.BoolValue'/>
    <field tag='10' name='big' type='svrkit.types.U64Value'/>
    <field tag='11' name='text' type='svrkit.types.StringValue'/>
    <field tag='12' name='float' type='svrkit.types.F64Value'/>
    <field tag='13' name='empty' type='svrkit.types.Empty'/>
    <field tag='14' name='decimal' type='svrkit.types.Decimal'/>
    <field tag='15' name='spans' type='svrkit.types.Duration' repeated='true'/>
    <field tag='16' name='values' type='svrkit.types.Value' repeated='true'/>
    <map tag='17' name='by_text' key='string' value='svrkit.types.Value'/>
    <oneof name='choice'>
      <field tag='18' name='choice_null' type='svrkit.types.NullValue'/>
      <field tag='19' name='choice_value' type='svrkit.types.Value'/>
    </oneof>
  </message>";

static POOL: LazyLock<Pool> = LazyLock::new(|| support::pool_of(SCHEMA));

fn write(name: &str, bytes: &[u8], options: &Options) -> String {
    json::write(&POOL, name, bytes, options).unwrap()
}

/// The text is canonical: it becomes these bytes, which become the text.
#[track_caller]
fn check(name: &str, text: &str, bytes: &[u8]) {
    assert_eq!(json::read(&POOL, name, text, &Options::default()).as_deref(), Ok(bytes), "{text}");
    assert_eq!(write(name, bytes, &Options::default()), text);
}

/// The text is taken, and written otherwise.
#[track_caller]
fn check_taken(name: &str, text: &str, canonical: &str) {
    let bytes =
        json::read(&POOL, name, text, &Options::default()).unwrap_or_else(|error| panic!("{text}: {error}"));
    assert_eq!(write(name, &bytes, &Options::default()), canonical, "{text}");
}

#[track_caller]
fn check_refused(name: &str, text: &str, expected: &str) {
    let error = json::read(&POOL, name, text, &Options::default()).unwrap_err();
    assert_eq!(error.to_string(), expected, "{text}");
}

#[test]
fn every_type_has_its_canonical_form() {
    for (text, bytes) in [
        ("{}", &b""[..]),
        (r#"{"flag":true}"#, b"\x08\x01"),
        (r#"{"int32":-1}"#, b"\x10\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
        (r#"{"int64":"-9223372036854775808"}"#, b"\x18\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01"),
        (r#"{"uint32":4294967295}"#, b"\x20\xff\xff\xff\xff\x0f"),
        (r#"{"uint64":"18446744073709551615"}"#, b"\x28\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
        (r#"{"zig32":-2147483648}"#, b"\x30\xff\xff\xff\xff\x0f"),
        (r#"{"zig64":"-1"}"#, b"\x38\x01"),
        (r#"{"fixed32":1}"#, b"\x45\x01\0\0\0"),
        (r#"{"fixed64":"1"}"#, b"\x49\x01\0\0\0\0\0\0\0"),
        (r#"{"sfixed32":-1}"#, b"\x55\xff\xff\xff\xff"),
        (r#"{"sfixed64":"-1"}"#, b"\x59\xff\xff\xff\xff\xff\xff\xff\xff"),
        (r#"{"single":0.1}"#, b"\x65\xcd\xcc\xcc\x3d"),
        (r#"{"single":-0.0}"#, b"\x65\x00\x00\x00\x80"),
        (r#"{"double":1e300}"#, b"\x69\x9c\x75\x00\x88\x3c\xe4\x37\x7e"),
        (r#"{"double":"Infinity"}"#, b"\x69\0\0\0\0\0\0\xf0\x7f"),
        (r#"{"double":"-Infinity"}"#, b"\x69\0\0\0\0\0\0\xf0\xff"),
        (r#"{"double":"NaN"}"#, b"\x69\0\0\0\0\0\0\xf8\x7f"),
        (r#"{"text":"a\"\\\n\u0000ä😀"}"#, b"\x72\x0ba\"\\\n\0\xc3\xa4\xf0\x9f\x98\x80"),
        (r#"{"blob":"+/8="}"#, b"\x7a\x02\xfb\xff"),
        (r#"{"mood":"GLAD"}"#, b"\x80\x01\x01"),
        (r#"{"mood":"SAD"}"#, b"\x80\x01\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
        (r#"{"mood":7}"#, b"\x80\x01\x07"),
        (r#"{"own":{}}"#, b"\x8a\x01\x00"),
        (r#"{"own":{"own":{"flag":true}}}"#, b"\x8a\x01\x05\x8a\x01\x02\x08\x01"),
        (r#"{"maybeInt":0,"maybeText":""}"#, b"\x90\x01\x00\x9a\x01\x00"),
        (r#"{"manyInts":[0,1,300]}"#, b"\xa2\x01\x04\x00\x01\xac\x02"),
        (r#"{"manyMoods":["UNSPECIFIED",9]}"#, b"\xaa\x01\x02\x00\x09"),
        (r#"{"manyOwns":[{},{"flag":true}]}"#, b"\xb2\x01\x00\xb2\x01\x02\x08\x01"),
        (r#"{"manyTexts":["","a"]}"#, b"\xba\x01\x00\xba\x01\x01a"),
        (r#"{"byText":{"":0,"a":1}}"#, b"\xc2\x01\x04\x0a\x00\x10\x00\xc2\x01\x05\x0a\x01a\x10\x01"),
        (
            r#"{"byInt":{"-1":{},"5":{"flag":true}}}"#,
            b"\xca\x01\x04\x08\x01\x12\x00\xca\x01\x06\x08\x0a\x12\x02\x08\x01",
        ),
        (
            r#"{"byFlag":{"false":"GLAD","true":"UNSPECIFIED"}}"#,
            b"\xd2\x01\x04\x08\x00\x10\x01\xd2\x01\x04\x08\x01\x10\x00",
        ),
        (r#"{"choiceInt":0}"#, b"\xd8\x01\x00"),
        (r#"{"choiceOwn":{}}"#, b"\xe2\x01\x00"),
        (r#"{"unpacked":[1,0]}"#, b"\x85\x02\x01\0\0\0\x85\x02\0\0\0\0"),
        (r#"{"re-named":1}"#, b"\x88\x02\x01"),
    ] {
        check("p.All", text, bytes);
    }
}

#[test]
fn the_kit_s_own_types_have_the_forms_of_protobuf_s() {
    for (text, bytes) in [
        (r#"{"at":"1970-01-01T00:00:00Z"}"#, &b"\x0a\x00"[..]),
        (r#"{"at":"1970-01-01T00:00:01.500Z"}"#, b"\x0a\x08\x08\x01\x10\x80\xca\xb5\xee\x01"),
        (r#"{"span":"1.500s"}"#, b"\x12\x08\x08\x01\x10\x80\xca\xb5\xee\x01"),
        (r#"{"span":"-0.000001s"}"#, b"\x12\x0b\x10\x98\xf8\xff\xff\xff\xff\xff\xff\xff\x01"),
        (r#"{"mask":""}"#, b"\x1a\x00"),
        (r#"{"mask":"id,payer.firstName"}"#, b"\x1a\x16\x0a\x02id\x0a\x10payer.first_name"),
        (r#"{"any":{}}"#, b"\x22\x00"),
        (r#"{"any":{"@type":"x/p.All","flag":true}}"#, b"\x22\x0d\x0a\x07x/p.All\x12\x02\x08\x01"),
        (r#"{"any":{"@type":"x/p.All"}}"#, b"\x22\x09\x0a\x07x/p.All"),
        (
            r#"{"any":{"@type":"x/svrkit.types.Duration","value":"1s"}}"#,
            b"\x22\x1d\x0a\x17x/svrkit.types.Duration\x12\x02\x08\x01",
        ),
        (r#"{"object":{}}"#, b"\x2a\x00"),
        (r#"{"object":{"a":null,"b":[1.0,"x"]}}"#, b"\x2a\x22\x0a\x07\x0a\x01a\x12\x02\x08\x00\x0a\x17\x0a\x01b\x12\x12\x32\x10\x0a\x09\x11\0\0\0\0\0\0\xf0\x3f\x0a\x03\x1a\x01x"),
        (r#"{"value":null}"#, b"\x32\x02\x08\x00"),
        (r#"{"value":true}"#, b"\x32\x02\x20\x01"),
        (r#"{"value":{}}"#, b"\x32\x02\x2a\x00"),
        (r#"{"list":[]}"#, b"\x3a\x00"),
        (r#"{"list":[null,[]]}"#, b"\x3a\x08\x0a\x02\x08\x00\x0a\x02\x32\x00"),
        (r#"{"flag":false}"#, b"\x4a\x00"),
        (r#"{"flag":true}"#, b"\x4a\x02\x08\x01"),
        (r#"{"big":"5"}"#, b"\x52\x02\x08\x05"),
        (r#"{"text":""}"#, b"\x5a\x00"),
        (r#"{"float":"NaN"}"#, b"\x62\x09\x09\0\0\0\0\0\0\xf8\x7f"),
        (r#"{"empty":{}}"#, b"\x6a\x00"),
        (r#"{"decimal":{"value":"1.50"}}"#, b"\x72\x06\x0a\x041.50"),
        (r#"{"spans":["0s","1s"]}"#, b"\x7a\x00\x7a\x02\x08\x01"),
        (r#"{"values":[null,""]}"#, b"\x82\x01\x02\x08\x00\x82\x01\x02\x1a\x00"),
        (r#"{"byText":{"a":null}}"#, b"\x8a\x01\x07\x0a\x01a\x12\x02\x08\x00"),
        (r#"{"choiceNull":null}"#, b"\x90\x01\x00"),
        (r#"{"choiceValue":null}"#, b"\x9a\x01\x02\x08\x00"),
    ] {
        check("p.Kit", text, bytes);
    }
}

#[test]
fn a_message_that_is_no_object_stands_by_itself_too() {
    check("svrkit.types.Timestamp", r#""2026-01-31T23:59:59Z""#, b"\x08\xff\xae\xfa\xcb\x06");
    check("svrkit.types.Value", r#"{"a":[]}"#, b"\x2a\x09\x0a\x07\x0a\x01a\x12\x02\x32\x00");
    check("svrkit.types.StringValue", r#""a""#, b"\x0a\x01a");
}

#[test]
fn what_is_written_otherwise_is_taken_too() {
    for (text, canonical) in [
        (" { \"flag\" :\ttrue\r\n} ", r#"{"flag":true}"#),
        (r#"{"maybe_int":1}"#, r#"{"maybeInt":1}"#),
        (r#"{"renamed":1}"#, r#"{"re-named":1}"#),
        (r#"{"int32":"5"}"#, r#"{"int32":5}"#),
        (r#"{"int32":1e3}"#, r#"{"int32":1000}"#),
        (r#"{"int32":"10.0"}"#, r#"{"int32":10}"#),
        (r#"{"int64":5}"#, r#"{"int64":"5"}"#),
        (r#"{"uint64":1.8446744073709551615e19}"#, r#"{"uint64":"18446744073709551615"}"#),
        (r#"{"double":"1.5"}"#, r#"{"double":1.5}"#),
        (r#"{"double":1}"#, r#"{"double":1.0}"#),
        (r#"{"double":1e-400}"#, "{}"),
        (r#"{"single":0.10000000149011612}"#, r#"{"single":0.1}"#),
        (r#"{"single":"Infinity"}"#, r#"{"single":"Infinity"}"#),
        (r#"{"blob":"-_8"}"#, r#"{"blob":"+/8="}"#),
        (r#"{"text":"\u00e4\ud83d\ude00\/"}"#, r#"{"text":"ä😀/"}"#),
        (r#"{"mood":1}"#, r#"{"mood":"GLAD"}"#),
        (r#"{"mood":1.0}"#, r#"{"mood":"GLAD"}"#),
        (
            r#"{"flag":null,"own":null,"manyInts":null,"byText":null,"choiceInt":null,"choiceText":"a"}"#,
            r#"{"choiceText":"a"}"#,
        ),
        (r#"{"flag":false,"int32":0,"text":"","manyInts":[],"byText":{},"mood":"UNSPECIFIED"}"#, "{}"),
        (r#"{"text":"a","flag":true}"#, r#"{"flag":true,"text":"a"}"#),
        (r#"{"byText":{"b":1,"a":2}}"#, r#"{"byText":{"a":2,"b":1}}"#),
    ] {
        check_taken("p.All", text, canonical);
    }
    for (text, canonical) in [
        (r#"{"at":"1970-01-01T01:00:00+01:00"}"#, r#"{"at":"1970-01-01T00:00:00Z"}"#),
        (r#"{"span":"1.5s"}"#, r#"{"span":"1.500s"}"#),
        (r#"{"any":{"flag":true,"@type":"x/p.All"}}"#, r#"{"any":{"@type":"x/p.All","flag":true}}"#),
        (
            r#"{"any":{"value":"1s","@type":"x/svrkit.types.Duration"}}"#,
            r#"{"any":{"@type":"x/svrkit.types.Duration","value":"1s"}}"#,
        ),
        (r#"{"null":null}"#, "{}"),
        (r#"{"big":null,"at":null}"#, "{}"),
        (r#"{"big":5}"#, r#"{"big":"5"}"#),
        (r#"{"value":1e2}"#, r#"{"value":100.0}"#),
    ] {
        check_taken("p.Kit", text, canonical);
    }
}

#[test]
fn what_is_no_json_is_refused_with_its_place() {
    let json = |line: usize, column: usize, expected: &str| {
        format!("All at line {line}, column {column}: the text is no JSON, {expected} is missing here")
    };
    for (text, line, column, expected) in [
        ("", 1, 1, "a value"),
        ("{", 1, 2, "a text in double quotes"),
        ("{\n  flag: 1}", 2, 3, "a text in double quotes"),
        ("{'flag': 1}", 1, 2, "a text in double quotes"),
        ("{} {}", 1, 4, "the end"),
    ] {
        check_refused("p.All", text, &json(line, column, expected));
    }
    for (text, expected) in [
        (r#"{"flag" true}"#, "All at line 1, column 9: the text is no JSON, a colon is missing here"),
        (
            r#"{"flag":true "text":""}"#,
            "All at line 1, column 14: the text is no JSON, a comma or `}` is missing here",
        ),
        (
            r#"{"flag":true,}"#,
            "All at line 1, column 14: the text is no JSON, a text in double quotes is missing here",
        ),
        (
            r#"{"manyInts":[1 2]}"#,
            "All.many_ints at line 1, column 16: the text is no JSON, a comma or `]` is missing here",
        ),
        (
            r#"{"manyInts":[1,]}"#,
            "All.many_ints[1] at line 1, column 16: the text is no JSON, a value is missing here",
        ),
        (r#"{"flag":truely}"#, "All.flag at line 1, column 9: the text is no JSON, a value is missing here"),
        (r#"{"int32":01}"#, "All.int32 at line 1, column 10: the text is no JSON, a number is missing here"),
        (
            "{\"text\":\"a\nb\"}",
            "All.text at line 1, column 11: the text is no JSON, a double quote or an escape: no text has a line break or control character is missing here",
        ),
        (
            r#"{"text":"a"#,
            "All.text at line 1, column 11: the text is no JSON, a double quote at the end of a text is missing here",
        ),
        (
            r#"{"text":"\x"}"#,
            "All.text at line 1, column 10: the text is no JSON, an escape such as `\\n` is missing here",
        ),
        (
            r#"{"text":"\ud800"}"#,
            "All.text at line 1, column 10: the text is no JSON, an escape of a letter, such as `\\u00e4` or both halves of a pair is missing here",
        ),
        (
            r#"{"text":"\udc00\ud800"}"#,
            "All.text at line 1, column 10: the text is no JSON, an escape of a letter, such as `\\u00e4` or both halves of a pair is missing here",
        ),
    ] {
        check_refused("p.All", text, expected);
    }
}

#[test]
fn what_does_not_suit_the_schema_is_refused_with_its_place_and_a_remedy() {
    for (text, expected) in [
        ("[]", "All at line 1, column 1: an array stands where the schema has an object, write that"),
        ("null", "All at line 1, column 1: null stands where the schema has an object, write that"),
        (
            "{\n  \"flag\": 1\n}",
            "All.flag at line 2, column 11: a number stands where the schema has `true` or `false`, write that",
        ),
        (
            r#"{"flag":"true"}"#,
            "All.flag at line 1, column 9: a text stands where the schema has `true` or `false`, write that",
        ),
        (
            r#"{"int32":true}"#,
            "All.int32 at line 1, column 10: `true` or `false` stands where the schema has a number, write that",
        ),
        (
            r#"{"int32":1.5}"#,
            "All.int32 at line 1, column 10: the number is none that `i32` holds, write one that is",
        ),
        (
            r#"{"int32":2147483648}"#,
            "All.int32 at line 1, column 10: the number is none that `i32` holds, write one that is",
        ),
        (r#"{"int32":"x"}"#, "All.int32 at line 1, column 10: the text is not a whole number, write that"),
        (r#"{"int32":" 1"}"#, "All.int32 at line 1, column 10: the text is not a whole number, write that"),
        (r#"{"int32":"NaN"}"#, "All.int32 at line 1, column 10: the text is not a whole number, write that"),
        (
            r#"{"uint64":-1}"#,
            "All.uint64 at line 1, column 11: the number is none that `u64` holds, write one that is",
        ),
        (
            r#"{"uint64":18446744073709551616}"#,
            "All.uint64 at line 1, column 11: the number is none that `u64` holds, write one that is",
        ),
        (
            r#"{"single":1e39}"#,
            "All.single at line 1, column 11: the number is none that `f32` holds, write one that is",
        ),
        (
            r#"{"double":1e400}"#,
            "All.double at line 1, column 11: the number is none that `f64` holds, write one that is",
        ),
        (
            r#"{"double":"inf"}"#,
            "All.double at line 1, column 11: the text is not a number, `NaN`, `Infinity` or `-Infinity`, write that",
        ),
        (
            r#"{"text":1}"#,
            "All.text at line 1, column 9: a number stands where the schema has a text, write that",
        ),
        (r#"{"blob":"?"}"#, "All.blob at line 1, column 9: the text is not base64, write that"),
        (
            r#"{"mood":"HAPPY"}"#,
            "All.mood at line 1, column 9: no value of `p.Mood` is called `HAPPY`, write its name, or its number if the schema here is older",
        ),
        (
            r#"{"mood":"glad"}"#,
            "All.mood at line 1, column 9: no value of `p.Mood` is called `glad`, did you mean `GLAD`?",
        ),
        (
            r#"{"mood":2147483648}"#,
            "All.mood at line 1, column 9: the number is none that `enum` holds, write one that is",
        ),
        (
            r#"{"secretMood":"GLED"}"#,
            "All.secret_mood at line 1, column 15: no value of `p.Mood` is called so, write its name, or its number if the schema here is older",
        ),
        (r#"{"moood":1}"#, "All at line 1, column 2: there is no field `moood`, did you mean `mood`?"),
        (
            r#"{"weather":1}"#,
            "All at line 1, column 2: there is no field `weather`, leave it out or read with `ignore_unknown`",
        ),
        (
            r#"{"flag":true,"flag":true}"#,
            "All.flag at line 1, column 14: it stands here a second time, by this or its other name, leave one",
        ),
        (
            r#"{"maybeInt":1,"maybe_int":1}"#,
            "All.maybe_int at line 1, column 15: it stands here a second time, by this or its other name, leave one",
        ),
        (
            r#"{"flag":null,"flag":true}"#,
            "All.flag at line 1, column 14: it stands here a second time, by this or its other name, leave one",
        ),
        (
            r#"{"choiceInt":1,"choiceText":"a"}"#,
            "All.choice_text at line 1, column 16: another member of the oneof `choice` stands here already, leave one",
        ),
        (
            r#"{"manyInts":1}"#,
            "All.many_ints at line 1, column 13: a number stands where the schema has an array, write that",
        ),
        (
            r#"{"manyInts":[1,null]}"#,
            "All.many_ints[1] at line 1, column 16: null stands where the schema has a number, write that",
        ),
        (
            r#"{"byText":{"a":null}}"#,
            "All.by_text[\"a\"] at line 1, column 16: null stands where the schema has a number, write that",
        ),
        (
            r#"{"byText":{"a":1,"a":2}}"#,
            "All.by_text[\"a\"] at line 1, column 18: it stands here a second time, by this or its other name, leave one",
        ),
        (
            r#"{"byInt":{"1":{},"1e0":{}}}"#,
            "All.by_int[\"1e0\"] at line 1, column 18: it stands here a second time, by this or its other name, leave one",
        ),
        (r#"{"byInt":{"x":{}}}"#, "All.by_int at line 1, column 11: the text is not a number, write that"),
        (
            r#"{"byFlag":{"yes":1}}"#,
            "All.by_flag at line 1, column 12: the text is not `true` or `false`, write that",
        ),
        (
            r#"{"own":{"manyOwns":[{},{"own":{"flag":0}}]}}"#,
            "All.own.many_owns[1].own.flag at line 1, column 39: a number stands where the schema has `true` or `false`, write that",
        ),
    ] {
        check_refused("p.All", text, expected);
    }
    for (text, expected) in [
        (
            r#"{"at":"yesterday"}"#,
            "Kit.at at line 1, column 7: the text is not a point in time, such as `2026-01-31T23:59:59Z`, write that",
        ),
        (
            r#"{"span":1}"#,
            "Kit.span at line 1, column 9: a number stands where the schema has a span of time in seconds, such as `1.5s`, write that",
        ),
        (
            r#"{"mask":"first_name"}"#,
            "Kit.mask at line 1, column 9: the text is not names of fields in lowerCamelCase with commas between, write that",
        ),
        (
            r#"{"any":{"flag":true}}"#,
            "Kit.any at line 1, column 8: an any has no `@type`, add it: a `/` and the full name of a message",
        ),
        (
            r#"{"any":{"@type":"x/p.X"}}"#,
            "Kit.any at line 1, column 8: an any is to hold a `p.X`, which is not in the descriptors, add the schema that defines it",
        ),
        (
            r#"{"any":{"@type":"x/svrkit.types.Duration","valu":"1s"}}"#,
            "Kit.any at line 1, column 43: there is no field `valu`, did you mean `value`?",
        ),
        (
            r#"{"value":1e999}"#,
            "Kit.value at line 1, column 10: the number is none that `f64` holds, write one that is",
        ),
        (
            r#"{"object":{"a":1,"a":1}}"#,
            "Kit.object at line 1, column 18: it stands here a second time, by this or its other name, leave one",
        ),
    ] {
        check_refused("p.Kit", text, expected);
    }
    check_refused("p.X", "{}", "no message `p.X` is in the descriptors, add the schema that defines it");
}

#[test]
fn what_is_not_known_is_passed_over_where_that_is_asked_for() {
    let options = Options { ignore_unknown: true, ..Options::default() };
    for (text, canonical) in [
        (r#"{"x":{"a":[1,"}",null,true,false,{}]},"flag":true}"#, r#"{"flag":true}"#),
        (r#"{"mood":"NEW","manyMoods":["NEW","GLAD"],"byFlag":{"true":"NEW"}}"#, r#"{"manyMoods":["GLAD"]}"#),
    ] {
        let bytes = json::read(&POOL, "p.All", text, &options).unwrap();
        assert_eq!(write("p.All", &bytes, &options), canonical);
    }
    let broken = json::read(&POOL, "p.All", r#"{"x":[}"#, &options).unwrap_err();
    assert_eq!(broken.kind(), &ReadErrorKind::NotJson { expected: "a value" });
}

#[test]
fn the_form_of_what_is_written_can_be_chosen() {
    let bytes = b"\x08\x01\x72\x01a\xa2\x01\x02\x01\x02\x8a\x01\x00\xf2\x01\x01s";
    let choose = |options: Options| write("p.All", bytes, &options);
    assert_eq!(
        choose(Options { schema_names: true, ..Options::default() }),
        r#"{"flag":true,"text":"a","own":{},"many_ints":[1,2],"secret":"s"}"#
    );
    assert_eq!(
        choose(Options { redact_sensitive: true, ..Options::default() }),
        r#"{"flag":true,"text":"a","own":{},"manyInts":[1,2],"secret":"<redacted>"}"#
    );
    let pretty = "{\n  \"flag\": true,\n  \"text\": \"a\",\n  \"own\": {},\n  \"manyInts\": [\n    1,\n    2\n  ],\n  \"secret\": \"s\"\n}";
    assert_eq!(choose(Options { pretty: true, ..Options::default() }), pretty);
}

#[test]
fn what_has_no_presence_is_written_where_that_is_asked_for() {
    let options = Options { emit_defaults: true, ..Options::default() };
    let expected = concat!(
        r#"{"flag":false,"int32":0,"int64":"0","uint32":0,"uint64":"0","zig32":0,"zig64":"0","fixed32":0,"fixed64":"0","#,
        r#""sfixed32":0,"sfixed64":"0","single":0.0,"double":0.0,"text":"","blob":"","mood":"UNSPECIFIED","manyInts":[],"#,
        r#""manyMoods":[],"manyOwns":[],"manyTexts":[],"byText":{},"byInt":{},"byFlag":{},"choiceInt":0,"secret":"","#,
        r#""secretMood":"UNSPECIFIED","unpacked":[],"re-named":0}"#
    );
    assert_eq!(write("p.All", b"\xd8\x01\x00", &options), expected);
    assert_eq!(json::read(&POOL, "p.All", expected, &options).unwrap(), b"\xd8\x01\x00");
}

#[test]
fn what_json_cannot_hold_is_refused_with_its_place() {
    for (bytes, expected) in [
        (
            &b"\x0a\x02\x10\xff"[..],
            "Kit.at: the bytes end inside a record, somebody cut the message (at byte 2)",
        ),
        (
            b"\x0a\x0b\x10\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
            "Kit.at: a timestamp has 0 to 999999999 nanoseconds, not -1, before 1970 as well, the sender set it wrong",
        ),
        (b"\x7a\x00\x7a\x07\x08\x80\x80\x80\x80\x80\x7f", "Kit.spans[1]: "),
        (
            b"\x1a\x03\x0a\x01A",
            "Kit.mask: a path of a field mask has capitals, or no letter behind an underscore, and JSON could not be read back, the sender should name fields in snake_case",
        ),
        (
            b"\x22\x05\x0a\x03x/y",
            "Kit.any: an any holds a `y`, which is not in the descriptors, add the schema that defines it",
        ),
        (b"\x22\x03\x12\x01x", "Kit.any: an any has a value and no type, the sender set it wrong"),
        (
            b"\x22\x0c\x0a\x07x/p.All\x12\x01\x08",
            "Kit.any.value: the bytes end inside a record, somebody cut the message (at byte 13)",
        ),
        (
            b"\x32\x09\x11\0\0\0\0\0\0\xf0\x7f",
            "Kit.value: a value that is infinite or no number, which JSON cannot hold, the sender set it wrong",
        ),
    ] {
        let error = json::write(&POOL, "p.Kit", bytes, &Options::default()).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}");
    }
    let error = json::write(&POOL, "p.X", b"", &Options::default()).unwrap_err();
    assert!(matches!(error.kind(), WriteErrorKind::UnknownMessage { name } if name == "p.X"));
}

#[test]
fn a_value_of_no_kind_is_written_as_null() {
    assert_eq!(write("p.Kit", b"\x32\x00", &Options::default()), r#"{"value":null}"#);
}

/// Objects in one another, `depth` below the outermost.
fn nested(depth: usize) -> String {
    format!("{}{{}}{}", r#"{"own":"#.repeat(depth), "}".repeat(depth))
}

#[test]
fn depth_is_bounded_on_the_way_in_and_out() {
    let limits =
        |depth| Options { limits: DecodeLimits { depth, ..DecodeLimits::default() }, ..Options::default() };
    let bytes = json::read(&POOL, "p.All", &nested(64), &Options::default()).unwrap();
    assert_eq!(write("p.All", &bytes, &Options::default()), nested(64));
    let error = json::read(&POOL, "p.All", &nested(65), &Options::default()).unwrap_err();
    assert_eq!(error.kind(), &ReadErrorKind::DepthExceeded { limit: 64 });
    let error = json::write(&POOL, "p.All", &bytes, &limits(63)).unwrap_err();
    let WriteErrorKind::Bytes(error) = error.kind() else { panic!("{error}") };
    assert_eq!(error.kind(), DecodeErrorKind::DepthExceeded { limit: 63 });
    // An entry of a map is a level, as in bytes; so are a list in a value and a value in it.
    for (name, text, levels) in [
        ("p.All", r#"{"byInt":{"1":{}}}"#, 2),
        ("p.Kit", r#"{"value":[]}"#, 2),
        ("p.Kit", r#"{"value":[null]}"#, 3),
        ("p.Kit", r#"{"object":{"a":1.0}}"#, 3),
        ("p.Kit", r#"{"any":{"@type":"x/p.All","own":{}}}"#, 3),
    ] {
        let bytes = json::read(&POOL, name, text, &limits(levels)).unwrap();
        assert_eq!(write(name, &bytes, &limits(levels)), text);
        assert!(json::read(&POOL, name, text, &limits(levels - 1)).is_err(), "{text}");
        assert!(json::write(&POOL, name, &bytes, &limits(levels - 1)).is_err(), "{text}");
    }
    let deep = format!(r#"{{"x":{}{}}}"#, "[".repeat(200_000), "]".repeat(200_000));
    let options = Options { ignore_unknown: true, ..Options::default() };
    let error = json::read(&POOL, "p.All", &deep, &options).unwrap_err();
    assert_eq!(error.kind(), &ReadErrorKind::DepthExceeded { limit: 64 });
    let passed = |depth: usize| format!(r#"{{"x":{}{}}}"#, "[".repeat(depth), "]".repeat(depth));
    assert!(json::read(&POOL, "p.All", &passed(129), &options).is_ok());
    assert!(json::read(&POOL, "p.All", &passed(130), &options).is_err());
    let deep = r#"{"any":"#.repeat(100_000);
    assert!(json::read(&POOL, "p.Kit", &deep, &Options::default()).is_err());
}

#[test]
fn memory_and_length_are_bounded() {
    let limits =
        |memory| Options { limits: DecodeLimits { memory, ..DecodeLimits::default() }, ..Options::default() };
    // The message itself and three records of ten bytes, with their keys and lengths.
    let text = r#"{"manyTexts":["0123456789","0123456789","0123456789"]}"#;
    let needed = 128 + 3 * 13;
    assert!(json::read(&POOL, "p.All", text, &limits(needed)).is_ok());
    let error = json::read(&POOL, "p.All", text, &limits(needed - 1)).unwrap_err();
    assert_eq!(error.kind(), &ReadErrorKind::MemoryExceeded { limit: needed - 1 });
    for text in [r#"{"byText":{"a":1}}"#, r#"{"own":{}}"#] {
        assert!(json::read(&POOL, "p.All", text, &limits(200)).is_err(), "{text}");
    }
    for text in [r#"{"object":{"a":1}}"#, r#"{"list":[1,2,3]}"#] {
        assert!(json::read(&POOL, "p.Kit", text, &limits(200)).is_err(), "{text}");
    }
    let out = |out| json::write(&POOL, "p.All", b"\x08\x01", &Options { out, ..Options::default() });
    assert_eq!(out(13).unwrap(), r#"{"flag":true}"#);
    assert!(matches!(out(12).unwrap_err().kind(), WriteErrorKind::TooLong { limit: 12 }));
}

#[test]
fn nothing_is_told_of_what_stands_in_a_sensitive_field() {
    let pool = support::pool_of(
        "<enum name='E'><value name='Z' number='0'/></enum>
         <message name='In'><field tag='1' name='e' type='E'/><map tag='2' name='t' key='string' value='u32'/>
           <field tag='3' name='at' type='svrkit.types.Timestamp'/><field tag='4' name='s' type='svrkit.types.Struct'/>
           <field tag='5' name='any' type='svrkit.types.Any'/></message>
         <message name='M'><field tag='1' name='in' type='In' sensitive='true'/></message>",
    );
    for text in [
        r#"{"in":{"e":"hush"}}"#,
        r#"{"in":{"hush":1}}"#,
        r#"{"in":{"t":{"hush":"x"}}}"#,
        r#"{"in":{"s":{"hush":1e999}}}"#,
        r#"{"in":{"any":{"@type":"x/hush"}}}"#,
    ] {
        let error = json::read(&pool, "p.M", text, &Options::default()).unwrap_err().to_string();
        assert!(error.starts_with("M.in") && !error.contains("hush"), "{error}");
    }
    let after = json::read(&pool, "p.M", r#"{"in":{},"told":1}"#, &Options::default()).unwrap_err();
    assert_eq!(after.kind(), &ReadErrorKind::UnknownField { name: Some("told".to_owned()), nearest: None });
    for bytes in [&b"\x0a\x08\x1a\x06\x10\xff\xff\xff\xff\x07"[..], b"\x0a\x08\x2a\x06\x0a\x04hush"] {
        let error = json::write(&pool, "p.M", bytes, &Options::default()).unwrap_err();
        assert!(matches!(error.kind(), WriteErrorKind::Withheld), "{error}");
    }
}

#[test]
fn an_output_that_fails_is_said_so() {
    let mut room = [0; 5];
    let error = json::write_to(&mut room[..], &POOL, "p.All", b"\x08\x01", &Options::default()).unwrap_err();
    assert!(matches!(error.kind(), WriteErrorKind::Output(_)), "{error}");
    let mut whole = Vec::new();
    json::write_to(&mut whole, &POOL, "p.All", b"\x08\x01", &Options::default()).unwrap();
    assert_eq!(whole, br#"{"flag":true}"#);
}

#[test]
fn a_message_called_like_the_kit_s_own_that_is_another_does_no_harm() {
    use svrkit_reflect::descriptor::{DescriptorSet, Message};
    let names = [
        "Timestamp",
        "Duration",
        "FieldMask",
        "Any",
        "Struct",
        "Value",
        "ListValue",
        "BoolValue",
        "StringValue",
    ];
    for name in names {
        let name = format!("google.protobuf.{name}");
        let message = Message { name: name.clone(), ..Message::default() };
        let pool =
            Pool::new([DescriptorSet { messages: vec![message], ..DescriptorSet::default() }]).unwrap();
        for bytes in [&b""[..], b"\x0a\x02\x0a\x00\x10\x01", b"\x08\x01\x12\x01a"] {
            let _ = json::write(&pool, &name, bytes, &Options::default());
        }
        for text in ["{}", "[]", "null", "1", r#""a""#, r#"{"@type":"google.protobuf.Any"}"#] {
            let _ = json::read(&pool, &name, text, &Options::default());
        }
    }
}

/// Any JSON, as text.
fn any_json() -> BoxedStrategy<String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        any::<f64>().prop_filter("JSON has no others", |it| it.is_finite()).prop_map(|it| format!("{it:?}")),
        any::<i32>().prop_map(|it| it.to_string()),
        "\\PC{0,8}".prop_map(|it| serde_json::to_string(&it).unwrap()),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let name = "[a-d]{0,2}".prop_map(|it| format!("{it:?}"));
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|all| format!("[{}]", all.join(","))),
            prop::collection::btree_map(name, inner, 0..4).prop_map(|all| {
                let members: Vec<_> =
                    all.into_iter().map(|(name, value)| format!("{name}: {value}")).collect();
                format!("{{{}}}", members.join(" , "))
            }),
        ]
    })
    .boxed()
}

/// Texts of `p.All` that are sound, in members and values.
fn sound() -> BoxedStrategy<String> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(|it| format!(r#""flag":{it}"#)),
        any::<i32>().prop_map(|it| format!(r#""int32":{it}"#)),
        any::<i64>().prop_map(|it| format!(r#""int64":"{it}""#)),
        any::<u64>().prop_map(|it| format!(r#""uint64":{it}"#)),
        any::<i32>().prop_map(|it| format!(r#""zig32":{it}"#)),
        any::<i64>().prop_map(|it| format!(r#""sfixed64":{it}"#)),
        any::<f32>().prop_filter("finite", |it| it.is_finite()).prop_map(|it| format!(r#""single":{it:?}"#)),
        any::<f64>().prop_filter("finite", |it| it.is_finite()).prop_map(|it| format!(r#""double":{it:?}"#)),
        "\\PC{0,8}".prop_map(|it| format!(r#""text":{}"#, serde_json::to_string(&it).unwrap())),
        any::<i32>().prop_map(|it| format!(r#""mood":{it}"#)),
        prop::collection::vec(any::<i32>(), 0..5).prop_map(|it| format!(r#""manyInts":{it:?}"#)),
        prop::collection::btree_map("[a-c]{0,2}", any::<u32>(), 0..4)
            .prop_map(|it| format!(r#""byText":{it:?}"#)),
        prop::collection::btree_map(any::<bool>(), any::<i32>(), 0..3)
            .prop_map(|it| format!(r#""byFlag":{}"#, serde_json::to_string(&it).unwrap())),
        any::<u32>().prop_map(|it| format!(r#""choiceInt":{it}"#)),
    ];
    let member = leaf.prop_recursive(3, 12, 3, |inner| {
        prop::collection::vec(inner, 0..3).prop_map(|all| format!(r#""own":{}"#, object(all)))
    });
    prop::collection::vec(member, 0..6).prop_map(object).boxed()
}

/// An object of these members, the first of each name.
fn object(members: Vec<String>) -> String {
    let mut seen = std::collections::BTreeSet::new();
    let first: Vec<_> =
        members.into_iter().filter(|it| seen.insert(it.split(':').next().unwrap().to_owned())).collect();
    format!("{{{}}}", first.join(","))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn what_is_written_is_read_back_to_the_same_bytes(text in sound()) {
        let options = Options::default();
        let bytes = json::read(&POOL, "p.All", &text, &options).unwrap();
        let canonical = json::write(&POOL, "p.All", &bytes, &options).unwrap();
        prop_assert_eq!(json::read(&POOL, "p.All", &canonical, &options).unwrap(), bytes.clone());
        let chosen = Options { emit_defaults: true, schema_names: true, pretty: true, ..options };
        let chosen_text = json::write(&POOL, "p.All", &bytes, &chosen).unwrap();
        prop_assert_eq!(json::read(&POOL, "p.All", &chosen_text, &chosen).unwrap(), bytes);
        serde_json::from_str::<serde_json::Value>(&chosen_text).unwrap();
    }

    #[test]
    fn any_json_survives_as_a_value(text in any_json()) {
        let options = Options::default();
        let bytes = json::read(&POOL, "svrkit.types.Value", &text, &options).unwrap();
        let written = json::write(&POOL, "svrkit.types.Value", &bytes, &options).unwrap();
        let [expected, found] = [&text, &written].map(|text| as_floats(serde_json::from_str(text).unwrap()));
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn what_serde_json_takes_is_taken_and_nothing_else(text in "[\\[\\]{}:,\"a0-9.eE+\\-\\\\u \n]{0,10}|(null|true|false|\\[|\\]|\\{|\\}|,|:|\"a\"|\"b\"|1|-0.5e1| ){0,8}") {
        let ours = json::read(&POOL, "svrkit.types.Value", &text, &Options::default());
        let theirs = serde_json::from_str::<serde_json::Value>(&text);
        match &ours {
            Err(error) if *error.kind() == ReadErrorKind::Twice => {}
            _ => prop_assert_eq!(ours.is_ok(), theirs.is_ok(), "{:?} {:?}", ours, theirs),
        }
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,40}|[{}\\[\\]\":,a-z0-9@ ]{0,40}") {
        for name in ["p.All", "p.Kit", "svrkit.types.Any", "svrkit.types.Value"] {
            for ignore_unknown in [false, true] {
                let _ = json::read(&POOL, name, &text, &Options { ignore_unknown, ..Options::default() });
            }
        }
    }

    #[test]
    fn no_bytes_panic_and_what_is_written_is_json(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        for name in ["p.All", "p.Kit", "svrkit.types.Value", "svrkit.types.Struct"] {
            if let Ok(text) = json::write(&POOL, name, &bytes, &Options::default()) {
                serde_json::from_str::<serde_json::Value>(&text).unwrap();
                json::read(&POOL, name, &text, &Options::default()).unwrap();
            }
        }
    }
}

/// With every number a float, as a `Value` holds it.
fn as_floats(value: serde_json::Value) -> serde_json::Value {
    match value {
        serde_json::Value::Number(number) => number.as_f64().unwrap().into(),
        serde_json::Value::Array(all) => all.into_iter().map(as_floats).collect(),
        serde_json::Value::Object(all) => all.into_iter().map(|(name, it)| (name, as_floats(it))).collect(),
        other => other,
    }
}
