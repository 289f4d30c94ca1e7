//! `cargo svrkit convert`.

use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};

use crate::support::Folder;

const SHOP: &str = "<protocol package='shop'><message name='Order'><field tag='1' name='id' type='u64'/>\
    <field tag='2' name='note' type='string' sensitive='true'/></message></protocol>";

const BYTES: &[u8] = b"\x08\x96\x01\x12\x02hi";
const HEX: &str = "08960112026869\n";
const JSON: &str = "{\"id\":\"150\",\"note\":\"hi\"}\n";
const TEXT: &str = "id: 150\nnote: \"hi\"\n";

fn folder() -> Folder {
    let folder = Folder::new();
    folder.write("schemas/shop.xml", SHOP);
    folder
}

#[test]
fn every_form_becomes_every_other() {
    let folder = folder();
    let forms =
        [("tlv", BYTES), ("hex", HEX.as_bytes()), ("json", JSON.as_bytes()), ("text", TEXT.as_bytes())];
    for (from, input) in forms {
        fs::write(folder.path().join("in"), input).unwrap();
        for (to, output) in forms {
            let words = ["convert", "--from", from, "--to", to, "--message", "shop.Order"];
            let file = [&words[..], &["in", "-o", "out"]].concat();
            let wrote = format!("wrote `out`: {} bytes\n", output.len());
            folder.svrkit(file).check(0, &wrote, "");
            assert_eq!(fs::read(folder.path().join("out")).unwrap(), output, "{from} {to}");
            // Bytes on standard output are as they are.
            let piped = folder.svrkit_bytes(words, input);
            assert_eq!(piped, (0, output.to_vec()), "{from} {to}");
        }
    }
}

#[test]
fn what_comes_in_may_be_wrong_and_nothing_goes_out() {
    let folder = folder();
    for (from, to, input, expected) in [
        (
            "text",
            "tlv",
            &b"id: 1\nnoet: 'x'"[..],
            "error: line 2, column 1: there is no field `noet` in `shop.Order`, did you mean `note`?\n",
        ),
        (
            "json",
            "tlv",
            b"{\"noet\": 1}",
            "error: Order at line 1, column 2: there is no field `noet`, did you mean `note`?\n",
        ),
        ("text", "tlv", b"\xff", "error: what came in is no utf-8, and so no text\n"),
        (
            "hex",
            "tlv",
            b"0",
            "error: character 1 of the hex is not part of a byte, write two digits a byte\n",
        ),
        (
            "tlv",
            "text",
            b"\x08",
            "error: Order: the bytes end inside a record, somebody cut the message (at byte 0)\n",
        ),
        (
            "tlv",
            "hex",
            b"\x08",
            "error: at byte 1: the bytes end inside a record, somebody cut the message\n",
        ),
    ] {
        let words = ["convert", "--from", from, "--to", to, "--message", "shop.Order", "-o", "out"];
        folder.svrkit_with(words, input).check(1, "", expected);
        assert!(!folder.path().join("out").exists());
    }
}

#[test]
fn options_change_what_is_written_and_what_is_taken() {
    let folder = folder();
    for (words, input, output) in [
        (&["--from", "text", "--to", "json", "--pretty"][..], "id: 1", "{\n  \"id\": \"1\"\n}\n"),
        (&["--from", "text", "--to", "json", "--redact"], TEXT, "{\"id\":\"150\",\"note\":\"<redacted>\"}\n"),
        (&["--from", "text", "--to", "text", "--redact"], TEXT, "id: 150\nnote: [REDACTED]\n"),
        (&["--from", "json", "--to", "text", "--ignore-unknown"], "{\"id\": 1, \"x\": []}", "id: 1\n"),
        (&["--from", "text", "--to", "text"], "9: 7 id: 0x1", "id: 1\n9: 7\n"),
    ] {
        let words = [&["convert", "--message", "shop.Order"], words].concat();
        folder.svrkit_with(words, input.as_bytes()).check(0, output, "");
    }
}

#[test]
fn a_flag_that_means_nothing_here_is_refused() {
    let folder = folder();
    for (from, to, flag, refusal) in [
        ("text", "hex", "--pretty", "only json is written pretty: convert to json, or leave --pretty out"),
        ("json", "text", "--pretty", "only json is written pretty: convert to json, or leave --pretty out"),
        (
            "text",
            "json",
            "--ignore-unknown",
            "only members of json are passed over: convert from json, or leave --ignore-unknown out",
        ),
    ] {
        let words = ["convert", "--from", from, "--to", to, flag, "--message", "shop.Order"];
        folder.svrkit_with(words, TEXT.as_bytes()).check(2, "", &format!("error: {refusal}\n"));
    }
}

#[test]
fn bytes_are_not_redacted_in_silence() {
    let folder = folder();
    for to in ["tlv", "hex"] {
        let words = ["convert", "--from", "text", "--to", to, "--redact", "--message", "shop.Order"];
        let refusal = "error: bytes cannot be redacted: convert to json or text, or leave --redact out\n";
        folder.svrkit_with(words, TEXT.as_bytes()).check(2, "", refusal);
    }
}

