//! Where lints report to: levels and allowances are applied here, so that no lint knows of them.

use super::allowances::Allowances;
use super::{Level, Lint, Lints};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, FileId, Severity, Span};

/// What becomes of the findings of the lint whose turn it is.
pub(super) struct Findings<'a> {
    lint: &'static Lint,
    /// By `FileId`; `None`: that file is not linted.
    levels: Vec<Option<Lints>>,
    allowances: Allowances,
    found: &'a mut Diagnostics,
}

impl<'a> Findings<'a> {
    pub(super) fn new(
        levels: Vec<Option<Lints>>,
        allowances: Allowances,
        found: &'a mut Diagnostics,
    ) -> Self {
        Self { lint: &Lint::ALL[0], levels, allowances, found }
    }

    /// What comes from now on is found by `lint`. Whether it need run at all: not if it is off in every file.
    pub(super) fn turn_to(&mut self, lint: &'static Lint) -> bool {
        self.lint = lint;
        let mut levels = self.levels.iter().flatten();
        !self.found.is_full() && levels.any(|levels| levels.level(lint) != Level::Off)
    }

    /// Whether anything of this lint that stands in that file is reported.
    pub(super) fn are_wanted_in(&self, file: FileId) -> bool {
        self.level(self.lint, file) != Level::Off
    }

    /// Reports what stands at `span`, unless the lint is off or allowed there. The finding is made only if it is kept.
    pub(super) fn push(&mut self, span: Span, finding: impl FnOnce(Code) -> Diagnostic) {
        let severity = match self.level(self.lint, span.file) {
            Level::Off => return,
            Level::Warn => Severity::Warning,
            Level::Deny => Severity::Error,
        };
        if !self.allowances.silence(self.lint, span) {
            let code = self.lint.code();
            self.found.push_with(severity, || finding(code));
        }
    }

    /// The allowances that silenced nothing although their lint ran: the lint and the place of its name.
    pub(super) fn unused_allowances(&self) -> Vec<(&'static Lint, Span)> {
        let unused = self.allowances.unused().into_iter();
        unused.filter(|(lint, span)| self.level(lint, span.file) != Level::Off).collect()
    }

    fn level(&self, lint: &Lint, file: FileId) -> Level {
        self.levels[file.index()].map_or(Level::Off, |levels| levels.level(lint))
    }
}
