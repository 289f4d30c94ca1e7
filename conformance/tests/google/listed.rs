//! The differences between Google's libraries that `README.md` lists: each row one of them, and what we do.

use std::io::Write as _;
use std::process::{Command, Stdio};

use svrkit_conformance::google::{Implementation, Operation};
use svrkit_conformance::{CASES, PROTOS, SCHEMAS};
use svrkit_reflect::{Pool, json};

use crate::support::google;

const WHAT: &str = "the list of differences between Google's libraries";

/// What is read, what we make of it, what upb, and what the library in Python.
struct Row {
    what: &'static str,
    message: &'static str,
    read: &'static [u8],
    ours: &'static [u8],
    upb: &'static [u8],
    python: &'static [u8],
}

const ROWS: [Row; 6] = [
    Row {
        what: "keys that are numbers",
        message: "conformance.every.Keys",
        read: b"\x12\x04\x08\x02\x12\x00\x12\x04\x08\x01\x12\x00",
        ours: b"\x12\x04\x08\x01\x12\x00\x12\x04\x08\x02\x12\x00",
        upb: b"\x12\x04\x08\x02\x12\x00\x12\x04\x08\x01\x12\x00",
        python: b"\x12\x04\x08\x01\x12\x00\x12\x04\x08\x02\x12\x00",
    },
    Row {
        what: "a key that another one starts with",
        message: "conformance.every.Keys",
        read: b"\x62\x06\x0a\x02ab\x12\x00\x62\x05\x0a\x01a\x12\x00",
        ours: b"\x62\x05\x0a\x01a\x12\x00\x62\x06\x0a\x02ab\x12\x00",
        upb: b"\x62\x06\x0a\x02ab\x12\x00\x62\x05\x0a\x01a\x12\x00",
        python: b"\x62\x05\x0a\x01a\x12\x00\x62\x06\x0a\x02ab\x12\x00",
    },
    Row {
        what: "an entry with an unknown field inside",
        message: "conformance.every.Keys",
        read: b"\x12\x06\x08\x01\x12\x00\x18\x09",
        ours: b"\x12\x04\x08\x01\x12\x00",
        upb: b"\x12\x04\x08\x01\x18\x09",
        python: b"\x12\x04\x08\x01\x12\x00",
    },
    Row {
        what: "a NaN that is not the usual one",
        message: "conformance.every.Plain",
        read: b"\x65\x01\x00\xe0\xff",
        ours: b"\x65\x01\x00\xe0\xff",
        upb: b"\x65\x01\x00\xe0\xff",
        python: b"\x65\x00\x00\xc0\x7f",
    },
    Row {
        what: "a key of two bytes where one is enough",
        message: "conformance.every.Plain",
        read: b"\x88\x00\x01",
        ours: b"\x08\x01",
        upb: b"\x08\x01",
        python: b"\x88\x00\x01",
    },
    Row {
        what: "a known field in another kind",
        message: "conformance.every.Plain",
        read: b"\x0d\x01\x00\x00\x00",
        ours: b"\x0d\x01\x00\x00\x00",
        upb: b"\x0d\x01\x00\x00\x00",
        python: b"\x0d\x01\x00\x00\x00",
    },
];

#[test]
fn googles_libraries_differ_as_the_list_says() {
    let Some(mut upb) = google(Implementation::Upb, WHAT) else { return };
    let Some(mut python) = google(Implementation::Python, WHAT) else { return };
    for Row { what, message, read, ours, upb: by_upb, python: by_python } in ROWS {
        let case = CASES.iter().find(|case| case.name == message).unwrap();
        assert_eq!((case.rewrite)(read).unwrap(), ours, "{what}");
        for (google, expected) in [(&mut *upb, by_upb), (&mut *python, by_python)] {
            let answers = google.ask(Operation::Rewrite, message, &[read.to_vec()]).unwrap();
            assert_eq!(answers, [Ok(expected.to_vec())], "{what}");
        }
    }
}

/// protoc is made of Google's library for C++.
#[test]
fn the_library_for_cpp_sorts_maps_as_we_do() {
    let protoc = |operation: &str, input: &[u8]| {
        let mut protoc = Command::new(std::env::var_os("PROTOC").unwrap_or("protoc".into()));
        protoc.args(["-I", PROTOS, operation, "conformance/every.proto"]);
        if operation.starts_with("--encode") {
            protoc.arg("--deterministic_output");
        }
        let mut running = protoc.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        running.stdin.take().unwrap().write_all(input).unwrap();
        let output = running.wait_with_output().unwrap();
        assert!(output.status.success());
        output.stdout
    };
    let message = "conformance.every.Keys";
    let case = CASES.iter().find(|case| case.name == message).unwrap();
    // Numbers on both sides of zero, and texts that start alike.
    let texts = ["", "a", "ab", "b", "\u{7f}", "é"].map(|key| {
        [&[0x62, key.len() as u8 + 4, 0x0a, key.len() as u8], key.as_bytes(), &[0x12, 0x00]].concat()
    });
    let numbers = [0_u8, 1, 2, 3, 4].map(|zigzag| vec![0x32, 4, 0x08, zigzag, 0x12, 0x00]);
    let shuffled = [
        texts[4].clone(),
        texts[0].clone(),
        texts[2].clone(),
        texts[5].clone(),
        texts[1].clone(),
        texts[3].clone(),
    ];
    let read = [numbers.concat(), shuffled.concat()].concat();
    let ours = (case.rewrite)(&read).unwrap();
    assert_ne!(ours, read);
    let text = protoc(&format!("--decode={message}"), &read);
    assert_eq!(protoc(&format!("--encode={message}"), &text), ours);
}

#[test]
fn json_differs_as_the_list_says() {
    let Some(mut google) = google(Implementation::Upb, WHAT) else { return };
    let pool = Pool::from_bytes(SCHEMAS).unwrap();
    let options = json::Options::default();
    let greatest = b"\x0d\xff\xff\x7f\x7f".to_vec();
    let text = b"3.4028235e+38".to_vec();
    let written =
        google.ask(Operation::ToJson, "google.protobuf.FloatValue", std::slice::from_ref(&greatest)).unwrap();
    assert_eq!(written, [Ok(text.clone())]);
    let read = google.ask(Operation::FromJson, "google.protobuf.FloatValue", &[text]).unwrap();
    assert!(read[0].as_ref().is_err_and(|fault| fault.contains("Float value too large")), "{read:?}");
    assert_eq!(json::read(&pool, "svrkit.types.F32Value", "3.4028235e+38", &options).unwrap(), greatest);

    let nothing = google.ask(Operation::ToJson, "google.protobuf.Value", &[Vec::new()]).unwrap();
    assert_eq!(nothing, [Ok(b"null".to_vec())]);
    assert_eq!(json::write(&pool, "svrkit.types.Value", b"", &options).unwrap(), "null");
    let read = google.ask(Operation::FromJson, "google.protobuf.Value", &[b"null".to_vec()]).unwrap();
    assert_eq!(read, [Ok(b"\x08\x00".to_vec())]);
    assert_eq!(json::read(&pool, "svrkit.types.Value", "null", &options).unwrap(), b"\x08\x00");
}
