//! `text`: for people, as a build script says it. Findings on stderr, on stdout that all went well.

use svrkit_gen::Report;

use super::Printed;
use crate::outcome::counted;

pub(super) fn print(report: &Report) -> Printed {
    // A file that is named twice, or named and imported, is read once.
    let files = counted(report.files_read().len(), "file");
    let stdout = match report.warning_count() {
        _ if report.is_error() => String::new(),
        0 => format!("{files} checked: fine\n"),
        warnings => format!("{files} checked: no errors, {}\n", counted(warnings, "warning")),
    };
    Printed { stdout, stderr: report.render() }
}
