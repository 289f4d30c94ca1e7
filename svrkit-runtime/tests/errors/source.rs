//! No code of the runtime but the catalogue makes statuses of its own.

use std::fs;
use std::path::{Path, PathBuf};

/// Where statuses are made for others: their type, what came over the wire, the errors of services, and the catalogue.
const MAKERS: &[&str] =
    &["src/status/mod.rs", "src/status/failure.rs", "src/status/catalogue", "src/error_code.rs"];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if MAKERS.iter().any(|maker| path == Path::new(maker)) {
            continue;
        }
        if path.is_dir() {
            sources(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// The constructors of `Status`.
const CONSTRUCTORS: &[&str] = &[
    "new",
    "invalid_argument",
    "not_found",
    "already_exists",
    "permission_denied",
    "unauthenticated",
    "failed_precondition",
    "resource_exhausted",
    "unavailable",
    "unimplemented",
    "internal",
    "deadline_exceeded",
    "cancelled",
];

const TESTS_ALONE: &str = "#[cfg(test)]";

/// The files of the modules of a file that are compiled for tests alone.
fn test_files(text: &str, path: &Path) -> Vec<PathBuf> {
    let pairs = text.lines().zip(text.lines().skip(1));
    let modules = pairs.filter(|(attribute, _)| *attribute == TESTS_ALONE);
    let names = modules.filter_map(|(_, line)| line.strip_prefix("mod ")?.strip_suffix(';'));
    names.map(|name| path.with_file_name(format!("{name}.rs"))).collect()
}

/// The lines of a file before those of its tests, which stand last.
fn code(text: &str) -> impl Iterator<Item = &str> {
    let pairs = text.lines().zip(text.lines().skip(1).chain([""]));
    pairs.take_while(|(line, next)| *line != TESTS_ALONE || !next.ends_with(" {")).map(|(line, _)| line)
}

fn makes_a_status(line: &str) -> bool {
    let code = line.split("//").next().unwrap_or_default();
    let after = code.split("Status::").skip(1);
    after.into_iter().any(|rest| {
        let name: String = rest.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect();
        CONSTRUCTORS.contains(&&*name)
    })
}

#[test]
fn statuses_are_made_in_the_catalogue_alone() {
    assert!(
        makes_a_status("let refused = Status::unavailable(words);")
            && makes_a_status("map(Status::internal)")
    );
    assert!(
        !makes_a_status("/// Status::internal(words)") && !makes_a_status("message.map_err(Status::clone)")
    );
    let mut files = Vec::new();
    sources(Path::new("src"), &mut files);
    assert!(files.len() > 50, "{}", files.len());
    let mut strays = Vec::new();
    let texts = files.into_iter().map(|path| (fs::read_to_string(&path).unwrap(), path));
    let texts: Vec<(String, PathBuf)> = texts.collect();
    let of_tests: Vec<PathBuf> = texts.iter().flat_map(|(text, path)| test_files(text, path)).collect();
    assert!(of_tests.iter().any(|path| path.ends_with("client/pending/tests.rs")), "{of_tests:?}");
    for (text, path) in texts.iter().filter(|(_, path)| !of_tests.contains(path)) {
        let lines = code(text).enumerate().filter(|(_, line)| makes_a_status(line));
        strays.extend(lines.map(|(at, line)| format!("{}:{}: {}", path.display(), at + 1, line.trim())));
    }
    assert!(strays.is_empty(), "give these a row in src/status/catalogue:\n{}", strays.join("\n"));
}
