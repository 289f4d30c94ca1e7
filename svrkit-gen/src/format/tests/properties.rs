//! What is true of every schema: those of the repository, and those laid out by chance.

use std::fs;
use std::path::PathBuf;

use super::{formatted, meaning};
use crate::Config;
use crate::format;
use crate::format::MARK;
use crate::test_folder::Folder;

/// The schemas below these folders, sorted.
fn schemas(folders: &[&str]) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = folders.iter().map(PathBuf::from).collect();
    let mut schemas = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "xml") {
                schemas.push(path);
            }
        }
    }
    schemas.sort();
    schemas
}

/// Every schema there is.
fn corpus() -> Vec<PathBuf> {
    schemas(&["tests", "schemas", "../schemas", "../examples", "../bench/schemas"])
}

#[test]
fn the_schemas_people_read_are_laid_out() {
    let schemas = schemas(&["../schemas", "../examples", "../bench/schemas"]);
    assert!(3 <= schemas.len(), "{}", schemas.len());
    for path in schemas {
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(formatted(&text), text, "run `cargo svrkit fmt {}`", path.display());
    }
}

#[test]
fn every_schema_keeps_its_meaning_or_is_refused() {
    let (mut sound, mut refused) = (0, 0);
    for path in corpus() {
        let bytes = fs::read(&path).unwrap();
        let text = String::from_utf8(bytes.clone()).unwrap_or_default();
        match meaning(text.trim_start_matches(MARK)) {
            Some(_) => {
                formatted(&text);
                sound += 1;
            }
            None => {
                assert!(format(&path, bytes).is_err(), "{}", path.display());
                refused += 1;
            }
        }
    }
    assert!(30 <= sound && 30 <= refused, "{sound} {refused}");
}

#[test]
fn what_is_generated_from_a_formatted_schema_is_the_same() {
    let folder = Folder::new("formatted");
    let sound = ["tests/schemas/valid", "tests/golden"];
    let schemas: Vec<_> =
        corpus().into_iter().filter(|path| sound.iter().any(|it| path.starts_with(it))).collect();
    for path in &schemas {
        let copy = folder.0.join(path);
        fs::create_dir_all(copy.parent().unwrap()).unwrap();
        fs::write(copy, formatted(&fs::read_to_string(path).unwrap())).unwrap();
    }
    for path in &schemas {
        let generate = |path| Config::new().generate([path]).unwrap_or_else(|report| panic!("{report}"));
        assert_eq!(
            generate(folder.0.join(path)).source(),
            generate(path.clone()).source(),
            "{}",
            path.display()
        );
    }
    assert!(10 <= schemas.len(), "{}", schemas.len());
}

/// xorshift32: small, and the same on every machine.
struct Random(u32);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0 as usize % end
    }

    fn one_of(&mut self, words: &[&'static str]) -> &'static str {
        words[self.below(words.len())]
    }
}

/// The same schema, laid out by nobody: other blanks, quotes and order of attributes, the lines of docs further in, and
/// comments between tags if wanted.
fn jumbled(text: &str, random: &mut Random, wants_comments: bool) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        if !out.is_empty() && (!rest[..start].is_empty() || random.below(4) == 0) {
            out.push_str(random.one_of(&["", " ", "\n", "\r\n\t", "\n \n\n  ", "\r"]));
        }
        if wants_comments && !out.is_empty() && random.below(4) == 0 {
            out.push_str(random.one_of(&[
                "<!--c-->",
                "\n<!-- a\n  b\n\n c -->",
                "<!-- x --> \n",
                " <!-- <x> -->",
            ]));
        }
        rest = &rest[start..];
        let verbatim_end =
            [("<!--", "-->"), ("<?", "?>"), ("<doc>", "</doc>")].into_iter().find_map(|(opens, closes)| {
                rest.strip_prefix(opens)?.find(closes).map(|at| opens.len() + at + closes.len())
            });
        if let Some(end) = verbatim_end {
            let further_in = format!("\n{}", " ".repeat(random.below(4)));
            out.push_str(&rest[..end].replace('\n', &further_in));
            rest = &rest[end..];
            continue;
        }
        let end = rest.find('>').unwrap();
        jumble_tag(&rest[1..end], random, &mut out);
        rest = &rest[end + 1..];
    }
    out
}

