//! What is written, as far as a schema file may reach: however little a file is, its layout may be too much.

use std::iter::repeat_n;

use crate::limits::FILE_LEN_MAX;

/// Text that stops growing where it would pass [`FILE_LEN_MAX`].
#[derive(Default)]
pub(super) struct Page {
    text: String,
    is_cut: bool,
}

impl Page {
    pub(super) fn push(&mut self, text: &str) {
        if self.has_room(text.len()) {
            self.text.push_str(text);
        }
    }

    pub(super) fn push_blanks(&mut self, count: usize) {
        if self.has_room(count) {
            self.text.extend(repeat_n(' ', count));
        }
    }

    /// How many characters stand in the last line.
    pub(super) fn column(&self) -> usize {
        // What was cut is nobody's, and its last line may be long.
        if self.is_cut { 0 } else { column(&self.text) }
    }

    /// The whole text; `None` if it did not fit.
    pub(super) fn finish(self) -> Option<String> {
        (!self.is_cut).then_some(self.text)
    }

    /// What comes after the first text without room has none either.
    fn has_room(&mut self, len: usize) -> bool {
        self.is_cut |= FILE_LEN_MAX < self.text.len() as u64 + len as u64;
        !self.is_cut
    }
}

/// The characters after the last line break.
pub(super) fn column(before: &str) -> usize {
    let line = before.rfind(['\n', '\r']).map_or(before, |at| &before[at + 1..]);
    line.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_was_cut_takes_no_more() {
        let filled = || {
            let mut page = Page::default();
            page.push_blanks(FILE_LEN_MAX as usize - 1);
            page
        };
        let mut full = filled();
        full.push("x");
        assert_eq!(full.finish().map(|text| text.len() as u64), Some(FILE_LEN_MAX));
        for push in [|page: &mut Page| page.push("xy"), |page: &mut Page| page.push_blanks(2)] {
            let mut cut = filled();
            push(&mut cut);
            cut.push("x");
            assert_eq!((cut.text.len() as u64, cut.column()), (FILE_LEN_MAX - 1, 0));
            assert_eq!(cut.finish(), None);
        }
    }
}