#[test]
fn what_json_has_no_place_for_is_not_lost_in_silence() {
    let folder = folder();
    let warning =
        "warning: 2 records that the schema does not know: json has no place for such, text keeps them\n";
    // A tag that is not known, and a known one in another kind.
    let bytes = b"\x08\x01\x4a\x02\x08\x01\x0a\x00";
    let words = ["convert", "--from", "tlv", "--to", "json", "--message", "shop.Order"];
    folder.svrkit_with(words, bytes).check(0, "{\"id\":\"1\"}\n", warning);
    let words = ["inspect", "-", "--format", "json", "--message", "shop.Order"];
    folder.svrkit_with(words, bytes).check(0, "{\n  \"id\": \"1\"\n}\n", warning);
    let words = ["convert", "--from", "tlv", "--to", "text", "--message", "shop.Order"];
    folder.svrkit_with(words, bytes).check(0, "id: 1\n9 {\n  1: 1\n}\n1: \"\"\n", "");
}

#[test]
fn without_a_message_nothing_can_be_converted() {
    let ended = folder().svrkit_with(["convert", "--from", "tlv", "--to", "json"], b"");
    ended.check(2, "", "error: no message is named: name the one that is converted by --message\n");
}

const EVERYTHING: &str = "<protocol package='every'>\
    <enum name='Mood'><value name='UNSPECIFIED' number='0'/></enum>\
    <message name='Thing'>\
    <field tag='1' name='flag' type='bool'/><field tag='2' name='a' type='i32'/><field tag='3' name='b' type='i64'/>\
    <field tag='4' name='c' type='u32'/><field tag='5' name='d' type='u64'/><field tag='6' name='e' type='s32'/>\
    <field tag='7' name='f' type='s64'/><field tag='8' name='g' type='fixed32'/><field tag='9' name='h' type='fixed64'/>\
    <field tag='10' name='i' type='sfixed32'/><field tag='11' name='j' type='sfixed64'/>\
    <field tag='12' name='k' type='f32'/><field tag='13' name='l' type='f64'/><field tag='14' name='text' type='string'/>\
    <field tag='15' name='blob' type='bytes'/><field tag='16' name='mood' type='Mood'/>\
    <field tag='17' name='inner' type='Thing'/><field tag='18' name='maybe' type='u32' optional='true'/>\
    <field tag='19' name='packed' type='f32' repeated='true'/>\
    <field tag='20' name='loose' type='s32' repeated='true' packed='false'/>\
    <field tag='21' name='texts' type='string' repeated='true'/><field tag='22' name='things' type='Thing' repeated='true'/>\
    <map tag='23' name='names' key='string' value='bytes'/><map tag='24' name='by_number' key='s32' value='Thing'/>\
    <oneof name='choice'><field tag='25' name='one' type='u32'/><field tag='26' name='other' type='Thing'/></oneof>\
    </message></protocol>";

/// Values that are easy to get wrong.
const THING: &str = r#"
    flag: true a: -2147483648 b: -9223372036854775808 c: 4294967295 d: 18446744073709551615 e: -1 f: -9223372036854775808
    g: 4294967295 h: 18446744073709551615 i: -2147483648 j: -1 k: 1e-45 l: -1.7976931348623157e308
    text: "gr\303\274n \001\t\r\n\"'\\ \u202e \360\237\246\200" blob: "\000\377\0011 \"'\\?" mood: 9 inner { inner { maybe: 0 } }
    packed: [0, -0.0, 0.1, inf, -inf, 3.4028235e38] loose: 1 loose: -1 texts: "" texts: "b" things {} things { a: 1 }
    names { key: "" value: "" } names { key: "k\n" value: "\200" } by_number { key: -1 value { c: 7 } } by_number { key: 0 value {} }
    other { one: 0 }"#;

/// What the schema above does not know, in each of its forms.
const UNKNOWN: &str =
    "30: 150 31: 0x00000096 32: 0x4000000000000001 33: \"\\001text\\377\" 34 { 1: 7 2 { 1: 0x00000001 } }";

/// What protoc makes of `input`.
fn protoc(folder: &Folder, does: &str, input: &[u8]) -> Vec<u8> {
    let mut words = vec!["-I", "proto", does, "every.proto"];
    if does.starts_with("--encode") {
        words.push("--deterministic_output");
    }
    let child = Command::new("protoc")
        .args(words)
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child =
        child.unwrap_or_else(|error| panic!("cannot run protoc ({error}): scripts/test installs it"));
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

#[test]
fn our_text_is_read_by_protoc_and_that_of_protoc_by_us() {
    let folder = Folder::new();
    folder.write("schemas/every.xml", EVERYTHING);
    assert_eq!(folder.svrkit(["export", "--out", "proto"]).code, 0);
    let convert = |from: &str, to: &str, input: &[u8]| {
        let words = ["convert", "--from", from, "--to", to, "--message", "every.Thing"];
        let (code, output) = folder.svrkit_bytes(words, input);
        assert_eq!(code, 0, "{from} {to}");
        output
    };
    let bytes = convert("text", "tlv", THING.as_bytes());
    let ours = convert("tlv", "text", &bytes);
    assert_eq!(protoc(&folder, "--encode=every.Thing", &ours), bytes);

    let bytes = convert("text", "tlv", format!("{THING} {UNKNOWN}").as_bytes());
    let theirs = protoc(&folder, "--decode=every.Thing", &bytes);
    assert_eq!(convert("text", "tlv", &theirs), bytes, "{}", String::from_utf8_lossy(&theirs));
    // Without a schema, too.
    let raw = folder.svrkit_with(["inspect", "-"], &bytes).stdout;
    assert!(raw.ends_with("34 {\n  1: 7\n  2 {\n    1: 0x00000001\n  }\n}\n"), "{raw}");
}
