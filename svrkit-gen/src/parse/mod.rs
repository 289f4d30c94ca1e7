//! XML text to syntax, with the place of everything kept.
//!
//! `reader` turns bytes into a tree that holds only words of the `vocabulary`; one file for each kind of element
//! turns the tree into syntax. Nothing here knows Rust, opens a file or looks at two elements together: what a
//! name means is the business of `model`. `load` is the caller.

mod attributes;
mod doc;
mod enumeration;
mod escape;
mod field;
mod message;
mod method;
mod nearest;
mod protocol;
mod reader;
mod reserved;
mod service;
pub(crate) mod syntax;
mod value;
mod vocabulary;

pub(crate) use nearest::nearest;

use std::collections::BTreeSet;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, FileId, Span, quoted};

/// Reads one file. `None`: there is no `<protocol>` to speak of; the reason is among the findings.
pub(crate) fn parse(
    file: FileId,
    text: &str,
    found: &mut Diagnostics,
    lost: &mut Lost,
) -> Option<syntax::Protocol> {
    let mut context = Context { file, found, lost };
    let root = reader::read(text, &mut context)?;
    protocol::protocol(&root, &mut context)
}

/// Names that are missing because their definitions are broken.
///
/// What refers to them is no second mistake, so nothing is said about it.
#[derive(Debug, Default)]
pub(crate) struct Lost {
    names: BTreeSet<String>,
    anything: bool,
}

impl Lost {
    /// A definition of this name was dropped.
    pub(crate) fn name(&mut self, name: &str) {
        self.names.insert(name.to_owned());
    }

    /// Something was dropped and nobody knows which names stood there.
    pub(crate) fn anything(&mut self) {
        self.anything = true;
    }

    /// Whether a reference that leads nowhere may have led to something dropped.
    pub(crate) fn covers(&self, reference: &str) -> bool {
        self.anything || reference.split('.').any(|segment| self.names.contains(segment))
    }
}

/// What every function of this stage needs: the file it is in, and where findings go.
struct Context<'a> {
    file: FileId,
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

    fn bad_value(&mut self, span: Span, value: &str, expected: &str) {
        let message = format!("{} is not {expected}", quoted(value));
        self.push(Diagnostic::new(Code::BadValue, span, message));
    }
}
