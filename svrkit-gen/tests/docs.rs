//! What `docs/` and the tour say of the dialect, held against the compiler.
//!
//! `SVRKIT_BLESS=1 cargo test -p svrkit-gen --test docs` writes the tables in the documents anew.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use quick_xml::Reader;
use quick_xml::events::Event;
use svrkit_gen::{Config, Level, Lint, Lints, limits};

const SCHEMA_MD: &str = "../docs/schema.md";
const TOUR: &str = "../schemas/tour.xml";

/// What parts of schemas in the documents refer to without defining it.
const PRELUDE: &str = "<protocol package='snippet'>
  <message name='Order'/>
  <message name='GetRequest'><field tag='1' name='id' type='u64'/></message>
  <message name='TakeRequest'><field tag='1' name='uin' type='u64'/></message>
  <message name='Chunk'/>
  <errors name='TakeError'><error name='GONE' code='1'/></errors>
</protocol>";

/// The blocks of code of a document that are in this language.
fn blocks<'t>(document: &'t str, language: &str) -> Vec<&'t str> {
    let opening = format!("```{language}\n");
    let after = document.split(&*opening).skip(1);
    after.map(|rest| rest.split("```").next().unwrap()).collect()
}

/// A whole schema of what may be a part of one.
fn whole(snippet: &str) -> String {
    let first = snippet.split('<').map(|rest| rest.split([' ', '>']).next().unwrap_or_default());
    let first = first.into_iter().find(|name| name.starts_with(|it: char| it.is_ascii_alphabetic()));
    match first.unwrap() {
        "protocol" => snippet.to_owned(),
        "field" | "map" | "oneof" => whole(&format!("<message name='Snippet'>{snippet}</message>")),
        _ => {
            let refers = ["request=", "detail="].iter().any(|word| snippet.contains(word));
            let import = if refers { "<import path='prelude.xml'/>" } else { "" };
            format!("<protocol package='snippet' version='3'>{import}{snippet}</protocol>")
        }
    }
}

#[test]
fn the_schemas_of_the_reference_compile_without_findings() {
    let folder = support::Folder::new("docs-schema");
    folder.file("prelude.xml", PRELUDE);
    let document = std::fs::read_to_string(SCHEMA_MD).unwrap();
    let snippets = blocks(&document, "xml");
    assert!(10 <= snippets.len(), "{}", snippets.len());
    for snippet in snippets {
        let file = folder.file("snippet.xml", whole(snippet));
        assert_eq!(Config::new().lints(Lints::new()).check([file]).render(), "", "{snippet}");
    }
}

/// The document with `lines` between the comments `<!-- table: name -->` and `<!-- end -->`.
#[track_caller]
fn with_table(document: &str, name: &str, lines: &str) -> String {
    let opening = format!("<!-- table: {name} -->\n");
    let (before, rest) = document.split_once(&*opening).unwrap();
    let (_, after) = rest.split_once("<!-- end -->").unwrap();
    format!("{before}{opening}{lines}<!-- end -->{after}")
}

/// A number with commas between thousands.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// The constants of a file and their docs.
fn constants(source: &str) -> BTreeMap<String, String> {
    let items = syn::parse_file(source).unwrap().items.into_iter();
    let constants = items.filter_map(|item| match item {
        syn::Item::Const(item) => Some(item),
        _ => None,
    });
    let doc = |attribute: &syn::Attribute| match &attribute.meta {
        syn::Meta::NameValue(syn::MetaNameValue { value: syn::Expr::Lit(literal), .. }) => match &literal.lit
        {
            syn::Lit::Str(text) => text.value().trim().to_owned(),
            _ => String::new(),
        },
        _ => String::new(),
    };
    let row = |item: syn::ItemConst| {
        (item.ident.to_string(), item.attrs.iter().map(doc).collect::<Vec<_>>().join(" "))
    };
    constants.map(row).collect()
}

