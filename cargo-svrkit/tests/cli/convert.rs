//! `cargo svrkit convert`.

use std::fs;

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
fn without_a_message_nothing_can_be_converted() {
    let ended = folder().svrkit_with(["convert", "--from", "tlv", "--to", "json"], b"");
    ended.check(2, "", "error: no message is named: name the one that is converted by --message\n");
}
