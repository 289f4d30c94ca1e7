//! The XSD of the dialect, held against the compiler by a validator that knows neither: `xmllint` of libxml2.
//!
//! `SVRKIT_BLESS=1 cargo test -p svrkit-gen --test xsd` writes `schemas/svrkit.xsd` anew.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use svrkit_gen::{Code, Config};

const XSD: &str = "../schemas/svrkit.xsd";

/// What the XSD refuses as well as the compiler does; of other findings it knows nothing.
const SEEN: [&str; 11] = [
    Code::MALFORMED_XML.as_str(),
    Code::UNDEFINED_ENTITY.as_str(),
    Code::UNKNOWN_ELEMENT.as_str(),
    Code::UNKNOWN_ATTRIBUTE.as_str(),
    Code::MISSING_ATTRIBUTE.as_str(),
    Code::BAD_VALUE.as_str(),
    Code::ATTRIBUTE_TWICE.as_str(),
    Code::MISPLACED.as_str(),
    Code::BAD_NAME.as_str(),
    "SVK0105",
    Code::NOT_A_KEY.as_str(),
];

/// What is about files and their syntax and yet not the business of an XSD.
const UNSEEN: [(Code, &str); 9] = [
    (Code::UNREADABLE_FILE, "there is no text"),
    (Code::NOT_UTF8, "validators read other encodings as well"),
    (Code::FORBIDDEN_MARKUP, "an XSD speaks of elements and attributes only"),
    (Code::LIMIT_EXCEEDED, "an XSD counts nothing across elements"),
    (Code::MISSING_IMPORT, "an XSD opens no files"),
    (Code::IMPORT_CYCLE, "an XSD opens no files"),
    (Code::UNWRITABLE_OUTPUT, "it is no fault of a schema"),
    (Code::NO_FILES, "it is no fault of a schema"),
    (Code::CONFIG_FAULT, "it is no fault of a schema"),
];

/// The schemas of which the XSD says something else than [`SEEN`] would have it.
const EXCEPTIONS: [(&str, &str); 7] = [
    ("attributes_too_many", "the compiler stops before it says that they are unknown"),
    ("deprecated_as_a_flag", "XSD 1.0 has no `any text but these words`"),
    ("method_without_response", "XSD 1.0 has no `this attribute unless that one`"),
    ("not_utf8", "a validator cannot read these bytes either"),
    ("reserved_empty", "XSD 1.0 has no `this attribute or that one`"),
    ("type_spelt_as_a_shape", "to the compiler it is a type that nobody defined"),
    ("value_bad_range", "XSD 1.0 does not compare the ends of a range"),
];

/// Which of the files `xmllint` finds valid.
#[track_caller]
fn valid(files: &[PathBuf]) -> BTreeSet<PathBuf> {
    let mut xmllint = Command::new("xmllint");
    xmllint.args(["--nonet", "--noout", "--schema", XSD]).args(files);
    let output = xmllint.output().unwrap_or_else(|error| {
        panic!("cannot run xmllint ({error}): install it (Debian: libxml2-utils; scripts/test does) and run this again")
    });
    // Its exit code says that one of them is not valid; which, it says in lines.
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!said.contains("failed to compile"), "{said}");
    said.lines().filter_map(|line| line.strip_suffix(" validates")).map(PathBuf::from).collect()
}

/// What `xmllint` says of one file.
fn said(file: &Path) -> String {
    let output = Command::new("xmllint").args(["--nonet", "--noout", "--schema", XSD]).arg(file).output();
    output.map(|output| String::from_utf8_lossy(&output.stderr).into_owned()).unwrap_or_default()
}

/// The schemas in a folder and the folders in it.
fn schemas_below(folder: impl AsRef<Path>) -> Vec<PathBuf> {
    let mut schemas = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap()) {
        let path = entry.path();
        if entry.file_type().unwrap().is_dir() {
            schemas.extend(schemas_below(path));
        } else if path.extension().is_some_and(|it| it == "xml") {
            schemas.push(path);
        }
    }
    schemas
}

#[test]
fn the_xsd_beside_the_schemas_is_that_of_the_vocabulary() {
    support::check_file(Path::new(XSD), &svrkit_gen::xsd());
}

#[test]
fn what_the_compiler_takes_validates() {
    let folders = [
        "tests/schemas/valid",
        "tests/schemas/lint",
        "tests/golden",
        "schemas",
        "../schemas",
        "../examples",
        "../bench/schemas",
    ];
    let mut schemas: Vec<_> = folders.into_iter().flat_map(schemas_below).collect();
    let folder = support::Folder::new("xsd-new");
    let template = std::fs::read_to_string("../cargo-svrkit/templates/schemas/service.xml.tera").unwrap();
    let names = [("{{ module }}", "shop"), ("{{ package }}", "shop"), ("{{ service }}", "Shop")];
    let rendered = names.iter().fold(template, |text, (from, to)| text.replace(from, to));
    schemas.push(folder.file("new.xml", rendered));
    let valid = valid(&schemas);
    let refused: Vec<_> = schemas.iter().filter(|schema| !valid.contains(*schema)).collect();
    assert!(refused.is_empty(), "{}", refused.iter().map(|it| said(it)).collect::<String>());
}