#[test]
fn the_reference_names_every_limit_with_its_value() {
    macro_rules! values {
        ($($name:ident)+) => { [$((stringify!($name), u64::try_from(limits::$name).unwrap())),+] };
    }
    let values = values! {
        FILE_LEN_MAX RUN_LEN_MAX FILES_MAX FOLDER_ENTRIES_MAX ELEMENTS_MAX RUN_ELEMENTS_MAX ELEMENT_DEPTH_MAX ATTRIBUTES_MAX NAME_LEN_MAX
        PACKAGE_DEPTH_MAX PATH_LEN_MAX TAG_MAX TIMEOUT_MS_MAX RATE_MAX HANDLERS_MAX RESERVED_MAX FINDINGS_MAX ALLOWANCES_MAX
    };
    let docs = constants(&std::fs::read_to_string("src/limits.rs").unwrap());
    let named: BTreeSet<_> = values.iter().map(|(name, _)| *name).collect();
    assert_eq!(docs.keys().map(String::as_str).collect::<BTreeSet<_>>(), named);
    let rows = values.map(|(name, value)| format!("| `{name}` | {} | {} |\n", grouped(value), docs[name]));
    let table = format!("| limit | | |\n|---|---|---|\n{}", rows.concat());
    let document = std::fs::read_to_string(SCHEMA_MD).unwrap();
    support::check_file(Path::new(SCHEMA_MD), &with_table(&document, "limits", &table));
}

/// The elements of the dialect and their attributes, as the XSD has them.
fn vocabulary() -> BTreeSet<(String, String)> {
    let xsd = svrkit_gen::xsd();
    let mut words = BTreeSet::new();
    let mut element = String::new();
    each_element(&xsd, |name, attributes| match (name, attributes.get("name")) {
        // `reserved-of-message` is `reserved`.
        ("xs:complexType", Some(name)) => element = name.split("-of-").next().unwrap().to_owned(),
        ("xs:attribute", Some(name)) => drop(words.insert((element.clone(), name.clone()))),
        ("xs:element", Some(name)) => drop(words.insert((name.clone(), String::new()))),
        _ => {}
    });
    words
}

/// Shows each element of a file and its attributes.
fn each_element(text: &str, mut look: impl FnMut(&str, &BTreeMap<String, String>)) {
    let mut reader = Reader::from_str(text);
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) | Event::Empty(tag) => {
                let attributes = tag.attributes().map(|attribute| {
                    let attribute = attribute.unwrap();
                    (attribute.key.0.to_owned(), attribute.value.into_owned())
                });
                look(tag.name().0, &attributes.collect());
            }
            Event::Eof => return,
            _ => {}
        }
    }
}

#[test]
fn the_tour_shows_every_word_of_the_dialect() {
    /// What may stand on nearly every element is shown on some.
    const HISTORY: [&str; 3] = ["since", "deprecated", "replaced-by"];
    let mut shown = BTreeSet::new();
    let mut history = BTreeSet::new();
    each_element(&std::fs::read_to_string(TOUR).unwrap(), |name, attributes| {
        shown.insert((name.to_owned(), String::new()));
        shown.extend(attributes.keys().map(|attribute| (name.to_owned(), attribute.clone())));
        history.extend(attributes.keys().filter(|it| HISTORY.contains(&it.as_str())).cloned());
        shown.extend(attributes.get("stream").map(|stream| ("stream".to_owned(), stream.clone())));
    });
    let mut words = vocabulary();
    assert!(60 <= words.len(), "{words:?}");
    words.retain(|(_, attribute)| !HISTORY.contains(&attribute.as_str()));
    let streams = ["client", "server", "both"].map(|stream| ("stream".to_owned(), stream.to_owned()));
    words.extend(streams);
    let missing: Vec<_> = words.difference(&shown).collect();
    assert!(missing.is_empty(), "schemas/tour.xml should show {missing:?}");
    assert_eq!(history.len(), HISTORY.len(), "{history:?}");
}

#[test]
fn the_tour_has_no_findings_under_any_lint_and_the_layout_of_the_formatter() {
    let strictest = Lint::ALL.iter().fold(Lints::new(), |lints, lint| lints.set(lint, Level::Deny));
    assert_eq!(Config::new().lints(strictest).check([TOUR]).render(), "");
    let text = std::fs::read_to_string(TOUR).unwrap();
    assert_eq!(svrkit_gen::format(Path::new(TOUR), &text).unwrap(), text);
}

