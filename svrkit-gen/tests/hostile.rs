//! Damaged schemas: whatever the bytes, there is a report and no panic.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, its helpers too")]

mod support;

use std::fs;
use std::path::Path;
use std::process::Command;

use svrkit_gen::limits::{ELEMENTS_MAX, FILE_LEN_MAX, FINDINGS_MAX};
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
        ("package", format!("<protocol package='{segments}'/>"), Code::BAD_NAME),
        ("nested", format!("<protocol package='a'>{nested}"), Code::LIMIT_EXCEEDED),
        (
            "reference",
            format!(
                "<protocol package='a'><message name='M'><field tag='1' name='f' type='{segments}'/></message></protocol>"
            ),
            Code::UNKNOWN_TYPE,
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

/// One file of this text.
fn text(folder: &Path, text: &str) {
    fs::write(folder.join("a.xml"), text).unwrap();
}

/// Ten entities, each ten times the one before.
fn billion_laughs(folder: &Path) {
    let entity = |at: usize| format!("<!ENTITY l{at} '{}'>", format!("&l{};", at - 1).repeat(10));
    let entities: String = (1..10).map(entity).collect();
    let head = format!("<!DOCTYPE protocol [<!ENTITY l0 'ha'>{entities}]>");
    text(folder, &format!("{head}<protocol package='a'><doc>&l9;</doc></protocol>"));
}

fn external_entity(folder: &Path) {
    let head = "<!DOCTYPE protocol [<!ENTITY file SYSTEM 'file:///etc/passwd'>]>";
    text(folder, &format!("{head}<protocol package='a'><doc>&file;</doc></protocol>"));
}

fn attributes_without_number(folder: &Path) {
    let attributes: String = (0..80_000).map(|at| format!(" a{at}='1'")).collect();
    text(folder, &format!("<protocol package='a'{attributes}/>"));
}

fn depth_without_end(folder: &Path) {
    text(folder, &format!("<protocol package='a'>{}", "<message name='M'>".repeat(100_000)));
}

fn namespaces_without_number(folder: &Path) {
    let attributes: String = (0..300).map(|at| format!(" xmlns:n{at}='urn:n{at}'")).collect();
    text(folder, &format!("<protocol package='a'{attributes}/>"));
}

/// Sparse: it costs no disk.
fn gibibyte(folder: &Path) {
    fs::File::create(folder.join("a.xml")).unwrap().set_len(1 << 30).unwrap();
}

fn circle_of_fifty(folder: &Path) {
    text(folder, "<protocol package='p0'><import path='1.xml'/></protocol>");
    for at in 1..50 {
        let next = if at == 49 { "a".to_owned() } else { (at + 1).to_string() };
        let text = format!("<protocol package='p{at}'><import path='{next}.xml'/></protocol>");
        fs::write(folder.join(format!("{at}.xml")), text).unwrap();
    }
}

fn comment_without_end(folder: &Path) {
    text(folder, &format!("<!--{}", "-".repeat(FILE_LEN_MAX as usize - 4)));
}

fn doc_without_end(folder: &Path) {
    let head = "<protocol package='a'><doc>";
    text(folder, &format!("{head}{}", "&lt;".repeat((FILE_LEN_MAX as usize - head.len()) / 4)));
}

/// As many elements as a file may hold, none of whose types is known.
fn types_unknown(folder: &Path) {
    let field = |at: usize| format!("<field tag='{at}' name='f{at}' type='strinq{at}'/>");
    let fields: String = (1..ELEMENTS_MAX - 1).map(field).collect();
    text(folder, &format!("<protocol package='a'><message name='M'>{fields}</message></protocol>"));
}

/// As many elements as a file may hold, and nothing that tells it from a good one before its end.
fn fault_at_the_end(folder: &Path) {
    const FIELDS: usize = 20;
    let message = |at: usize| {
        let field = |tag: usize| format!("<field tag='{tag}' name='f{tag}' type='string'/>");
        format!("<message name='M{at}'>{}</message>", (1..=FIELDS).map(field).collect::<String>())
    };
    let messages: String = (0..(ELEMENTS_MAX - 3) / (FIELDS + 1)).map(message).collect();
    let fault = "<message name='Last'><field tag='0' name='f' type='u32'/></message>";
    text(folder, &format!("<protocol package='a'>{messages}{fault}</protocol>"));
}

/// Most memory, in KiB, that a process may ever hold whose one file ends in findings.
const PEAK_MAX_KIB: u64 = 64 * 1024;
/// Writes an input into a folder; `a.xml` is its root.
type Write = fn(&Path);

/// Tells the child what to check.
const ROOT: &str = "SVRKIT_HOSTILE_ROOT";
/// What stands before what the child found.
const FOUND: &str = "found: ";

// The peak of a process is the kernel's word, and Linux has one.
#[cfg(target_os = "linux")]
#[test]
fn hostile_input_ends_in_findings_and_little_memory() {
    let rows: [(Write, &str, usize); 11] = [
        (billion_laughs, Code::FORBIDDEN_MARKUP.name(), 1),
        (external_entity, Code::FORBIDDEN_MARKUP.name(), 1),
        (attributes_without_number, Code::LIMIT_EXCEEDED.name(), 1),
        (depth_without_end, Code::LIMIT_EXCEEDED.name(), 1),
        (namespaces_without_number, Code::LIMIT_EXCEEDED.name(), 1),
        (gibibyte, Code::LIMIT_EXCEEDED.name(), 1),
        (circle_of_fifty, Code::IMPORT_CYCLE.name(), 1),
        (comment_without_end, Code::MALFORMED_XML.name(), 1),
        (doc_without_end, Code::MALFORMED_XML.name(), 1),
        (types_unknown, Code::UNKNOWN_TYPE.name(), FINDINGS_MAX),
        (fault_at_the_end, "TagOutOfRange", 1),
    ];
    for (at, (write, code, findings)) in rows.into_iter().enumerate() {
        let folder = support::Folder::new(&format!("hostile-{at}"));
        write(folder.path());
        let (found, peak_kib) = check_in_a_child(&folder.path().join("a.xml"));
        assert_eq!(found, vec![code; findings], "row {at}");
        assert!(peak_kib <= PEAK_MAX_KIB, "row {at}: {peak_kib} KiB");
    }
}

/// The codes found by a process that does nothing but check this file, and its peak in KiB.
fn check_in_a_child(root: &Path) -> (Vec<String>, u64) {
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "a_check_tells_its_peak", "--ignored", "--nocapture"]).env(ROOT, root);
    let output = String::from_utf8(child.output().unwrap().stdout).unwrap();
    let (_, found) = output.split_once(FOUND).unwrap_or_else(|| panic!("nothing in: {output}"));
    let mut words = found.lines().next().unwrap().split(' ');
    let peak_kib = words.next().unwrap().parse().unwrap();
    (words.map(str::to_owned).collect(), peak_kib)
}

#[test]
#[ignore = "`hostile_input_ends_in_findings_and_little_memory` starts it, in a process of its own"]
fn a_check_tells_its_peak() {
    let root = std::env::var_os(ROOT).expect("the root of the schemas is given");
    let report = Config::new().check([root]);
    // Whoever checks wants to read what was found.
    assert!(!report.render().is_empty());
    let codes: String = report.findings().iter().map(|finding| format!(" {:?}", finding.code())).collect();
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    println!("{FOUND}{}{codes}", peak.trim().trim_end_matches(" kB"));
}
