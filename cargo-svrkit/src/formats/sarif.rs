//! `sarif`: SARIF 2.1.0, which code scanning services and editors read: one log with one run.
//!
//! Its rules are the codes that were found. Paths become URI references relative to where the command was called.

use std::collections::BTreeSet;
use std::path::{Component, Path};

use serde::Serialize;
use svrkit_gen::{Code, Diagnostic, Lint, Location, Report};

use super::{Printed, word};

pub(super) fn print(report: &Report) -> Printed {
    let log = serde_json::to_string_pretty(&Log::new(report));
    Printed::to_stdout(
        log.expect("strings and numbers under names that are strings can always be written") + "\n",
    )
}

#[derive(Serialize)]
struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Tool,
    column_kind: &'static str,
    results: Vec<Finding>,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
struct Driver {
    name: &'static str,
    version: &'static str,
    rules: Vec<Rule>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: &'static str,
    name: String,
    short_description: Text,
    help: Text,
    default_configuration: Configuration,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct Text {
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Finding {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    message: Text,
    locations: Vec<Place>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Place>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Place {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: PhysicalPlace,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Text>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalPlace {
    artifact_location: Artifact,
    region: Region,
}

#[derive(Serialize)]
struct Artifact {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    start_column: usize,
    end_line: usize,
    end_column: usize,
}

impl Log {
    fn new(report: &Report) -> Self {
        let codes: BTreeSet<Code> = report.findings().iter().map(Diagnostic::code).collect();
        let codes: Vec<Code> = codes.into_iter().collect();
        let results = report.findings().iter().map(|finding| Finding::new(finding, report, &codes)).collect();
        let rules = codes.iter().map(|code| Rule::new(*code)).collect();
        let driver = Driver { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION"), rules };
        Self {
            schema: "https://json.schemastore.org/sarif-2.1.0.json",
            version: "2.1.0",
            runs: [Run { tool: Tool { driver }, column_kind: "unicodeCodePoints", results }],
        }
    }
}

impl Rule {
    fn new(code: Code) -> Self {
        let help = match Lint::of(code) {
            Some(lint) => format!(
                "This is the lint `{name}`. Its level is set by `{name} = \"off\"` (or \"warn\", \"deny\") under \
                 [lints] in svrkit.toml; in one place it is allowed by `<!-- svrkit:allow {name}: reason -->` \
                 directly before the element.",
                name = lint.name()
            ),
            None => "This is a rule of the dialect and cannot be switched off.".to_owned(),
        };
        Self {
            id: code.as_str(),
            name: code.name().to_owned(),
            short_description: Text { text: code.summary().to_owned() },
            help: Text { text: help },
            default_configuration: Configuration { level: word(code.severity()) },
        }
    }
}

impl Finding {
    fn new(finding: &Diagnostic, report: &Report, codes: &[Code]) -> Self {
        let text = match finding.help_text() {
            Some(help) => format!("{}\n{help}", finding.message()),
            None => finding.message().to_owned(),
        };
        let related = report.labels(finding).enumerate().map(|(at, (location, label))| Place {
            id: Some(at + 1),
            physical_location: PhysicalPlace::new(&location),
            message: Some(Text { text: label.to_owned() }),
        });
        let location = report.location(finding);
        let place = (!location.path.as_os_str().is_empty()).then(|| Place {
            id: None,
            physical_location: PhysicalPlace::new(&location),
            message: None,
        });
        Self {
            rule_id: finding.code().as_str(),
            rule_index: codes.partition_point(|code| *code < finding.code()),
            level: word(finding.severity()),
            message: Text { text },
            locations: place.into_iter().collect(),
            related_locations: related.collect(),
        }
    }
}

impl PhysicalPlace {
    fn new(location: &Location) -> Self {
        Self {
            artifact_location: Artifact { uri: uri(&location.path) },
            region: Region {
                start_line: location.line,
                start_column: location.column,
                end_line: location.end_line,
                end_column: location.end_column,
            },
        }
    }
}

/// A path as a reference of RFC 3986: `/` between parts whatever the platform has, and other bytes by number.
fn uri(path: &Path) -> String {
    let mut parts = Vec::new();
    for component in path.components() {
        match component {
            Component::Prefix(prefix) => parts.push(escaped(&prefix.as_os_str().to_string_lossy())),
            // The slash comes of the parts before and after it.
            Component::RootDir if parts.is_empty() => parts.push(String::new()),
            Component::RootDir => {}
            component => parts.push(escaped(&component.as_os_str().to_string_lossy())),
        }
    }
    let joined = parts.join("/");
    match path.is_absolute() {
        true => format!("file:///{}", joined.trim_start_matches('/')),
        false => joined,
    }
}

fn escaped(part: &str) -> String {
    let mut out = String::with_capacity(part.len());
    for byte in part.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn a_path_becomes_a_uri_reference() {
        for (path, expected) in [
            ("schemas/shop.xml", "schemas/shop.xml"),
            ("../a b/ä.xml", "../a%20b/%C3%A4.xml"),
            ("/srv/a:b#c?.xml", "file:///srv/a%3Ab%23c%3F.xml"),
            ("a%20b", "a%2520b"),
        ] {
            assert_eq!(uri(Path::new(path)), expected);
        }
    }
}
