//! Bytes as people see them: text and annotated hex, with the schema and without, golden files in `shown/`.
//!
//! `SVRKIT_BLESS=1` writes them anew; the diff is then to be read.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::fs;
use std::sync::LazyLock;

use proptest::prelude::*;
use svrkit_reflect::annotate::{self, annotate};
use svrkit_reflect::text::{self, ReadErrorKind, WriteError};
use svrkit_reflect::{Dynamic, FieldValue, MessageDescriptor, Pool, Shown, Value, json};
use svrkit_runtime::wire::tlv::{DECODE_DEPTH_DEFAULT, DecodeErrorKind, DecodeLimits};

const SCHEMA: &str = "
  <enum name='Mood'><value name='UNSPECIFIED' number='0'/><value name='GLAD' number='1'/><value name='SAD' number='-2'/></enum>
  <message name='Item'><field tag='1' name='sku' type='string'/><field tag='2' name='count' type='u32'/></message>
  <message name='Order'>
    <field tag='1' name='id' type='u64'/>
    <field tag='2' name='note' type='string'/>
    <field tag='3' name='items' type='Item' repeated='true'/>
    <field tag='4' name='mood' type='Mood'/>
    <map tag='5' name='labels' key='string' value='s32'/>
    <map tag='6' name='stock' key='u32' value='Item'/>
    <field tag='7' name='weights' type='fixed32' repeated='true'/>
    <field tag='8' name='moods' type='Mood' repeated='true'/>
    <field tag='9' name='loose' type='s64' repeated='true' packed='false'/>
    <oneof name='payer'><field tag='10' name='uin' type='u64'/><field tag='11' name='guest' type='string'/></oneof>
    <field tag='12' name='secret' type='Item' sensitive='true'/>
    <field tag='13' name='blob' type='bytes'/>
    <field tag='14' name='flag' type='bool'/>
    <field tag='15' name='share' type='f64'/>
    <field tag='16' name='part' type='f32' optional='true'/>
    <field tag='17' name='inner' type='Order'/>
  </message>";

static POOL: LazyLock<Pool> = LazyLock::new(|| support::pool_of(SCHEMA));

fn order() -> MessageDescriptor<'static> {
    POOL.message("p.Order").unwrap()
}

/// All ways to show some bytes, against the golden file of this name.
#[track_caller]
fn check(name: &str, bytes: &[u8]) {
    let redacted = text::Options { redact_sensitive: true, ..Default::default() };
    let hidden = annotate::Options { redact_sensitive: true, ..Default::default() };
    let (text_options, hex_options) = Default::default();
    let mut found = String::new();
    let mut add = |title: &str, shown: Shown| {
        let faults = shown.faults();
        found.push_str(&format!("== {title}, faults: {faults}\n{}", shown.text()));
    };
    add("text", text::dump(Some(order()), bytes, &text_options));
    add("text, redacted", text::dump(Some(order()), bytes, &redacted));
    add("text without schema", text::dump(None, bytes, &text_options));
    add("hex", annotate(Some(order()), bytes, &hex_options));
    add("hex, redacted", annotate(Some(order()), bytes, &hidden));
    add("hex without schema", annotate(None, bytes, &hex_options));
    let file = support::repository(&format!("svrkit-reflect/tests/shown/{name}.txt"));
    if std::env::var_os("SVRKIT_BLESS").is_some() {
        fs::write(&file, &found).unwrap();
    }
    let expected = fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(found, expected, "{name}: SVRKIT_BLESS=1 writes the file anew");
}

/// The bytes of a text.
#[track_caller]
fn bytes_of(text: &str) -> Vec<u8> {
    text::read(order(), text, &text::Options::default()).unwrap_or_else(|error| panic!("{text}: {error}"))
}

