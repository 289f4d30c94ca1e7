//! `cargo svrkit inspect`.

use std::fs;
use std::path::Path;

use crate::support::{Ended, Folder};

const SHOP: &str = "<protocol package='shop'><message name='Item'><field tag='1' name='sku' type='string'/>\
    <field tag='3' name='inner' type='Item'/></message>\
    <message name='Order'><field tag='1' name='id' type='u64'/><field tag='2' name='note' type='string' sensitive='true'/>\
    <field tag='3' name='items' type='Item' repeated='true'/></message></protocol>";

fn folder() -> Folder {
    let folder = Folder::new();
    folder.write("schemas/shop.xml", SHOP);
    folder
}

/// `inspect` with these words, and a message named if `message` says so.
fn inspect(folder: &Folder, words: &[&str]) -> Ended {
    folder.svrkit(["inspect"].iter().chain(words))
}

const TYPED: [&str; 2] = ["--message", "shop.Order"];

#[test]
fn bytes_come_in_hex_in_base64_from_files_and_standard_input() {
    let folder = folder();
    fs::write(folder.path().join("order.bin"), b"\x08\x96\x01").unwrap();
    for words in [
        &["--hex", "089601"][..],
        &["--hex", "0x08, 0x96 01"],
        &["--hex", "08:96:01"],
        &["--base64", "CJYB"],
        &["--base64", "CJ YB\n"],
        &["order.bin"],
    ] {
        inspect(&folder, words).check(0, "1: 150\n", "");
        inspect(&folder, &[words, &TYPED].concat()).check(0, "id: 150\n", "");
    }
    folder.svrkit_with(["inspect", "-"], b"\x08\x96\x01").check(0, "1: 150\n", "");
    folder.svrkit_with(["inspect", "--hex", "-"], b"08 96\n01\n").check(0, "1: 150\n", "");
    folder.svrkit_with(["inspect", "--base64", "-"], b"CJYB\n").check(0, "1: 150\n", "");
    inspect(&folder, &["--hex", ""]).check(0, "", "");
}

#[test]
fn schemas_are_named_or_found_and_the_message_must_be_in_them() {
    let folder = folder();
    folder.write("other/a.xml", "<protocol package='a'><import path='b.xml'/><message name='M'><field tag='1' name='b' type='b.B'/></message></protocol>");
    folder.write(
        "shared/b.xml",
        "<protocol package='b'><message name='B'><field tag='1' name='x' type='u32'/></message></protocol>",
    );
    let words = ["--schema", "other/a.xml", "-I", "shared", "--message", "a.M", "--hex", "0a020807"];
    inspect(&folder, &words).check(0, "b {\n  x: 7\n}\n", "");
    inspect(&folder, &["--message", "shop.Odrer", "--hex", "00"]).check(
        2,
        "",
        "error: no message `shop.Odrer` is in the schemas: they have `shop.Item`, `shop.Order`\n",
    );
    folder.write("bad.xml", "<protocol package='shop'><mesage/></protocol>");
    let ended = inspect(&folder, &["--schema", "bad.xml", "--message", "shop.Order", "--hex", "00"]);
    assert_eq!((ended.code, &*ended.stdout), (1, ""));
    assert!(ended.stderr.starts_with("error[SVK"), "{}", ended.stderr);
}

#[test]
fn wrong_usage_is_told_from_wrong_bytes() {
    let folder = folder();
    for (words, expected) in [
        (&[][..], "the following required arguments were not provided"),
        (&["order.bin"], "cannot read `order.bin`: "),
        (&["--hex", "0g"], "character 1 of the hex is not part of a byte"),
        (&["--base64", "A"], "this is no base64"),
        (&["--hex", "00", "--base64", "AA"], "cannot be used with"),
        (&["--hex", "00", "--schema", "schemas"], "--message <NAME>"),
        (&["--hex", "00", "--format", "json"], "name the message by --message"),
        (&["--hex", "00", "--format", "xml"], "possible values: tree, json, hex"),
    ] {
        let ended = inspect(&folder, words);
        assert_eq!((ended.code, &*ended.stdout), (2, ""), "{words:?}");
        assert!(ended.stderr.contains(expected), "{words:?}: {}", ended.stderr);
    }
}

#[test]
fn a_message_cut_anywhere_is_shown_up_to_there() {
    let folder = folder();
    let whole = "0896011202686922";
    // Of `id: 150 note: "hi"`, with half a record behind it: after these bytes a record ends.
    let ends = [0, 3, 7];
    for cut in 0..=whole.len() / 2 {
        let hex = &whole[..cut * 2];
        for format in ["tree", "hex", "json"] {
            let ended = inspect(&folder, &[&["--hex", hex, "--format", format][..], &TYPED].concat());
            assert_eq!(ended.code, i32::from(!ends.contains(&cut)), "{cut} {format}: {}", ended.stderr);
            assert_eq!(ended.stderr.is_empty(), ends.contains(&cut), "{cut} {format}: {}", ended.stderr);
            if format == "tree" {
                assert_eq!(ended.stdout.starts_with("id: 150\n"), cut >= 3, "{cut}: {}", ended.stdout);
            }
        }
    }
}

