//! Text that grows by values: commas, line breaks and the limit of its length.

use std::io::Write;

use super::Options;
use super::quoted;
use super::write_error::{WriteError, WriteErrorKind};

/// What JSON is written to.
pub(super) struct Layout<W> {
    out: W,
    limit: usize,
    left: usize,
    is_pretty: bool,
    depth: usize,
    /// Whether nothing stands in the innermost list or object yet.
    is_first: bool,
}

impl<W: Write> Layout<W> {
    pub(super) fn new(out: W, options: &Options) -> Self {
        Self {
            out,
            limit: options.out,
            left: options.out,
            is_pretty: options.pretty,
            depth: 0,
            is_first: true,
        }
    }

    /// Begins a list or an object.
    pub(super) fn open(&mut self, bracket: &str) -> Result<(), WriteError> {
        self.depth += 1;
        self.is_first = true;
        self.put(bracket)
    }

    pub(super) fn close(&mut self, bracket: &str) -> Result<(), WriteError> {
        self.depth -= 1;
        if !self.is_first {
            self.line()?;
        }
        self.is_first = false;
        self.put(bracket)
    }

    /// Goes on to the next element.
    pub(super) fn element(&mut self) -> Result<(), WriteError> {
        if !self.is_first {
            self.put(",")?;
        }
        self.is_first = false;
        self.line()
    }

    /// Goes on to the next member.
    pub(super) fn member(&mut self, name: &str) -> Result<(), WriteError> {
        self.element()?;
        self.quoted(name)?;
        self.put(if self.is_pretty { ": " } else { ":" })
    }

    pub(super) fn quoted(&mut self, text: &str) -> Result<(), WriteError> {
        quoted::write(text, |part| self.put(part))
    }

    pub(super) fn put(&mut self, text: &str) -> Result<(), WriteError> {
        let Some(left) = self.left.checked_sub(text.len()) else {
            return Err(WriteError::new(String::new(), WriteErrorKind::TooLong { limit: self.limit }));
        };
        self.left = left;
        let written = self.out.write_all(text.as_bytes());
        written.map_err(|error| WriteError::new(String::new(), WriteErrorKind::Output(error)))
    }

    fn line(&mut self) -> Result<(), WriteError> {
        if self.is_pretty {
            self.put("\n")?;
            for _ in 0..self.depth {
                self.put("  ")?;
            }
        }
        Ok(())
    }
}
