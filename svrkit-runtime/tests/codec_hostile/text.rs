//! A13: text is UTF-8 or refused, and every character that UTF-8 has is legal.

use svrkit_runtime::wire::tlv::{DecodeErrorKind, Tlv};

use crate::codec::messages::{Empty, Every};
use crate::codec::wire::{number, prefixed};

/// What is no UTF-8, as the Unicode standard has it (table 3-7).
const BAD: &[(&str, &[u8])] = &[
    ("a byte that continues nothing", b"\x80"),
    ("the last that continues nothing", b"\xbf"),
    ("overlong NUL", b"\xc0\x80"),
    ("overlong slash", b"\xc0\xaf"),
    ("overlong, the last of two bytes", b"\xc1\xbf"),
    ("overlong, three bytes", b"\xe0\x80\xaf"),
    ("overlong, the last of three bytes", b"\xe0\x9f\xbf"),
    ("overlong, four bytes", b"\xf0\x80\x80\xaf"),
    ("overlong, the last of four bytes", b"\xf0\x8f\xbf\xbf"),
    ("the first surrogate", b"\xed\xa0\x80"),
    ("the last of the high surrogates", b"\xed\xaf\xbf"),
    ("the first of the low surrogates", b"\xed\xb0\x80"),
    ("the last surrogate", b"\xed\xbf\xbf"),
    ("a pair of surrogates", b"\xed\xa0\xbd\xed\xb8\x80"),
    ("above U+10FFFF", b"\xf4\x90\x80\x80"),
    ("above U+13FFFF", b"\xf5\x80\x80\x80"),
    ("five bytes", b"\xf8\x88\x80\x80\x80"),
    ("six bytes", b"\xfc\x84\x80\x80\x80\x80"),
    ("0xFE", b"\xfe"),
    ("0xFF", b"\xff"),
    ("one of two bytes", b"\xc3"),
    ("one of three bytes", b"\xe2"),
    ("two of three bytes", b"\xe2\x82"),
    ("one of four bytes", b"\xf0"),
    ("two of four bytes", b"\xf0\x9f"),
    ("three of four bytes", b"\xf0\x9f\x98"),
    ("two bytes, then another character", b"\xe2\x82a"),
    ("a start where a byte should continue", b"\xe2\xe2\x82\xac"),
    ("one byte too many", b"\xc3\xa9\xa9"),
];

/// What is UTF-8 though it looks odd.
const GOOD: &[(&str, &str)] = &[
    ("nothing", ""),
    ("NUL", "\0"),
    ("all control characters", "\u{1}\u{8}\t\n\r\u{1b}\u{7f}\u{80}\u{9f}"),
    ("right to left override", "\u{202e}txt.exe"),
    ("isolates", "\u{2066}\u{2069}\u{200f}"),
    ("byte order mark", "\u{feff}"),
    ("noncharacters", "\u{fffe}\u{ffff}\u{fdd0}\u{1ffff}"),
    ("the last before the surrogates", "\u{d7ff}"),
    ("the first after them", "\u{e000}"),
    ("the last of two bytes and the first of three", "\u{7ff}\u{800}"),
    ("the last of three bytes and the first of four", "\u{ffff}\u{10000}"),
    ("the last there is", "\u{10ffff}"),
    ("joined characters", "👩‍👩‍👧 e\u{301}"),
];

/// Where text can stand: `bytes` in each of these places.
fn places(text: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let entry = |key: &[u8], value: &[u8]| [prefixed(1, key), prefixed(2, value)].concat();
    vec![
        ("a field", prefixed(7, text)),
        ("a field in a message", prefixed(2, &prefixed(14, text))),
        ("an optional field", prefixed(3, &prefixed(14, text))),
        ("an item", prefixed(4, &prefixed(14, text))),
        ("the second item", prefixed(4, &[prefixed(14, b"good"), prefixed(14, text)].concat())),
        ("a key", prefixed(17, &prefixed(12, &entry(text, b"")))),
        ("a key of a table", prefixed(19, &prefixed(2, &prefixed(1, text)))),
        ("a value", prefixed(17, &prefixed(12, &entry(b"", text)))),
        ("a text that another one replaces", [prefixed(7, text), prefixed(7, b"good")].concat()),
        ("a member of a oneof", prefixed(25, text)),
        ("a member that another one replaces", [prefixed(25, text), number(21, 1)].concat()),
    ]
}

/// At the front, at the end and in the middle, from one to many words of ASCII away from either.
fn surrounded(text: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let paddings = [0, 1, 7, 8, 9, 15, 16, 17, 31, 63, 64, 65, 200];
    paddings.into_iter().flat_map(move |before| {
        [0, 1, 7, 8, 60].map(|behind| [&vec![b'a'; before][..], text, &vec![b'z'; behind]].concat())
    })
}

#[test]
fn what_is_no_utf_8_is_refused_wherever_text_stands() {
    for (name, bad) in BAD {
        for text in surrounded(bad) {
            for (place, bytes) in places(&text) {
                let read = Every::decode(&bytes).map(drop).map_err(|error| error.kind());
                assert_eq!(read, Err(DecodeErrorKind::NotUtf8), "{name} in {place}: {text:02x?}");
            }
        }
    }
}

#[test]
fn what_is_utf_8_is_read_to_the_byte() {
    for (name, good) in GOOD {
        for text in surrounded(good.as_bytes()) {
            for (place, bytes) in places(&text) {
                let every =
                    Every::decode(&bytes).unwrap_or_else(|error| panic!("{name} in {place}: {error}"));
                let again = Every::decode(&every.encode().unwrap());
                assert_eq!(again, Ok(every), "{name} in {place}");
            }
            assert_eq!(Every::decode(&prefixed(7, &text)).unwrap().name.as_bytes(), text, "{name}");
        }
    }
}

#[test]
fn every_character_there_is_is_read() {
    let mut bytes = Vec::new();
    let all: String = ('\0'..=char::MAX).collect();
    bytes.extend(prefixed(7, all.as_bytes()));
    assert!(Every::decode(&bytes).unwrap().name == all);
}

#[test]
fn bytes_and_kept_records_need_not_be_text() {
    for (name, bad) in BAD {
        assert_eq!(Every::decode(&prefixed(16, bad)).unwrap().blob, bad, "{name}");
        let kept = Empty::decode(&prefixed(7, bad)).unwrap();
        assert_eq!(kept.encode().unwrap(), prefixed(7, bad), "{name}");
    }
}

/// The path names the key of a map, and a key is a stranger's text.
#[test]
fn what_an_error_shows_of_a_key_cannot_fool_its_reader() {
    for (name, key) in GOOD {
        let entry = [prefixed(1, key.as_bytes()), prefixed(2, b"\x08")].concat();
        let error = Every::decode(&prefixed(17, &prefixed(13, &entry))).unwrap_err();
        assert_eq!(error.kind(), DecodeErrorKind::Truncated, "{name}");
        let text = error.to_string();
        let is_odd = |it: char| {
            it.is_control()
                || ('\u{200b}'..='\u{200f}').contains(&it)
                || ('\u{202a}'..='\u{2069}').contains(&it)
        };
        let joined = *name == "joined characters";
        assert!(joined || !text.contains(is_odd), "{name}: {text:?}");
    }
}
