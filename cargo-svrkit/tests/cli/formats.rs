//! `cargo svrkit check --format …`: what programs read, kept in files.
//!
//! `SVRKIT_BLESS=1 cargo test -p cargo-svrkit --test cli formats` writes them anew. What a program reads is changed with
//! care: others have written code for it.

use std::fs;
use std::path::Path;

use crate::support::Folder;

/// Characters that each format must escape in its own way.
const PATH: &str = "my schemas, 100%/shop.xml";

/// A schema of `tests/formats` under a name that wants escaping.
fn folder_with(example: &str) -> Folder {
    let folder = Folder::new();
    folder.write(PATH, &fs::read_to_string(format!("tests/formats/{example}.xml")).unwrap());
    folder
}

fn printed(example: &str, format: &str) -> String {
    let folder = folder_with(example);
    let ended = folder.svrkit(["check", PATH, "--format", format]);
    assert_eq!(ended.code, i32::from(example == "errors"), "{}", ended.stderr);
    if format == "text" {
        return ended.stderr;
    }
    assert_eq!(ended.stderr, "");
    ended.stdout
}

#[track_caller]
fn check(format: &str, extension: &str) {
    for example in ["errors", "warnings"] {
        let actual = printed(example, format);
        let path = format!("tests/formats/{example}.{extension}");
        if std::env::var_os("SVRKIT_BLESS").is_some() {
            fs::write(Path::new(&path), &actual).unwrap();
        }
        let expected = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            expected == actual,
            "{path} should hold (SVRKIT_BLESS=1 writes it):\n{actual}\nbut holds:\n{expected}"
        );
    }
}

#[test]
fn text_is_what_a_build_says() {
    check("text", "txt");
}

#[test]
fn json_is_one_object_a_finding_with_all_its_places() {
    check("json", "jsonl");
    for line in printed("errors", "json").lines() {
        let finding: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(finding["place"]["path"], PATH);
    }
}

#[test]
fn github_is_one_workflow_command_a_finding() {
    check("github", "github");
    for line in printed("errors", "github").lines() {
        assert!(
            line.starts_with("::error file=my schemas%2C 100%25/shop.xml,line=")
                || line.starts_with("::warning ")
        );
    }
}

#[test]
fn sarif_has_what_its_schema_requires() {
    check("sarif", "sarif");
    for example in ["errors", "warnings"] {
        let log: serde_json::Value = serde_json::from_str(&printed(example, "sarif")).unwrap();
        assert_eq!(log["version"], "2.1.0");
        let run = &log["runs"][0];
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        let results = run["results"].as_array().unwrap();
        assert!(run["tool"]["driver"]["name"].is_string() && !rules.is_empty() && !results.is_empty());
        for result in results {
            let rule = &rules[usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
            assert_eq!(result["ruleId"], rule["id"]);
            assert!(result["message"]["text"].is_string());
            assert!(["error", "warning"].contains(&result["level"].as_str().unwrap()));
            let related = result["relatedLocations"].as_array();
            for location in
                result["locations"].as_array().unwrap().iter().chain(related.into_iter().flatten())
            {
                let place = &location["physicalLocation"];
                assert_eq!(place["artifactLocation"]["uri"], "my%20schemas%2C%20100%25/shop.xml");
                let number = |key: &str| place["region"][key].as_u64().unwrap();
                assert!(1 <= number("startLine") && number("startLine") <= number("endLine"));
                assert!(1 <= number("startColumn") && 1 <= number("endColumn"));
            }
        }
    }
}

#[test]
fn a_sound_schema_is_no_line_of_json_no_command_and_a_log_without_results() {
    let folder = Folder::new();
    folder.write("shop.xml", "<protocol package='shop'/>");
    for format in ["json", "github"] {
        folder.svrkit(["check", "shop.xml", "--format", format]).check(0, "", "");
    }
    let ended = folder.svrkit(["check", "shop.xml", "--format", "sarif"]);
    let log: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!((ended.code, log["runs"][0]["results"].as_array().map(Vec::len)), (0, Some(0)));
}

#[test]
fn an_unknown_format_is_told_those_there_are() {
    let ended = Folder::new().svrkit(["check", "--format", "jsn"]);
    assert_eq!((ended.code, &*ended.stdout), (2, ""));
    for part in ["text, json, github, sarif", "'json'"] {
        assert!(ended.stderr.contains(part), "{}", ended.stderr);
    }
}
