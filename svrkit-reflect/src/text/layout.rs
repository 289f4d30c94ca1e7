//! Lines and their indentation: what both ways of writing text share.

use std::fmt::{self, Display, Write};

use crate::walk::Page;

/// Writes fields, a line each.
#[derive(Debug)]
pub(super) struct Layout {
    page: Page,
    level: usize,
}

impl Layout {
    pub(super) fn new(limit: usize) -> Self {
        Self { page: Page::new(limit), level: 0 }
    }

    pub(super) fn is_full(&self) -> bool {
        self.page.is_full()
    }

    /// `name: value`
    pub(super) fn field(&mut self, name: impl Display, value: impl Display) -> fmt::Result {
        self.line(format_args!("{name}: {value}"))
    }

    /// `name {`
    pub(super) fn open(&mut self, name: impl Display) -> fmt::Result {
        self.line(format_args!("{name} {{"))?;
        self.level += 1;
        Ok(())
    }

    /// `}`
    pub(super) fn close(&mut self) -> fmt::Result {
        self.level = self.level.saturating_sub(1);
        self.line("}")
    }

    /// `name: [`, to be followed by elements.
    pub(super) fn open_list(&mut self, name: impl Display) -> fmt::Result {
        self.indent()?;
        write!(self.page, "{name}: [")
    }

    pub(super) fn element(&mut self, value: impl Display, is_first: bool) -> fmt::Result {
        write!(self.page, "{}{value}", if is_first { "" } else { ", " })
    }

    /// `]`
    pub(super) fn close_list(&mut self) -> fmt::Result {
        self.page.write_str("]")?;
        self.page.end_line()
    }

    pub(super) fn line(&mut self, text: impl Display) -> fmt::Result {
        self.indent()?;
        write!(self.page, "{text}")?;
        self.page.end_line()
    }

    /// The whole lines.
    pub(super) fn into_text(self) -> String {
        self.page.into_text()
    }

    fn indent(&mut self) -> fmt::Result {
        (0..self.level).try_for_each(|_| self.page.write_str("  "))
    }
}
