//! All findings of a run, with the texts they point into.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};

use super::{Code, Diagnostic, Diagnostics, Severity, SourceMap, Span, render};
use crate::folder::FolderError;
use crate::limits::FINDINGS_MAX;

/// What a run found, sorted by file and place, and which files it looked at. What is about no file comes first.
///
/// `Display` and [`Report::render`] give the text that the build script and the command line print.
#[derive(Debug, Default)]
pub struct Report {
    findings: Vec<Diagnostic>,
    errors: usize,
    warnings: usize,
    sources: SourceMap,
    files_read: Vec<PathBuf>,
    files_missing: Vec<PathBuf>,
}

/// Where a finding points: the path as the user gave it, lines and columns from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Location {
    /// The file, as it was named on the command line or in the build script; empty when the finding is about none.
    pub path: PathBuf,
    /// The line of the first character, from 1.
    pub line: usize,
    /// The column of the first character, from 1, in characters.
    pub column: usize,
    /// The line on which the place ends, from 1.
    pub end_line: usize,
    /// The column after the last character, from 1, in characters; `column` where the place is empty.
    pub end_column: usize,
}

impl Report {
    pub(crate) fn new(
        found: Diagnostics,
        sources: SourceMap,
        files_read: Vec<PathBuf>,
        files_missing: Vec<PathBuf>,
    ) -> Self {
        let Diagnostics { mut kept, errors, warnings } = found;
        // What is about no file is about the whole run.
        let has_place = |finding: &Diagnostic| !sources.file(finding.span.file).path().is_empty();
        kept.sort_by_key(|finding| (has_place(finding), finding.span, finding.code));
        Self { findings: kept, errors, warnings, sources, files_read, files_missing }
    }

    /// The same report with what a later stage found in the same files.
    pub(crate) fn with(self, later: Diagnostics) -> Self {
        let Self { findings, errors, warnings, sources, files_read, files_missing } = self;
        let mut found = later;
        found.kept.extend(findings);
        found.errors += errors;
        found.warnings += warnings;
        Self::new(found, sources, files_read, files_missing)
    }

    /// The same report with one more error: the generated file could not be written.
    pub(crate) fn failed_output(self, path: &Path, reason: &str, help: &str) -> Self {
        let message = format!("cannot write the generated file: {reason}");
        self.failed(&path.display().to_string(), Code::UNWRITABLE_OUTPUT, message, help)
    }

    /// The same report with one more error: nobody said what to read.
    pub(crate) fn without_files(self) -> Self {
        let help = "name at least one: nothing would be generated, and that is seldom meant";
        self.failed("", Code::NO_FILES, "no schema file is named".to_owned(), help)
    }

    /// The same report with one more error: the schemas of a folder are not known.
    pub(crate) fn failed_folder(self, fault: &FolderError) -> Self {
        self.failed(&fault.path().display().to_string(), fault.code(), fault.message(), fault.help())
    }

    /// The same report with one more error: a setting of the build script cannot be meant.
    pub(crate) fn failed_setting(self, message: String, help: &str) -> Self {
        self.failed("", Code::CONFIG_FAULT, message, help)
    }

    fn failed(mut self, path: &str, code: Code, message: String, help: &str) -> Self {
        let file = self.sources.add(path.to_owned(), None);
        self.findings.push(Diagnostic::new(code, Span::new(file, 0, 0), message).help(help));
        self.errors += 1;
        self
    }

    /// The same report with every warning an error.
    #[must_use]
    pub fn deny_warnings(mut self) -> Self {
        self.errors += std::mem::take(&mut self.warnings);
        self.findings = self.findings.into_iter().map(|it| it.with_severity(Severity::Error)).collect();
        self
    }

    /// The findings by file and place, at most [`FINDINGS_MAX`](crate::limits::FINDINGS_MAX) errors and as many warnings.
    pub fn findings(&self) -> &[Diagnostic] {
        &self.findings
    }

    /// Whether anything was found that stops generation.
    pub fn is_error(&self) -> bool {
        self.errors > 0
    }

    /// How many errors were found. Beyond [`FINDINGS_MAX`](crate::limits::FINDINGS_MAX) errors nothing is looked for.
    pub fn error_count(&self) -> usize {
        self.errors
    }

    /// How many warnings were found.
    pub fn warning_count(&self) -> usize {
        self.warnings
    }

    /// Where a finding of this report points.
    pub fn location(&self, finding: &Diagnostic) -> Location {
        self.located(finding.span)
    }

