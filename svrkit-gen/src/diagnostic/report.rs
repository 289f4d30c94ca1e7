//! All findings of a run, with the texts they point into.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};

use super::{Code, Diagnostic, Diagnostics, Severity, SourceMap, Span, render};

/// What a run found, sorted by file and place, and which files it looked at.
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

/// Where a finding points: the path as the user gave it, line and column from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Location {
    /// The file, as it was named on the command line or in the build script.
    pub path: PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
}

impl Report {
    pub(crate) fn new(
        found: Diagnostics,
        sources: SourceMap,
        files_read: Vec<PathBuf>,
        files_missing: Vec<PathBuf>,
    ) -> Self {
        let Diagnostics { mut kept, errors, warnings } = found;
        kept.sort_by_key(|finding| (finding.span, finding.code));
        Self { findings: kept, errors, warnings, sources, files_read, files_missing }
    }

    /// The same report with one more error: the generated file could not be written.
    pub(crate) fn failed_output(mut self, path: &Path, reason: &str, help: &str) -> Self {
        let file = self.sources.add(path.display().to_string(), None);
        let message = format!("cannot write the generated file: {reason}");
        let finding = Diagnostic::new(Code::UnwritableOutput, Span::new(file, 0, 0), message);
        self.findings.push(finding.help(help));
        self.errors += 1;
        self
    }

    /// The findings by file and place, at most [`FINDINGS_MAX`](crate::limits::FINDINGS_MAX) of them.
    pub fn findings(&self) -> &[Diagnostic] {
        &self.findings
    }

    /// Whether anything was found that stops generation.
    pub fn is_error(&self) -> bool {
        self.errors > 0
    }

    /// How many errors were found. Beyond [`FINDINGS_MAX`](crate::limits::FINDINGS_MAX) findings nothing is looked for.
    pub fn error_count(&self) -> usize {
        self.errors
    }

    /// How many warnings were found.
    pub fn warning_count(&self) -> usize {
        self.warnings
    }

    /// Where a finding of this report points.
    pub fn location(&self, finding: &Diagnostic) -> Location {
        let file = self.sources.file(finding.span.file);
        let (line, column) = file.line_column(finding.span.start as usize);
        Location { path: PathBuf::from(file.path()), line, column }
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
            let Location { path, line, column } = self.location(finding);
            format!("{}:{line}:{column}: {}: {}", path.display(), finding.code(), finding.message())
        })
    }

    /// `2 errors and 1 warning in 1 file`.
    fn summary(&self) -> String {
        let files: BTreeSet<&str> =
            self.findings.iter().map(|finding| self.sources.file(finding.span.file).path()).collect();
        let files = counted(files.len(), "file");
        let shown = self.findings.len();
        if shown < self.errors + self.warnings {
            return format!(
                "more than {shown} findings in {files}: the first {shown} are shown (FINDINGS_MAX)"
            );
        }
        let mut counts = Vec::new();
        if self.errors > 0 {
            counts.push(counted(self.errors, "error"));
        }
        if self.warnings > 0 {
            counts.push(counted(self.warnings, "warning"));
        }
        format!("{} in {files}", counts.join(" and "))
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