/// The items of a generated module, each with its docs and attributes.
fn items(source: &str, module: &str) -> Vec<String> {
    let opening = format!("pub mod {module} {{\n");
    let (_, rest) = source.split_once(&*opening).unwrap();
    let (body, _) = rest.split_once("\n}\n").unwrap();
    let mut items = vec![String::new()];
    let mut follows_gap = false;
    for line in body.lines().map(|line| line.strip_prefix("    ").unwrap_or(line)) {
        let is_inner = line.is_empty() || line.starts_with([' ', '}', ')', '>']);
        if follows_gap && !is_inner {
            items.push(String::new());
        }
        let item = items.last_mut().unwrap();
        item.push_str(line);
        item.push('\n');
        follows_gap = line.is_empty();
    }
    items
}

/// Whether the line that says what an item is holds one of these names or phrases.
fn is_about(item: &str, phrases: &[&str]) -> bool {
    let is_head = |line: &&str| ["pub ", "impl", "const "].iter().any(|word| line.starts_with(word));
    let head = item.lines().find(is_head).unwrap();
    let in_name = |it: char| it.is_alphanumeric() || it == '_';
    phrases.iter().any(|phrase| {
        let mut places = head.match_indices(phrase);
        places
            .any(|(at, _)| !head[..at].ends_with(in_name) && !head[at + phrase.len()..].starts_with(in_name))
    })
}

#[test]
fn the_generated_code_in_the_documents_is_what_is_generated() {
    const GENERATED_MD: &str = "../docs/generated-code.md";
    let folder = support::Folder::new("docs-generated");
    let document = std::fs::read_to_string(GENERATED_MD).unwrap();
    let mut parts = document.split("```xml\n");
    let mut written = parts.next().unwrap().to_owned();
    let mut snippets = 0;
    for part in parts {
        let mut config = Config::new();
        if let Some((_, marker)) = written.rsplit_once("<!-- extern_type: ")
            && let Some(names) = marker.strip_suffix(" -->\n")
        {
            let (message, rust) = names.split_once(' ').unwrap();
            config = config.extern_type(message, rust);
        }
        let (snippet, rest) = part.split_once("```\n<!-- items: ").unwrap();
        let (phrases, rest) = rest.split_once(" -->\n```rust\n").unwrap();
        let (_, rest) = rest.split_once("```\n").unwrap();
        let schema = format!("<protocol package='shop' version='3'>{snippet}</protocol>");
        let generated = config.generate([folder.file("snippet.xml", schema)]);
        let generated = generated.unwrap_or_else(|report| panic!("{report}"));
        let shown: Vec<_> = phrases.split(", ").collect();
        let mut items = items(generated.source(), "shop");
        items.retain(|item| is_about(item, &shown));
        assert!(!items.is_empty(), "{phrases}");
        let rust = items.iter().map(|item| item.trim_end()).collect::<Vec<_>>().join("\n\n");
        written.push_str(&format!(
            "```xml\n{snippet}```\n<!-- items: {phrases} -->\n```rust\n{rust}\n```\n{rest}"
        ));
        snippets += 1;
    }
    assert!(10 <= snippets, "{snippets}");
    support::check_file(Path::new(GENERATED_MD), &written);
}

#[test]
fn the_changes_that_keep_the_bytes_keep_the_fingerprint() {
    let folder = support::Folder::new("docs-changes");
    let fingerprint = |field: &str| {
        let schema = format!(
            "<protocol package='p'><enum name='E'><value name='ZERO' number='0'/></enum>\
             <message name='M'><field tag='1' name='a' {field}/></message>\
             <service name='S'><method name='A' id='1' request='M' response='M'/></service></protocol>"
        );
        let generated = Config::new().generate([folder.file("change.xml", schema)]).unwrap();
        let (_, rest) = generated.source().split_once(".fingerprint(").unwrap();
        rest.split_once(')').unwrap().0.to_owned()
    };
    let old = fingerprint("type='i32'");
    for same in ["i32", "i64", "u32", "u64", "bool", "E"] {
        assert_eq!(fingerprint(&format!("type='{same}'")), old, "{same}");
    }
    assert_eq!(fingerprint("type='string'"), fingerprint("type='bytes'"));
    assert_eq!(fingerprint("type='i32' min='1' deprecated='old'"), old);
    for other in [
        "type='s32'",
        "type='fixed32'",
        "type='f32'",
        "type='string'",
        "type='M'",
        "type='i32' repeated='true'",
    ] {
        assert_ne!(fingerprint(other), old, "{other}");
    }
}
