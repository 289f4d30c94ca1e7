//! What is wrong with a schema, where, and what to do about it.
//!
//! Every stage pushes [`Diagnostic`]s into one [`Diagnostics`]; nobody prints. `report` hands them to the
//! caller and renders them. The places are byte spans into a [`SourceMap`], lines and columns are computed
//! when somebody asks.

mod code;
mod render;
mod report;
mod source;

pub use code::{Code, Severity};
pub use report::{Location, Report};

pub(crate) use source::{FileId, SourceMap, Span, Spanned};

use std::fmt::Write as _;

use crate::limits::FINDINGS_MAX;
use crate::lint::Lint;

/// One finding: a code, a place, a text, and where it helps further places and a remedy.
///
/// The places are resolved by the report: [`Report::location`], [`Report::labels`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    code: Code,
    severity: Severity,
    span: Span,
    message: String,
    also: Vec<(Span, String)>,
    help: Option<String>,
}

impl Diagnostic {
    pub(crate) fn new(code: Code, span: Span, message: impl Into<String>) -> Self {
        let severity = code.severity();
        Self { code, severity, span, message: message.into(), also: Vec::new(), help: None }
    }

    /// Makes it as grave as the level of its lint says.
    pub(crate) fn with_severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// Adds a second place the finding speaks of.
    pub(crate) fn also(mut self, span: Span, label: impl Into<String>) -> Self {
        self.also.push((span, label.into()));
        self
    }

    /// Says what to do.
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Says what to do, if there is anything to say.
    pub(crate) fn maybe_help(mut self, help: Option<String>) -> Self {
        self.help = help;
        self
    }

    /// Which rule was broken.
    pub fn code(&self) -> Code {
        self.code
    }

    /// The place it is about.
    pub(crate) fn span(&self) -> Span {
        self.span
    }

    /// Whether generation can go on. Of a lint: what its level, or whoever denies warnings, makes of it.
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// The lint that found it; `None` for what a check found, which has no level.
    pub fn lint(&self) -> Option<&'static Lint> {
        Lint::of(self.code)
    }

    /// What is wrong, in one line: lower case, no full stop.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do about it, where we know.
    pub fn help_text(&self) -> Option<&str> {
        self.help.as_deref()
    }
}

/// Collects the findings of a run and keeps the first [`FINDINGS_MAX`] errors and as many warnings. Once there are more
/// errors, the stages stop looking: a file made of faults must not cost more than a good one. Warnings never stop
/// anything: an error may come after any number of them.
#[derive(Debug, Default)]
pub(crate) struct Diagnostics {
    kept: Vec<Diagnostic>,
    errors: usize,
    warnings: usize,
}

impl Diagnostics {
    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        self.push_with(diagnostic.severity(), || diagnostic);
    }

    /// Counts a finding and makes it only if it is kept: what is found by the ten thousand must not be written so often.
    pub(crate) fn push_with(&mut self, severity: Severity, diagnostic: impl FnOnce() -> Diagnostic) {
        let count = match severity {
            Severity::Error => &mut self.errors,
            Severity::Warning => &mut self.warnings,
        };
        *count += 1;
        if *count <= FINDINGS_MAX {
            self.kept.push(diagnostic().with_severity(severity));
        }
    }

    /// Takes back the errors that follow from something found later. Once the search has ended nothing is taken back:
    /// what was not kept is only counted.
    pub(crate) fn withdraw(&mut self, follows: impl Fn(&Diagnostic) -> bool) {
        if self.is_full() {
            return;
        }
        let follows = |finding: &mut Diagnostic| finding.severity == Severity::Error && follows(finding);
        self.errors -= self.kept.extract_if(.., follows).count();
    }

    /// Whether more errors were found than are kept: then nobody need look for more.
    pub(crate) fn is_full(&self) -> bool {
        FINDINGS_MAX < self.errors
    }

    /// How many errors were found so far.
    pub(crate) fn errors(&self) -> usize {
        self.errors
    }
}

/// Puts text from a file between backticks; what would not show, or would turn the line around, is escaped.
pub(crate) fn quoted(text: &str) -> String {
    const SHOWN_MAX: usize = 80;
    let mut out = String::from("`");
    for (shown, character) in text.chars().enumerate() {
        if shown == SHOWN_MAX {
            out.push('…');
            break;
        }
        if is_invisible(character) {
            let _infallible = write!(out, "\\u{{{:x}}}", u32::from(character));
        } else {
            out.push(character);
        }
    }
    out.push('`');
    out
}

/// Control characters and the ones that steer the direction of text.
pub(crate) fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{61c}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_text_shows_what_would_hide() {
        assert_eq!(quoted("plain"), "`plain`");
        assert_eq!(quoted("a\u{202e}b\0"), "`a\\u{202e}b\\u{0}`");
        assert_eq!(quoted(&"x".repeat(100)), format!("`{}…`", "x".repeat(80)));
    }

    #[test]
    fn what_is_withdrawn_is_not_counted_and_warnings_stay() {
        let warning = Code::warning("SVK0110", "OptionalMessage", "x");
        let mut found = Diagnostics::default();
        for code in [Code::BAD_VALUE, warning, Code::MISPLACED] {
            found.push(Diagnostic::new(code, Span::default(), "x"));
        }
        found.withdraw(|finding| finding.code() != Code::MISPLACED);
        assert_eq!((found.errors, found.warnings), (1, 1));
        assert_eq!(found.kept.iter().map(Diagnostic::code).collect::<Vec<_>>(), [warning, Code::MISPLACED]);
        for _ in 0..FINDINGS_MAX {
            found.push(Diagnostic::new(Code::BAD_VALUE, Span::default(), "x"));
        }
        found.withdraw(|_| true);
        assert_eq!(found.errors, FINDINGS_MAX + 1);
    }

    #[test]
    fn one_error_past_the_limit_is_not_kept_and_ends_the_search() {
        let mut found = Diagnostics::default();
        for _ in 0..FINDINGS_MAX {
            found.push(Diagnostic::new(Code::BAD_VALUE, Span::default(), "x"));
        }
        assert!(!found.is_full());
        found.push(Diagnostic::new(Code::BAD_VALUE, Span::default(), "x"));
        assert!(found.is_full());
        assert_eq!(found.kept.len(), FINDINGS_MAX);
    }

    #[test]
    fn warnings_take_no_place_of_errors_and_end_no_search() {
        let mut found = Diagnostics::default();
        for _ in 0..=FINDINGS_MAX {
            found.push(Diagnostic::new(
                Code::warning("SVK0110", "OptionalMessage", "x"),
                Span::default(),
                "x",
            ));
        }
        assert!(!found.is_full());
        assert_eq!(found.kept.len(), FINDINGS_MAX);
        found.push(Diagnostic::new(Code::BAD_VALUE, Span::default(), "x"));
        assert_eq!(found.kept.len(), FINDINGS_MAX + 1);
    }
}
