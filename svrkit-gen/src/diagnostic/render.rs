//! A finding as text: the look of rustc, without colours, the same in a build script and on the command line.
//!
//! The excerpts are cut here, so that a finding costs the lines it shows and not the file they stand in.

use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::source::SourceFile;
use super::{Diagnostic, Severity, SourceMap, Span};

/// Places this many lines apart are shown in one excerpt; the lines between are folded.
const EXCERPT_LINES_MAX: usize = 20;

/// Longer excerpts are not quoted, the place alone is named: nobody reads a line of a megabyte.
const EXCERPT_LEN_MAX: usize = 8 * 1024;

/// One finding, ending in a line feed.
pub(super) fn diagnostic(diagnostic: &Diagnostic, sources: &SourceMap) -> String {
    let level = match diagnostic.severity() {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(diagnostic.message()).id(diagnostic.code().as_str());
    let mut group = Group::with_title(title);
    for excerpt in excerpts(diagnostic, sources) {
        let file = sources.file(excerpt.places[0].span.file);
        if file.path().is_empty() {
            // The finding is about no file.
            continue;
        }
        group = match excerpt.text(file) {
            Some((text, range)) => {
                let annotations = excerpt.places.iter().map(|place| place.annotation(text, range.start));
                let snippet = Snippet::source(text).path(file.path()).line_start(excerpt.lines.start);
                group.element(snippet.annotations(annotations))
            }
            None => group.element(excerpt.places[0].origin(file)),
        };
    }
    if let Some(help) = diagnostic.help_text() {
        group = group.element(Level::HELP.message(help));
    }
    if let Some(lint) = diagnostic.lint() {
        group = group.element(Level::NOTE.message(format!("this is the lint `{}`", lint.name())));
    }
    let mut out = without_gap_before_help(&Renderer::plain().render(&[group]));
    out.push('\n');
    out
}

/// The lines that show one or more places of one file.
struct Excerpt<'a> {
    places: Vec<Place<'a>>,
    /// From 1, end excluded.
    lines: Range<usize>,
}

struct Place<'a> {
    span: Span,
    kind: AnnotationKind,
    label: Option<&'a str>,
}

/// Groups the places of a finding; the first group holds the place the finding is about.
fn excerpts<'a>(diagnostic: &'a Diagnostic, sources: &SourceMap) -> Vec<Excerpt<'a>> {
    let primary = Place { span: diagnostic.span, kind: AnnotationKind::Primary, label: None };
    let others = diagnostic.also.iter().map(|(span, label)| Place {
        span: *span,
        kind: AnnotationKind::Context,
        label: Some(label),
    });
    let mut excerpts: Vec<Excerpt<'a>> = Vec::new();
    for place in std::iter::once(primary).chain(others) {
        let file = sources.file(place.span.file);
        let first = file.line_of(place.span.start as usize);
        let last = file.line_of((place.span.end as usize).saturating_sub(1)).max(first);
        let near = excerpts.iter_mut().find(|excerpt| {
            let together = excerpt.lines.start.min(first)..excerpt.lines.end.max(last + 1);
            excerpt.places[0].span.file == place.span.file && together.len() <= EXCERPT_LINES_MAX
        });
        match near {
            Some(excerpt) => {
                excerpt.lines = excerpt.lines.start.min(first)..excerpt.lines.end.max(last + 1);
                excerpt.places.push(place);
            }
            None => excerpts.push(Excerpt { places: vec![place], lines: first..last + 1 }),
        }
    }
    excerpts
}

impl Excerpt<'_> {
    /// The lines to quote, and which bytes of the file they are.
    fn text<'f>(&self, file: &'f SourceFile) -> Option<(&'f str, Range<usize>)> {
        let range = file.line_range(self.lines.start).0..file.line_range(self.lines.end - 1).1;
        if EXCERPT_LEN_MAX < range.len() {
            return None;
        }
        Some((file.text()?.get(range.clone())?, range))
    }
}

impl<'a> Place<'a> {
    fn annotation(&self, text: &str, text_start: usize) -> Annotation<'a> {
        let within = |offset: u32| {
            let offset = (offset as usize).saturating_sub(text_start).min(text.len());
            (0..=offset).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
        };
        self.kind.span(within(self.span.start)..within(self.span.end)).label(self.label)
    }

    fn origin(&self, file: &SourceFile) -> Origin<'a> {
        let origin = Origin::path(file.path().to_owned());
        if file.text().is_none() {
            return origin;
        }
        let (line, column) = file.line_column(self.span.start as usize);
        origin.line(line).char_column(column)
    }
}

/// Drops the empty gutter line above `= help`: the remedy belongs to the caret right above it.
fn without_gap_before_help(rendered: &str) -> String {
    let mut out: Vec<&str> = Vec::new();
    for line in rendered.lines() {
        let after_gap = out.last().is_some_and(|previous| previous.trim_start() == "|");
        if after_gap && line.trim_start().starts_with("= ") {
            out.pop();
        }
        out.push(line);
    }
    out.join("\n")
}