fn jumble_tag(tag: &str, random: &mut Random, out: &mut String) {
    let is_empty = tag.ends_with('/');
    let (name, mut rest) =
        tag.trim_end_matches('/').split_once([' ', '\n']).unwrap_or((tag.trim_end_matches('/'), ""));
    let mut attributes = Vec::new();
    while let Some((key, value)) = rest.split_once('=') {
        let value = value.trim_start();
        let quote = value.chars().next().unwrap();
        let (value, after) = value[1..].split_once(quote).unwrap();
        let quote = match random.below(2) == 0 && !value.contains(['"', '\'']) {
            true => '\'',
            false => quote,
        };
        attributes.insert(random.below(attributes.len() + 1), (key.trim(), value, quote));
        rest = after;
    }
    out.extend(["<", name]);
    for (key, value, quote) in attributes {
        out.push_str(random.one_of(&[" ", "\n", "  \t", "\r\n  "]));
        out.push_str(&format!(
            "{key}{}={}{quote}{value}{quote}",
            random.one_of(&["", " "]),
            random.one_of(&["", "\n"])
        ));
    }
    out.push_str(random.one_of(&["", " ", "\n"]));
    match is_empty {
        true if random.below(2) == 0 => out.extend(["></", name, ">"]),
        true => out.push_str("/>"),
        false => out.push('>'),
    }
}

/// What a doc is made of, but for comments and CDATA.
const DOC_PIECES: [&str; 16] = [
    " ", " ", "   ", "\t", "\n", "\n", "\n  ", "\r", "\r\n ", "\u{a0}", "\u{3000}", "\u{2003}", "\u{85}",
    "a", "- b", "c",
];

/// The text of a doc in every spelling that XML has.
fn doc(random: &mut Random) -> String {
    let mut doc = String::new();
    for _ in 0..random.below(16) {
        match random.below(8) {
            0..4 => doc.push_str(random.one_of(&DOC_PIECES)),
            4 | 5 => doc.push_str(
                random.one_of(&["&#32;", "&#9;", "&#10;", "&#13;", "&#xA0;", "&#x3000;", "&#x85;", "&amp;"]),
            ),
            6 => doc.push_str(random.one_of(&["<!--c-->", "<!-- a\n      b\n  c -->", "<!--\n-->"])),
            _ => {
                doc.push_str("<![CDATA[");
                (0..random.below(6)).for_each(|_| doc.push_str(random.one_of(&DOC_PIECES)));
                doc.push_str("]]>");
            }
        }
    }
    doc
}

#[test]
fn a_doc_keeps_its_meaning_however_its_blanks_are_spelt() {
    let mut random = Random(0x85eb_ca6b);
    for _ in 0..1000 {
        let (outer, inner) = (doc(&mut random), doc(&mut random));
        formatted(&format!(
            "<protocol package='a'><doc>{outer}</doc><message name='M'><doc>{inner}</doc></message></protocol>"
        ));
    }
}

fn without_blank_lines(text: &str) -> String {
    text.lines().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// How often each schema is laid out by chance.
const ROUNDS: u32 = 10;

#[test]
fn however_a_schema_is_laid_out_it_becomes_the_same_file() {
    let mut schemas = 0;
    for (seed, path) in corpus().into_iter().enumerate() {
        let Ok(sound) = fs::read_to_string(path) else { continue };
        // Comments of its own may change lines with the blanks around them.
        if meaning(&sound).is_none() || sound.contains("<!--") {
            continue;
        }
        schemas += 1;
        let expected = without_blank_lines(&formatted(&sound));
        let mut random = Random(0x9e37_79b9 ^ (seed as u32 + 1));
        for round in 0..ROUNDS {
            let jumbled = jumbled(&sound, &mut random, round % 2 == 0);
            assert_eq!(meaning(&jumbled), meaning(&sound), "{jumbled}");
            let formatted = formatted(&jumbled);
            if round % 2 == 1 {
                assert_eq!(without_blank_lines(&formatted), expected, "{jumbled}");
            }
        }
    }
    assert!(20 <= schemas, "{schemas}");
}
