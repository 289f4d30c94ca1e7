//! Text that ends at a limit.

use std::fmt;

/// Takes text up to a limit. What does not fit is an error, after which it takes nothing more.
#[derive(Debug)]
pub(crate) struct Page {
    text: String,
    /// Where the last whole line ends.
    whole: usize,
    limit: usize,
    is_full: bool,
}

impl Page {
    pub(crate) fn new(limit: usize) -> Self {
        Self { text: String::new(), whole: 0, limit, is_full: false }
    }

    pub(crate) fn is_full(&self) -> bool {
        self.is_full
    }

    /// Ends a line. Lines that are not ended are not kept.
    pub(crate) fn end_line(&mut self) -> fmt::Result {
        fmt::Write::write_str(self, "\n")?;
        self.whole = self.text.len();
        Ok(())
    }

    /// The whole lines.
    pub(crate) fn into_text(mut self) -> String {
        self.text.truncate(self.whole);
        self.text
    }
}

impl fmt::Write for Page {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.is_full |= self.limit - self.text.len() < text.len();
        if self.is_full {
            return Err(fmt::Error);
        }
        self.text.push_str(text);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    #[test]
    fn it_takes_up_to_its_limit_and_keeps_whole_lines() {
        let mut page = Page::new(6);
        page.write_str("ab").unwrap();
        page.end_line().unwrap();
        page.write_str("cde").unwrap();
        assert!(!page.is_full());
        page.end_line().unwrap_err();
        assert!(page.is_full() && page.write_str("").is_err());
        assert_eq!(page.into_text(), "ab\n");
    }
}
