//! `github`: workflow commands, which GitHub Actions shows beside the lines of a change.
//!
//! `::error file=…,line=…,col=…,endLine=…,endColumn=…,title=SVK0104::…`. Columns are left out where a place goes over
//! several lines: GitHub wants it so. Further places and the remedy become lines of the message.

use std::fmt::Write as _;

use svrkit_gen::{Diagnostic, Location, Report};

use super::{Printed, word};

pub(super) fn print(report: &Report) -> Printed {
    Printed::to_stdout(report.findings().iter().map(|finding| command(finding, report)).collect())
}

fn command(finding: &Diagnostic, report: &Report) -> String {
    let Location { path, line, column, end_line, end_column, .. } = report.location(finding);
    let mut properties = Vec::new();
    if !path.as_os_str().is_empty() {
        properties.push(format!("file={}", property(&path.display().to_string())));
        properties.push(format!("line={line}"));
        if line == end_line {
            properties.push(format!("col={column},endLine={end_line},endColumn={end_column}"));
        } else {
            properties.push(format!("endLine={end_line}"));
        }
    }
    properties.push(format!("title={}", property(&title(finding))));

    let mut message = finding.message().to_owned();
    for (Location { path, line, column, .. }, label) in report.labels(finding) {
        let _infallible = write!(message, "\n{label}: {}:{line}:{column}", path.display());
    }
    if let Some(help) = finding.help_text() {
        let _infallible = write!(message, "\nhelp: {help}");
    }
    format!("::{} {}::{}\n", word(finding.severity()), properties.join(","), data(&message))
}

fn title(finding: &Diagnostic) -> String {
    match finding.lint() {
        Some(lint) => format!("{} {}", finding.code(), lint.name()),
        None => finding.code().to_string(),
    }
}

/// What stands after the second `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// What stands in a property, where `:` and `,` would end it.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_end_a_command_or_a_property_is_escaped() {
        for (text, as_data, as_property) in [
            ("plain", "plain", "plain"),
            ("100%\r\n", "100%25%0D%0A", "100%25%0D%0A"),
            ("a:b,c", "a:b,c", "a%3Ab%2Cc"),
            ("%3A", "%253A", "%253A"),
        ] {
            assert_eq!((data(text), property(text)), (as_data.to_owned(), as_property.to_owned()));
        }
    }
}