    /// The further places a finding of this report speaks of, each with what it is: `first used here`.
    pub fn labels<'a>(&'a self, finding: &'a Diagnostic) -> impl Iterator<Item = (Location, &'a str)> {
        finding.also.iter().map(|(span, label)| (self.located(*span), label.as_str()))
    }

    /// Every file that was read, imports included, in the order of reading: what a build depends on.
    pub fn files_read(&self) -> &[PathBuf] {
        &self.files_read
    }

    /// Where missing files were looked for: creating one of them changes the outcome.
    pub fn files_missing(&self) -> &[PathBuf] {
        &self.files_missing
    }

    /// The findings as plain text, a blank line between them, with a count at the end; empty if there are none.
    pub fn render(&self) -> String {
        if self.findings.is_empty() {
            return String::new();
        }
        let mut out = String::new();
        for finding in &self.findings {
            out.push_str(&render::diagnostic(finding, &self.sources));
            out.push('\n');
        }
        out.push_str(&self.summary());
        out.push('\n');
        out
    }

    /// One line a warning, `path:line:column: CODE: text`, for tools that want no excerpts.
    pub(crate) fn warning_lines(&self) -> impl Iterator<Item = String> {
        let warnings = self.findings.iter().filter(|finding| finding.severity() == Severity::Warning);
        warnings.map(|finding| {
            let Location { path, line, column, .. } = self.location(finding);
            format!("{}:{line}:{column}: {}: {}", path.display(), finding.code(), finding.message())
        })
    }

    fn located(&self, span: Span) -> Location {
        let file = self.sources.file(span.file);
        let (line, column) = file.line_column(span.start as usize);
        let (end_line, end_column) = file.line_column(span.end.max(span.start) as usize);
        Location { path: PathBuf::from(file.path()), line, column, end_line, end_column }
    }

    /// `2 errors and 1 warning in 1 file`.
    fn summary(&self) -> String {
        let paths = self.findings.iter().map(|finding| self.sources.file(finding.span.file).path());
        let files: BTreeSet<&str> = paths.filter(|path| !path.is_empty()).collect();
        let mut counts = Vec::new();
        if FINDINGS_MAX < self.errors {
            // Nobody looked for the rest.
            counts.push(format!("more than {FINDINGS_MAX} errors"));
        } else if self.errors > 0 {
            counts.push(counted(self.errors, "error"));
        }
        if self.warnings > 0 {
            counts.push(counted(self.warnings, "warning"));
        }
        let mut summary = counts.join(" and ");
        if !files.is_empty() {
            summary.push_str(&format!(" in {}", counted(files.len(), "file")));
        }
        if FINDINGS_MAX < self.errors.max(self.warnings) {
            summary.push_str(&format!(": the first {FINDINGS_MAX} of a kind are shown (FINDINGS_MAX)"));
        }
        summary
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render())
    }
}

impl std::error::Error for Report {}

fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(texts: &[&str], findings: Vec<Diagnostic>) -> Report {
        let mut sources = SourceMap::default();
        for text in texts {
            sources.add("a.xml".to_owned(), Some((*text).to_owned()));
        }
        let mut found = Diagnostics::default();
        findings.into_iter().for_each(|finding| found.push(finding));
        Report::new(found, sources, Vec::new(), Vec::new())
    }

    #[test]
    fn every_place_of_a_finding_has_a_start_and_an_end() {
        let file = crate::diagnostic::FileId::default();
        let finding = Diagnostic::new(Code::error("SVK0104", "TagReused", "x"), Span::new(file, 3, 5), "x")
            .also(Span::new(file, 0, 4), "first used here");
        let report = report(&["é\na€b"], vec![finding]);
        let finding = &report.findings()[0];
        let place = |line, column, end_line, end_column| Location {
            path: "a.xml".into(),
            line,
            column,
            end_line,
            end_column,
        };
        // Byte 5 is within `€`: a place that cuts a character is that of the whole one.
        assert_eq!(report.location(finding), place(2, 1, 2, 3));
        assert_eq!(report.labels(finding).collect::<Vec<_>>(), [(place(1, 1, 2, 2), "first used here")]);
    }

    #[test]
    fn the_summary_counts_errors_and_warnings_apart() {
        let finding = |code| Diagnostic::new(code, Span::default(), "x");
        for (errors, warnings, expected) in [
            (1, 0, "1 error in 1 file"),
            (2, 1, "2 errors and 1 warning in 1 file"),
            (0, 101, "101 warnings in 1 file: the first 100 of a kind are shown (FINDINGS_MAX)"),
            (
                101,
                1,
                "more than 100 errors and 1 warning in 1 file: the first 100 of a kind are shown (FINDINGS_MAX)",
            ),
        ] {
            let errors = std::iter::repeat_n(finding(Code::BAD_VALUE), errors);
            let warnings =
                std::iter::repeat_n(finding(Code::warning("SVK0110", "OptionalMessage", "x")), warnings);
            let report = report(&["x"], errors.chain(warnings).collect());
            assert_eq!(report.summary(), expected);
        }
    }
}