#[test]
fn what_the_compiler_refuses_for_its_grammar_does_not_validate_and_the_rest_does() {
    let schemas = support::schemas("tests/schemas/invalid");
    let valid = valid(&schemas);
    let mut exceptions = EXCEPTIONS.map(|(name, _)| name).to_vec();
    for schema in schemas {
        let report = Config::new().check([&schema]);
        let mut own = report.findings().iter().filter(|finding| report.location(finding).path == schema);
        let is_seen = own.any(|finding| SEEN.contains(&finding.code().as_str()));
        let is_refused = !valid.contains(&schema);
        let name = schema.file_stem().unwrap().to_str().unwrap();
        match exceptions.iter().position(|exception| *exception == name) {
            Some(at) => {
                exceptions.swap_remove(at);
                assert_ne!(is_seen, is_refused, "{name} is no exception any more");
            }
            None => assert_eq!(is_seen, is_refused, "{name}: {report}\n{}", said(&schema)),
        }
    }
    assert!(exceptions.is_empty(), "{exceptions:?}");
}

#[test]
fn every_code_about_syntax_is_seen_or_there_is_a_reason() {
    for code in Code::all().iter().filter(|code| code.as_str().starts_with("SVK00")) {
        assert_ne!(SEEN.contains(&code.as_str()), UNSEEN.iter().any(|(unseen, _)| unseen == code), "{code}");
    }
}

