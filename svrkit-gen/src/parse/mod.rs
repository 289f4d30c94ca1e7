//! XML text to syntax, with the place of everything kept.
//!
//! `reader` turns bytes into elements that are words of the `vocabulary`; one file for each kind of element turns
//! those into syntax as they end. Nothing here knows Rust, opens a file or looks at two elements together: what a
//! name means is the business of `model`. `load` is the caller.

mod allowance;
mod attributes;
mod constraints;
mod doc;
mod duration;
mod element;
mod enumeration;
mod errors;
mod escape;
mod field;
mod foreign_attribute;
mod interner;
mod lifecycle;
mod lost;
mod map;
mod message;
mod method;
mod nearest;
mod oneof;
mod protection;
mod protocol;
mod queued;
mod reader;
mod reserved;
mod service;
pub(crate) mod syntax;
mod value;
pub(crate) mod vocabulary;

pub(crate) use allowance::allowances;
pub(crate) use interner::Interner;
pub(crate) use lost::Lost;
pub(crate) use nearest::nearest;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, FileId, Span, quoted};
use crate::limits::ELEMENTS_MAX;

/// What the files of a run share.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    names: Interner,
    /// Elements of the file so far, and words of `<reserved>`.
    elements: usize,
}

impl Shared {
    /// How many elements the last file had.
    pub(crate) fn elements(&self) -> usize {
        self.elements
    }
}

/// Reads one file. `None`: there is no `<protocol>` to speak of; the reason is among the findings.
pub(crate) fn parse(
    file: FileId,
    text: &str,
    shared: &mut Shared,
    found: &mut Diagnostics,
) -> (Option<syntax::Protocol>, Lost) {
    shared.elements = 0;
    let mut lost = Lost::default();
    let protocol = reader::read(text, &mut Context { file, shared, found, lost: &mut lost });
    (protocol, lost)
}

/// What every function of this stage needs: the file it is in, and where findings go.
struct Context<'a> {
    file: FileId,
    shared: &'a mut Shared,
    found: &'a mut Diagnostics,
    lost: &'a mut Lost,
}

impl Context<'_> {
    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.file, start, end)
    }

    fn push(&mut self, diagnostic: Diagnostic) {
        self.found.push(diagnostic);
    }

    /// Takes `count` more elements from what a file may hold; a finding at `span` if there are too many.
    fn count_elements(&mut self, count: usize, span: Span) -> bool {
        self.shared.elements += count;
        if self.shared.elements <= ELEMENTS_MAX {
            return true;
        }
        let message = format!("more than {ELEMENTS_MAX} elements in one file (ELEMENTS_MAX)");
        self.push(Diagnostic::new(Code::LIMIT_EXCEEDED, span, message));
        false
    }

    fn bad_value(&mut self, span: Span, value: &str, expected: &str) {
        self.bad_value_with(span, value, expected, None);
    }

    fn bad_value_with(&mut self, span: Span, value: &str, expected: &str, help: Option<String>) {
        let message = format!("{} is not {expected}", quoted(value));
        self.push(Diagnostic::new(Code::BAD_VALUE, span, message).maybe_help(help));
    }
}