#[test]
fn garbage_bombs_and_zeros_end_in_time_and_in_bounds() {
    let folder = folder();
    let mut deep: Vec<u8> = Vec::new();
    for _ in 0..100_000 {
        let (mut len, mut head) = (deep.len(), vec![0x1a]);
        while len >= 0x80 {
            head.push(len as u8 | 0x80);
            len >>= 7;
        }
        head.push(len as u8);
        deep.extend(head.into_iter().rev());
    }
    deep.reverse();
    fs::write(folder.path().join("deep.bin"), deep).unwrap();
    fs::write(folder.path().join("zeros.bin"), vec![0; 4 << 20]).unwrap();
    fs::write(folder.path().join("page.bin"), b"<!DOCTYPE html>\n<html>").unwrap();
    for (file, code, typed_code) in [("deep.bin", 0, 1), ("zeros.bin", 1, 1), ("page.bin", 1, 1)] {
        for format in ["tree", "hex"] {
            let bounded = ["--out-max", "20000", "--format", format, file];
            let ended = inspect(&folder, &bounded);
            assert_eq!(ended.code, code, "{file} {format}: {}", ended.stderr);
            assert!(ended.stdout.len() < 20_200, "{file} {format}");
            let ended = inspect(&folder, &[&bounded[..], &TYPED].concat());
            assert_eq!(ended.code, typed_code, "{file} {format}: {}", ended.stderr);
            assert!(ended.stdout.len() < 20_200, "{file} {format}");
        }
    }
    let ended = inspect(&folder, &["zeros.bin", "--format", "hex", "--out-max", "20000"]);
    assert_eq!(
        ended.stderr,
        "error: at byte 0: a record has tag 0, the bytes are no message\nwarning: not everything is shown: --out-max shows more\n"
    );
}

#[test]
fn more_than_any_message_has_is_not_read() {
    let folder = folder();
    let file = fs::File::create(folder.path().join("long.bin")).unwrap();
    file.set_len(64 << 20).unwrap();
    assert_eq!(inspect(&folder, &["long.bin"]).code, 1);
    file.set_len((64 << 20) + 1).unwrap();
    inspect(&folder, &["long.bin"]).check(
        2,
        "",
        "error: `long.bin` has more than 67108864 bytes, the most that is read: name a part of it\n",
    );
}

#[test]
fn json_is_whole_or_not_there_and_redacted_where_asked() {
    let folder = folder();
    let json = ["--hex", "08960112026869", "--format", "json", "--message", "shop.Order"];
    inspect(&folder, &json).check(0, "{\n  \"id\": \"150\",\n  \"note\": \"hi\"\n}\n", "");
    inspect(&folder, &[&json[..], &["--redact"]].concat()).check(
        0,
        "{\n  \"id\": \"150\",\n  \"note\": \"<redacted>\"\n}\n",
        "",
    );
    let ended = inspect(&folder, &[&json[..], &["--out-max", "10"]].concat());
    assert_eq!((ended.code, &*ended.stdout), (1, ""));
    assert!(
        ended.stderr.contains("longer than 10 bytes") && ended.stderr.contains("--format tree"),
        "{}",
        ended.stderr
    );
}

#[test]
fn the_page_of_the_docs_shows_what_is_printed() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/inspect.md");
    let text = fs::read_to_string(&page).unwrap();
    let block = |language: &str| {
        let (_, behind) = text.split_once(&format!("```{language}\n")).unwrap();
        behind.split_once("```").unwrap().0.to_owned()
    };
    let folder = Folder::new();
    folder.write("schemas/shop.xml", &block("xml"));
    folder.write("order.txt", &block("text"));
    let mut found = String::new();
    let mut commands = 0;
    for (at, part) in text.split("```console\n").enumerate() {
        if at == 0 {
            found.push_str(part);
            continue;
        }
        let (console, behind) = part.split_once("```").unwrap();
        let command = console.lines().next().unwrap();
        let words = command.strip_prefix("$ cargo svrkit ").unwrap();
        // Words, of which one may be in quotes.
        let words = words.split('\'').enumerate().flat_map(|(at, words)| match at % 2 {
            0 => words.split_whitespace().collect::<Vec<_>>(),
            _ => vec![words],
        });
        let ended = folder.svrkit(words);
        found.push_str(&format!("```console\n{command}\n{}{}```{behind}", ended.stdout, ended.stderr));
        commands += 1;
    }
    assert!(commands > 5);
    if std::env::var_os("SVRKIT_BLESS").is_some() {
        fs::write(&page, &found).unwrap();
    } else {
        assert_eq!(found, text, "SVRKIT_BLESS=1 writes the page anew");
    }
}