const FULL: &str = "
  id: 150 note: 'grün \\001 \"x\"' items { sku: 'a' count: 3 } items {} mood: SAD
  labels { key: 'k' value: -1 } stock { key: 7 value { sku: 'b' } } weights: [1, 4294967295] moods: [GLAD, 9, SAD]
  loose: -5 loose: 6 guest: 'me' secret { sku: 's' } blob: '\\000\\377 a long one that takes rows' flag: true share: 1.5
  part: -inf inner { note: 'a text that is much longer than one row of hex, and longer than what stands beside it' }
  20: 150 21: 0x00000001 22: 0x3ff0000000000000 23: 'text' 24 { 1: 7 2 { 1: 'deep' } } 25: [1, 2, 3] 26: '\\377'";

#[test]
fn bytes_are_shown_field_by_field_and_byte_by_byte() {
    check("full", &bytes_of(FULL));
    check("empty", b"");
}

#[test]
fn what_makes_no_sense_is_shown_with_its_place_and_the_rest_goes_on() {
    let full = bytes_of(FULL);
    check("cut", &full[..60]);
    for (name, bytes) in [
        // The item is malformed, the order around it is not.
        ("bad_item", &b"\x08\x01\x1a\x04\x0a\x01a\x07\x20\x01"[..]),
        ("bad_secret", b"\x62\x04\x0a\x09se\x08\x02"),
        ("bad_text", b"\x12\x02\xff\xfe\x08\x01"),
        ("bad_packed", b"\x3a\x05\x01\x00\x00\x00\x02\x42\x02\x01\xff\x08\x01"),
        ("other_kind", b"\x10\x05\x0a\x02hi\x2a\x04\x0a\x01k\x15"),
        ("group", b"\x08\x01\x13\x08\x01\x14"),
        ("long_varint", b"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x08\x01"),
        ("padded", b"\x88\x00\x81\x00\x12\x82\x00hi"),
        ("twice", b"\x08\x01\x08\x02"),
        ("garbage", b"HTTP/1.1 200 OK\r\n\r\n"),
        ("huge_tag", b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
    ] {
        check(name, bytes);
    }
}

/// The offsets of the lines must follow one another from the first byte to the last.
#[track_caller]
fn assert_covered(shown: &Shown, bytes: &[u8]) {
    let mut at = 0;
    for line in shown.text().lines() {
        let words: Vec<_> = line.split(' ').filter(|word| !word.is_empty()).collect();
        let is_remark = line.starts_with(&" ".repeat((bytes.len().max(1) - 1).to_string().len() + 2));
        if is_remark {
            continue;
        }
        assert_eq!(words[0].parse(), Ok(at), "{line}\n{}", shown.text());
        let hex_column = (bytes.len() - 1).to_string().len() + 2;
        let hex_end = line.len().min(hex_column + 30);
        let hex: Vec<_> = line[hex_column..hex_end].split_ascii_whitespace().collect();
        for byte in hex {
            assert_eq!(u8::from_str_radix(byte, 16), Ok(bytes[at]), "{line}");
            at += 1;
        }
    }
    assert_eq!(at, bytes.len(), "{}", shown.text());
}

fn show_all(bytes: &[u8]) {
    for message in [None, Some(order())] {
        let shown = annotate(message, bytes, &annotate::Options::default());
        assert_covered(&shown, bytes);
        let dumped = text::dump(message, bytes, &text::Options::default());
        assert_eq!((dumped.faults(), dumped.first_fault()), (shown.faults(), shown.first_fault()));
        assert!(!shown.is_cut() && !dumped.is_cut());
        for redact_sensitive in [false, true] {
            annotate(message, bytes, &annotate::Options { redact_sensitive, ..Default::default() });
        }
    }
}

/// Whether the codec's rules take the bytes: all of them are walked.
fn is_sound(message: &Dynamic<'_>) -> bool {
    fn sound(value: Value<'_>) -> bool {
        !matches!(&value, Value::Message(message) if !is_sound(message))
    }
    message.fields().all(|field| match field {
        Err(_) => false,
        Ok((_, FieldValue::One(value))) => sound(value),
        Ok((_, FieldValue::Many(mut values))) => values.all(|value| value.is_ok_and(sound)),
        Ok((_, FieldValue::Map(mut entries))) => {
            entries.all(|entry| entry.is_ok_and(|(_, value)| sound(value)))
        }
    })
}

#[test]
fn a_message_cut_anywhere_is_shown_up_to_there() {
    let full = bytes_of(FULL);
    for cut in 0..full.len() {
        show_all(&full[..cut]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_byte_stands_in_one_line(bytes in prop::collection::vec(prop_oneof![any::<u8>(), 0_u8..32], 0..120)) {
        show_all(&bytes);
    }

    #[test]
    fn every_byte_of_a_damaged_message_stands_in_one_line_and_faults_are_those_of_the_codec(
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4)
    ) {
        let mut bytes = bytes_of(FULL);
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        show_all(&bytes);
        let is_sound = Dynamic::new(order(), &bytes, &DecodeLimits::default()).is_ok_and(|it| is_sound(&it));
        let shown = annotate(Some(order()), &bytes, &annotate::Options::default());
        prop_assert_eq!(shown.first_fault().is_none(), is_sound, "{}", shown.text());
    }

    #[test]
    fn text_of_sound_bytes_gives_them_back_in_canonical_form(
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4)
    ) {
        let mut bytes = bytes_of(FULL);
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let options = text::Options::default();
        if let Ok(text) = text::write(order(), &bytes, &options) {
            let canonical = text::read(order(), &text, &options).unwrap_or_else(|error| panic!("{error}\n{text}"));
            prop_assert_eq!(text::write(order(), &canonical, &options).unwrap(), text);
            let json = |bytes: &[u8]| json::write(&POOL, "p.Order", bytes, &json::Options::default()).unwrap();
            prop_assert_eq!(json(&bytes), json(&canonical));
        }
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,40}|([a-z]{1,6}|[0-9x]{1,4}|[:{}<>\\[\\]\"'\\\\, #\n-]){0,30}") {
        let _ = text::read(order(), &text, &text::Options::default());
    }

    #[test]
    fn a_damaged_text_never_panics(at in any::<prop::sample::Index>(), letter in "[-:{}\"'0-9a-z\\\\\n]", takes in 0_usize..4) {
        let mut letters: Vec<char> = FULL.chars().collect();
        let at = at.index(letters.len());
        let end = (at + takes).min(letters.len());
        letters.splice(at..end, letter.chars());
        let _ = text::read(order(), &letters.into_iter().collect::<String>(), &text::Options::default());
    }
}

#[test]
fn text_and_bytes_of_every_type_are_the_same_thing() {
    let bytes = bytes_of(FULL);
    let options = text::Options::default();
    let written = text::write(order(), &bytes, &options).unwrap();
    assert_eq!(written, text::dump(Some(order()), &bytes, &options).text());
    assert_eq!(bytes_of(&written), bytes);
}

#[test]
fn text_is_read_in_all_its_forms() {
    let numbers = b"\x3a\x08\x01\x00\x00\x00\x02\x00\x00\x00";
    for (text, expected) in [
        ("", &b""[..]),
        (" # nothing\n", b""),
        ("id:1", b"\x08\x01"),
        ("id: 0x1F, note: 'a' \"b\";", b"\x08\x1f\x12\x02ab"),
        ("id: 017", b"\x08\x0f"),
        ("id: 0", b""),
        ("items: { sku: 'a' } items < count: 1 >", b"\x1a\x03\x0a\x01a\x1a\x02\x10\x01"),
        ("items: [{ sku: 'a' }, {}]", b"\x1a\x03\x0a\x01a\x1a\x00"),
        ("items: []", b""),
        ("weights: 1 weights: 2", numbers),
        ("weights: [1, 2]", numbers),
        ("mood: GLAD", b"\x20\x01"),
        ("mood: 7", b"\x20\x07"),
        ("labels {}", b"\x2a\x04\x0a\x00\x10\x00"),
        ("stock { value {} key: 2 }", b"\x32\x04\x08\x02\x12\x00"),
        ("flag: t", b"\x70\x01"),
        ("part: nan", b"\x85\x01\x00\x00\xc0\x7f"),
        ("part: -1.5f", b"\x85\x01\x00\x00\xc0\xbf"),
        ("99: 1 99 { 1: 0x00000002 } 99: []", b"\x98\x06\x01\x9a\x06\x05\x0d\x02\x00\x00\x00\x9a\x06\x00"),
    ] {
        assert_eq!(bytes_of(text), expected, "{text}");
    }
}

#[test]
fn errors_of_text_say_where_what_and_what_to_do() {
    for (text, expected) in [
        ("id 1", "line 1, column 4: `:` is missing here"),
        ("id: 'x'", "line 1, column 5: this is no value of `u64`, write one that is"),
        ("id: -1", "line 1, column 5: this is no value of `u64`, write one that is"),
        ("id: 1\n\n  id: 2", "line 3, column 3: it has a value already, leave one"),
        ("id: [1]", "line 1, column 6: one value, as the schema has it, is missing here"),
        ("note: '\\377'", "line 1, column 7: this is no value of `string`, write one that is"),
        ("note: 'ä\\q'", "line 1, column 9: an escape such as `\\n` or `\\001` is missing here"),
        ("note: 'x", "line 1, column 8: a quote at the end of a text is missing here"),
        ("itms {}", "line 1, column 1: there is no field `itms` in `p.Order`, did you mean `items`?"),
        ("items { sku: 'a'", "line 1, column 17: a field or `}` is missing here"),
        ("items { 1x: 1 }", "line 1, column 9: a tag lies between 1 and 536870911, write one that does"),
        ("0: 1", "line 1, column 1: a tag lies between 1 and 536870911, write one that does"),
        ("536870912: 1", "line 1, column 1: a tag lies between 1 and 536870911, write one that does"),
        ("99: x", "line 1, column 5: this is no value of `u64`, write one that is"),
        (
            "99: [REDACTED]",
            "line 1, column 6: the value was left out when this was written, write it without redaction",
        ),
        (
            "secret: [REDACTED]",
            "line 1, column 10: the value was left out when this was written, write it without redaction",
        ),
        ("mood: GLAAD", "line 1, column 7: no value of `p.Mood` is called `GLAAD`, did you mean `GLAD`?"),
        (
            "uin: 1 guest: 'x'",
            "line 1, column 8: another member of the oneof `payer` stands here already, leave one",
        ),
        ("labels { key: 'a' } labels { key: 'a' }", "line 1, column 28: it has a value already, leave one"),
        ("labels { kee: 'a' }", "line 1, column 10: `key` or `value` is missing here"),
        (
            "secret { peek: 1 }",
            "line 1, column 10: there is no field `…` in `p.Item`, write its tag if the schema here is older",
        ),
        ("}", "line 1, column 1: a field or the end is missing here"),
    ] {
        let error = text::read(order(), text, &text::Options::default()).unwrap_err();
        assert_eq!(error.to_string(), expected, "{text}");
    }
}

#[test]
fn depth_is_limited_in_text_and_shown_in_bytes() {
    let depth = DECODE_DEPTH_DEFAULT as usize;
    let nested = |levels: usize| format!("{}id: 1{}", "inner { ".repeat(levels), " }".repeat(levels));
    let deep = bytes_of(&nested(depth));
    assert_eq!(annotate(Some(order()), &deep, &annotate::Options::default()).first_fault(), None);
    let options = text::Options::default();
    assert!(text::write(order(), &deep, &options).is_ok());
    let error = text::read(order(), &nested(depth + 1), &options).unwrap_err();
    assert_eq!(error.kind(), &ReadErrorKind::DepthExceeded { limit: DECODE_DEPTH_DEFAULT });
    // An entry of a map is a level, as the codec counts it.
    let with_labels = |levels| nested(levels).replace("id: 1", "labels { key: 'k' value: 1 }");
    let labels = bytes_of(&with_labels(depth - 1));
    assert_eq!(annotate(Some(order()), &labels, &Default::default()).first_fault(), None);
    let error = text::read(order(), &with_labels(depth), &options).unwrap_err();
    assert_eq!(error.kind(), &ReadErrorKind::DepthExceeded { limit: DECODE_DEPTH_DEFAULT });
    let labels =
        [&b"\x8a\x01"[..], &[labels.len() as u8 | 0x80, (labels.len() >> 7) as u8], &labels].concat();
    let fault = annotate(Some(order()), &labels, &Default::default()).first_fault().map(|it| it.kind());
    assert_eq!(fault, Some(DecodeErrorKind::DepthExceeded { limit: DECODE_DEPTH_DEFAULT }));

    let deeper = [&b"\x8a\x01"[..], &[deep.len() as u8 | 0x80, (deep.len() >> 7) as u8], &deep].concat();
    let fault = annotate(Some(order()), &deeper, &annotate::Options::default()).first_fault().unwrap();
    assert_eq!(fault.kind(), DecodeErrorKind::DepthExceeded { limit: DECODE_DEPTH_DEFAULT });
    assert!(matches!(text::write(order(), &deeper, &options), Err(WriteError::Bytes(_))));
}

#[test]
fn memory_is_limited_in_text() {
    let limits = DecodeLimits { memory: 4096, ..DecodeLimits::default() };
    let options = text::Options { limits, ..Default::default() };
    for (row, fits, exceeds) in
        [("items {} ", 20, 40), ("99: 'twenty bytes of text' ", 40, 4096), ("loose: 1 ", 100, 4096)]
    {
        assert!(text::read(order(), &row.repeat(fits), &options).is_ok(), "{row}");
        let error = text::read(order(), &row.repeat(exceeds), &options).unwrap_err();
        assert_eq!(error.kind(), &ReadErrorKind::MemoryExceeded { limit: 4096 }, "{row}");
    }
}

#[test]
fn text_ends_at_its_limit_and_says_so() {
    let bytes = b"\x08\x01\x12\x02hi\x07";
    let whole = text::dump(Some(order()), bytes, &text::Options::default());
    let len = whole.text().len();
    for out in 0..=len {
        let shown = text::dump(Some(order()), bytes, &text::Options { out, ..Default::default() });
        assert_eq!((shown.is_cut(), shown.faults()), (out < len, 1));
        assert_eq!(shown.text().contains("raise `text.out`"), out < len);
    }
    let sound = &bytes[..6];
    let len = text::write(order(), sound, &text::Options::default()).unwrap().len();
    let limit = len - 1;
    assert!(text::write(order(), sound, &text::Options { out: len, ..Default::default() }).is_ok());
    let error = text::write(order(), sound, &text::Options { out: limit, ..Default::default() }).unwrap_err();
    assert_eq!(error, WriteError::TooLong { limit });
    assert!(error.to_string().contains("`text.out`"));

    let whole = annotate(None, bytes, &annotate::Options::default()).into_text();
    for out in [0, whole.len() - 1, whole.len()] {
        let shown = annotate(None, bytes, &annotate::Options { out, ..Default::default() });
        assert_eq!((shown.is_cut(), shown.faults()), (out < whole.len(), 1));
        assert_eq!(shown.text().contains("raise `annotate.out`"), out < whole.len());
    }
}

#[test]
fn bombs_are_shown_within_the_limits() {
    let mut deep = Vec::new();
    for _ in 0..100_000 {
        let mut len = deep.len();
        // Written from the end: key, length, what is inside.
        let mut head = vec![0x0a];
        while len >= 0x80 {
            head.push(len as u8 | 0x80);
            len >>= 7;
        }
        head.push(len as u8);
        head.reverse();
        deep.extend(head);
    }
    deep.reverse();
    let out = 1 << 20;
    for bytes in [&deep[..], &vec![0; 4 << 20], &[0x1a, 0x00].repeat(1 << 19), &vec![0xff; 1 << 20]] {
        for message in [None, Some(order())] {
            let shown = annotate(message, bytes, &annotate::Options { out, ..Default::default() });
            assert!(shown.text().len() < out + 200);
            let shown = text::dump(message, bytes, &text::Options { out, ..Default::default() });
            assert!(shown.text().len() < out + 200);
        }
    }
}