/// What stands in a protocol, and whether it is sound.
const SNIPPETS: [(&str, bool); 61] = [
    ("<message name='M'><field tag='1' name='a' type='u64' optional='true'/></message>", true),
    ("<message name='M'><field tag='1' name='a' type='u64' optional='1'/></message>", false),
    ("<message name='M'><field tag='1' name='a' type='u64' optional=' true'/></message>", false),
    ("<message name='M'><field tag='18999' name='a' type='u64'/></message>", true),
    ("<message name='M'><field tag='19000' name='a' type='u64'/></message>", false),
    ("<message name='M'><field tag='20000' name='a' type='u64'/></message>", true),
    ("<message name='M'><field tag='536870911' name='a' type='u64'/></message>", true),
    ("<message name='M'><field tag='536870912' name='a' type='u64'/></message>", false),
    ("<message name='M'><field tag='+1' name='a' type='u64'/></message>", false),
    ("<message name='M'><field tag='1' name='a' type='f64' min='-0.5' max='10'/></message>", true),
    ("<message name='M'><field tag='1' name='a' type='f64' min='.5'/></message>", false),
    ("<message name='M'><field tag='1' name='a' type='f64' min='1e3'/></message>", false),
    ("<message name='M'><field tag='1' name='a' type='f64' finite='true'/></message>", true),
    ("<message name='M'><field tag='1' name='a' type='string' max-len='4294967295'/></message>", true),
    ("<message name='M'><field tag='1' name='a' type='string' max-len='4294967296'/></message>", false),
    ("<message name='M'><field tag='1' name='a' type='string' max-len='-1'/></message>", false),
    ("<message name='M'><field tag='1' name='_a1' type='u64'/></message>", true),
    ("<message name='M'><field tag='1' name='_1' type='u64'/></message>", false),
    ("<message name='M'><map tag='1' name='a' key='string' value='u64' min-items='1'/></message>", true),
    ("<message name='M'><map tag='1' name='a' key='f64' value='M'/></message>", false),
    ("<message name='M'><map tag='1' name='a' key='bytes' value='M'/></message>", false),
    ("<message name='M'><map tag='1' name='a' key='string' value='M' min='1'/></message>", false),
    ("<message name='M'><map tag='1' name='a' key='string'/></message>", false),
    (
        "<message name='M'><oneof name='o' required='true'><field tag='1' name='a' type='u64'/></oneof></message>",
        true,
    ),
    (
        "<message name='M'><oneof name='o' max-items='1'><field tag='1' name='a' type='u64'/></oneof></message>",
        false,
    ),
    (
        "<message name='M'><oneof name='o'><map tag='1' name='a' key='u64' value='u64'/></oneof></message>",
        false,
    ),
    ("<message name='M'><reserved tags='4 9-12' names='a _b'/></message>", true),
    ("<message name='M'><reserved names='a b-c'/></message>", false),
    ("<message name='M'><reserved tags='' names=' a '/></message>", true),
    ("<message name='M'><reserved tags='-4'/></message>", false),
    ("<message name='M'><reserved tags='4-'/></message>", false),
    ("<message name='M'><reserved numbers='4'/></message>", false),
    ("<enum name='E'><value name='A' number='0'/><reserved numbers='-5--3 7'/></enum>", true),
    ("<enum name='E'><value name='A' number='0'/><value name='B' number='-2147483648'/></enum>", true),
    ("<enum name='E'><value name='A' number='0'/><value name='B' number='2147483648'/></enum>", false),
    ("<enum name='E'><value name='A' number='0'/><reserved tags='4'/></enum>", false),
    ("<errors name='E'><error name='A' code='4294967295' status='NOT_FOUND'/></errors>", true),
    ("<errors name='E'><error name='A' code='0'/></errors>", false),
    ("<errors name='E'><error name='A' code='1' status='OK'/></errors>", false),
    ("<errors name='E'><error name='A' code='1' retry='after 20ms'/></errors>", true),
    ("<errors name='E'><error name='A' code='1' retry='elsewhere'/></errors>", true),
    ("<errors name='E'><error name='A' code='1' retry='after 0s'/></errors>", false),
    ("<errors name='E'><error name='A' code='1' retry='after 2min'/></errors>", false),
    ("<errors name='E'><error name='A' code='1' retry='soon'/></errors>", false),
    ("<message name='M' deprecated='old' since='1'/>", true),
    ("<message name='M' deprecated=' '/>", false),
    ("<message name='M' since='0'/>", false),
    ("<message name='M'>text</message>", false),
    ("<message name='M'><doc>one</doc><enum name='E'><value name='A' number='0'/></enum></message>", true),
    ("<message name='M'><enum name='E'><value name='A' number='0'/></enum><doc>two</doc></message>", true),
    ("<message name='M'><doc>one</doc><message name='N'/><doc>two</doc></message>", false),
    ("<message name='M'><doc>a <b>c</b></doc></message>", false),
    ("<message name='M'><service name='S'/></message>", false),
    (
        "<message name='M'/><service name='S' id='1024'><method name='A' id='65535' request='M' response='M' timeout='2min' priority='255'/></service>",
        true,
    ),
    (
        "<message name='M'/><service name='S'><method name='A' id='1' request='M' response='M' priority='256'/></service>",
        false,
    ),
    (
        "<message name='M'/><service name='S'><method name='A' id='1' request='M' response='M' priority='lossy'/></service>",
        true,
    ),
    (
        "<message name='M'/><service name='S'><method name='A' id='1' request='M' response='M' timeout='0ms'/></service>",
        false,
    ),
    (
        "<message name='M'/><service name='S'><method name='A' id='1' request='M' response='M' stream='both'/></service>",
        true,
    ),
    (
        "<message name='M'/><service name='S'><method name='A' id='1' request='M' response='M' stream='none'/></service>",
        false,
    ),
    (
        "<message name='M'/><service name='S'><method name='A' id='1' request='M' oneway='true'/></service>",
        true,
    ),
    ("<message name='M'/><service name='S'><method name='A' id='1' response='M'/></service>", false),
];

#[test]
fn compiler_and_xsd_agree_on_what_attributes_hold() {
    let folder = support::Folder::new("xsd-snippets");
    let files = SNIPPETS.iter().enumerate().map(|(at, (snippet, _))| {
        folder.file(&format!("{at}.xml"), format!("<protocol package='p' version='1'>{snippet}</protocol>"))
    });
    let files: Vec<_> = files.collect();
    let valid = valid(&files);
    for (file, (snippet, is_sound)) in files.iter().zip(SNIPPETS) {
        let report = Config::new().check([file]);
        assert_eq!(!report.is_error(), is_sound, "{snippet}: {report}");
        assert_eq!(valid.contains(file), is_sound, "{snippet}: {}", said(file));
    }
}

#[test]
fn a_file_may_say_where_its_xsd_is_and_nothing_else_of_that_kind() {
    let folder = support::Folder::new("xsd-location");
    let root = |attributes: &str| format!("<protocol package='p' {attributes}/>");
    let namespace = "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'";
    let named =
        folder.file("named.xml", root(&format!("{namespace} xsi:noNamespaceSchemaLocation='svrkit.xsd'")));
    assert!(valid(std::slice::from_ref(&named)).contains(&named), "{}", said(&named));
    assert_eq!(Config::new().check([named]).render(), "");
    for attributes in ["xmlns='p'", "xmlns:a='p'", &format!("{namespace} xsi:schemaLocation='p svrkit.xsd'")]
    {
        let report = Config::new().check([folder.file("other.xml", root(attributes))]);
        assert_eq!(
            report.findings().iter().map(|it| it.code()).collect::<Vec<_>>(),
            [Code::UNKNOWN_ATTRIBUTE]
        );
    }
}
