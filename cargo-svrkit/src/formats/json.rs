//! `json`: one JSON object a finding, one line an object; no line if nothing was found.
//!
//! Lines and not an array, as cargo has it: a reader can begin before the end, `grep` and `jq` take them one by one, and
//! the outputs of several runs can be joined. New keys may be added; those that are here keep their meaning.

use serde::Serialize;
use svrkit_gen::{Diagnostic, Location, Report};

use super::{Printed, word};

pub(super) fn print(report: &Report) -> Printed {
    let lines = report.findings().iter().map(|finding| {
        let line = serde_json::to_string(&Finding::new(finding, report));
        line.expect("strings and numbers under names that are strings can always be written") + "\n"
    });
    Printed::to_stdout(lines.collect())
}

/// One finding.
#[derive(Serialize)]
struct Finding<'a> {
    /// `SVK0104`.
    code: &'static str,
    /// `error` or `warning`.
    severity: &'static str,
    /// The lint that found it; null: a check did, which cannot be switched off.
    lint: Option<&'static str>,
    /// What is wrong, in one line.
    message: &'a str,
    /// What to do about it; null: nobody knows.
    help: Option<&'a str>,
    /// Null: the finding is about no file.
    place: Option<Place>,
    /// Further places the finding speaks of.
    also: Vec<Also<'a>>,
}

/// A place in a file; lines and columns count from 1, columns in characters.
#[derive(Serialize)]
struct Place {
    /// As it was named on the command line; of an import, relative to the importing file.
    path: String,
    line: usize,
    column: usize,
    /// The end is the place after the last character.
    end_line: usize,
    end_column: usize,
}

#[derive(Serialize)]
struct Also<'a> {
    /// What is there: `first used here`.
    label: &'a str,
    place: Place,
}

impl<'a> Finding<'a> {
    fn new(finding: &'a Diagnostic, report: &'a Report) -> Self {
        let also =
            report.labels(finding).map(|(location, label)| Also { label, place: Place::new(&location) });
        let location = report.location(finding);
        Self {
            code: finding.code().as_str(),
            severity: word(finding.severity()),
            lint: finding.lint().map(|lint| lint.name()),
            message: finding.message(),
            help: finding.help_text(),
            place: (!location.path.as_os_str().is_empty()).then(|| Place::new(&location)),
            also: also.collect(),
        }
    }
}

impl Place {
    fn new(location: &Location) -> Self {
        let Location { line, column, end_line, end_column, .. } = *location;
        Self { path: location.path.display().to_string(), line, column, end_line, end_column }
    }
}
