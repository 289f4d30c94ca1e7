//! Damaged schemas: whatever the bytes, there is a report and no panic.

mod support;

use std::fs;

use svrkit_gen::{Code, Config};

const MUTATIONS: u32 = 500;

/// Where schemas are that must be sound before they are damaged.
const SOUND: [&str; 2] = ["tests/schemas/valid", "tests/golden"];

/// xorshift32: small, and the same on every machine.
struct Random(u32);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0 as usize % end.max(1)
    }
}

/// One to four damages: a byte changed, a slice removed, a slice doubled, or a piece of markup put in.
fn mutate(bytes: &mut Vec<u8>, random: &mut Random) {
    const WORDS: [&[u8]; 8] = [b"<", b">", b"\"", b"&", b"]]>", b"<!--", b"\xff", b"-1"];
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len());
        let end = (at + random.below(40)).min(bytes.len());
        match random.below(4) {
            0 if at < bytes.len() => bytes[at] ^= 1 << random.below(8),
            1 => drop(bytes.drain(at..end)),
            2 => {
                let slice = bytes[at..end].to_vec();
                bytes.splice(at..at, slice);
            }
            _ => drop(bytes.splice(at..at, WORDS[random.below(WORDS.len())].iter().copied())),
        }
    }
}

#[test]
fn no_damage_to_a_schema_panics() {
    let folder = support::Folder::new("hostile");
    let mut refused = 0;
    let schemas = SOUND.iter().flat_map(|folder| support::schemas(folder));
    for (seed, schema) in schemas.enumerate() {
        let sound = fs::read(&schema).unwrap();
        let mut random = Random(0x9e37_79b9 ^ (seed as u32 + 1));
        for at in 0..MUTATIONS {
            // Editors put a byte order mark before the text.
            let mark: &[u8] = if at % 4 == 0 { b"\xef\xbb\xbf" } else { b"" };
            let mut bytes = [mark, &sound].concat();
            mutate(&mut bytes, &mut random);
            let file = folder.file("damaged.xml", &bytes);
            // What it imports is where it was.
            match SOUND.iter().fold(Config::new(), |config, folder| config.include(folder)).generate([file]) {
                Ok(generated) => assert!(syn::parse_file(generated.source()).is_ok()),
                Err(report) => {
                    assert!(report.is_error() && !report.render().is_empty());
                    refused += 1;
                }
            }
        }
    }
    assert!(refused > 0, "the damage must reach the rules");
}

/// Where the attributes of a text are: the blank before the name, the value, and the quote behind it.
fn attributes(text: &str) -> Vec<(usize, usize, usize)> {
    let values = text.match_indices("=\"").map(|(at, equals)| at + equals.len());
    let places = values.filter_map(|value| {
        let name = text[..value].rfind(' ')?;
        Some((name, value, value + text[value..].find('"')?))
    });
    places.filter(|(name, ..)| !text[..*name].ends_with("<?xml")).collect()
}

#[test]
fn one_slip_in_an_attribute_is_one_finding() {
    let folder = support::Folder::new("slip");
    let config = SOUND.iter().fold(Config::new(), |config, folder| config.include(folder));
    let mut refused = 0;
    for schema in SOUND.iter().flat_map(|folder| support::schemas(folder)) {
        let text = fs::read_to_string(&schema).unwrap();
        for (name, value, end) in attributes(&text) {
            let is_name = text[name..value].starts_with(" name") || text[name..value].starts_with(" package");
            for slip in [
                Some([&text[..name], "", &text[end + 1..]]),
                Some([&text[..=name], "x", &text[name + 1..]]),
                // Who refers to something by its name has one more name to correct.
                (!is_name).then_some([&text[..value], "?!", &text[end..]]),
            ]
            .into_iter()
            .flatten()
            {
                let report = config.check([folder.file("slip.xml", slip.concat())]);
                refused += report.findings().len();
                let what = &text[name..=end];
                assert!(report.findings().len() <= 1, "{}:{what}: {report}", schema.display());
            }
        }
    }
    assert!(refused > 100, "{refused}");
}

#[test]
fn bytes_that_are_no_xml_give_one_finding() {
    let folder = support::Folder::new("garbage");
    for (name, bytes) in [
        ("empty", &b""[..]),
        ("blank", b" \n\t "),
        ("text", b"hello"),
        ("zeros", &[0; 64]),
        ("utf16", b"\xff\xfe<\0p\0/\0>\0"),
        ("open", b"<protocol package='a'"),
        ("end", b"</protocol>"),
        ("marks", b"\xef\xbb\xbf\xef\xbb\xbf<protocol package='a'/>"),
        ("comment", b"<!-- "),
        ("cdata", b"<protocol package='a'><doc><![CDATA[ "),
    ] {
        let report = Config::new().check([folder.file(&format!("{name}.xml"), bytes)]);
        assert_eq!(report.findings().len(), 1, "{name}: {report}");
    }
}

#[test]
fn a_byte_order_mark_is_no_fault_and_moves_no_column() {
    let folder = support::Folder::new("mark");
    let report = Config::new().check([folder.file("a.xml", "\u{feff}<protocol package='a' x=''/>")]);
    assert_eq!(report.location(&report.findings()[0]).column, 23);
}

#[test]
fn what_goes_deep_is_refused_before_it_is_followed() {
    let folder = support::Folder::new("deep");
    let segments = vec!["a"; 100_000].join(".");
    let nested = "<message name='M'>".repeat(10_000);
    for (name, text, code) in [
        ("package", format!("<protocol package='{segments}'/>"), Code::BadName),
        ("nested", format!("<protocol package='a'>{nested}"), Code::LimitExceeded),
        (
            "reference",
            format!(
                "<protocol package='a'><message name='M'><field tag='1' name='f' type='{segments}'/></message></protocol>"
            ),
            Code::UnknownType,
        ),
    ] {
        let report = Config::new().check([folder.file(&format!("{name}.xml"), text)]);
        assert_eq!(report.findings().len(), 1, "{name}: {report}");
        assert_eq!(report.findings()[0].code(), code, "{name}");
    }
}

#[test]
fn messages_that_double_at_each_step_are_boxed_before_they_are_large() {
    let folder = support::Folder::new("doubling");
    let message = |at: usize| {
        let next = if at == 40 { "u64".to_owned() } else { format!("M{}", at + 1) };
        format!(
            "<message name='M{at}'><field tag='1' name='a' type='{next}'/><field tag='2' name='b' type='{next}'/></message>"
        )
    };
    let messages: String = (0..=40).map(message).collect();
    let text = format!("<protocol package='a'>{messages}</protocol>");
    let generated = Config::new().generate([folder.file("a.xml", text)]).unwrap();
    let is_boxed = |at: usize| generated.source().contains(&format!("Option<::std::boxed::Box<M{at}>>"));
    // 40, 120, 280, 600 and 1,240 bytes, and again.
    let boxed: Vec<usize> = (0..=40).filter(|at| is_boxed(*at)).collect();
    assert_eq!(boxed, [1, 6, 11, 16, 21, 26, 31, 36]);
}
