//! A comment: kept word for word, moved as a block.

use std::borrow::Cow;

use super::page::{Page, column};

/// How far to the right of its line's start a comment can take its further lines. A file may be one comment after the
/// other, each starting where a line of the last one ends.
const COLUMN_MAX: usize = 100;

/// A comment and where it stood.
#[derive(Clone, Copy)]
pub(super) struct Comment<'a> {
    /// From `<!--` to `-->`.
    source: &'a str,
    /// How many characters stood before it on its line, if it goes on in further ones; at most [`COLUMN_MAX`].
    column: usize,
}

impl<'a> Comment<'a> {
    /// The comment at the bytes `start..end` of a file.
    pub(super) fn new(text: &'a str, start: usize, end: usize) -> Self {
        let source = &text[start..end];
        // Looked for only where it is needed: a file may be one line of comments.
        let column = if is_one_line(source) { 0 } else { column(&text[..start]).min(COLUMN_MAX) };
        Self { source, column }
    }

    pub(super) fn is_one_line(&self) -> bool {
        is_one_line(self.source)
    }

    /// Appends it. Lines after the first are as far from its start as they were, but never to the left of it.
    pub(super) fn print(&self, page: &mut Page) {
        if self.is_one_line() {
            page.push(self.source);
            return;
        }
        let column = page.column().min(COLUMN_MAX);
        for (at, line) in feeds_only(self.source).split('\n').map(str::trim_end).enumerate() {
            if at == 0 {
                page.push(line);
                continue;
            }
            page.push("\n");
            let words = line.trim_start_matches([' ', '\t']);
            if !words.is_empty() {
                let blanks = line.len() - words.len();
                page.push_blanks(column + blanks.saturating_sub(self.column));
                page.push(words);
            }
        }
    }
}

fn is_one_line(source: &str) -> bool {
    !source.contains(['\n', '\r'])
}

/// XML knows three line breaks; one is enough.
fn feeds_only(source: &str) -> Cow<'_, str> {
    match source.contains('\r') {
        true => Cow::Owned(source.replace("\r\n", "\n").replace('\r', "\n")),
        false => Cow::Borrowed(source),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The comment of `text`, printed after `before`.
    #[track_caller]
    fn check(text: &str, before: &str, expected: &str) {
        let start = text.find("<!--").unwrap();
        let mut page = Page::default();
        page.push(before);
        Comment::new(text, start, text.len()).print(&mut page);
        assert_eq!(page.finish(), Some(format!("{before}{expected}")), "{text:?}");
    }

    #[test]
    fn the_lines_of_a_comment_move_together() {
        for (text, before, expected) in [
            ("<!--  a\tb -->", "  ", "<!--  a\tb -->"),
            ("    <!-- a\n         b -->", "x\n  ", "<!-- a\n       b -->"),
            ("<!-- a\n     b\n-->", "    ", "<!-- a\n         b\n    -->"),
            ("    <!-- a\n  b -->", "  ", "<!-- a\n  b -->"),
            ("<é/> <!-- a\n     b -->", "  ", "<!-- a\n  b -->"),
            ("\t<!-- a  \r\n\r\n\t  b\r  c -->", "", "<!-- a\n\n  b\n c -->"),
            ("  <!-- a\n  \u{3000}b -->", "", "<!-- a\n\u{3000}b -->"),
        ] {
            check(text, before, expected);
        }
    }

    #[test]
    fn a_comment_far_to_the_right_has_its_lines_less_far() {
        let [near, most, far] = [99, 100, 101].map(|column| "x".repeat(column));
        let blanks = |count: usize| " ".repeat(count);
        check("<!--\na-->", &near, &format!("<!--\n{}a-->", blanks(99)));
        check("<!--\na-->", &most, &format!("<!--\n{}a-->", blanks(100)));
        check("<!--\na-->", &far, &format!("<!--\n{}a-->", blanks(100)));
        check(&format!("{far}<!--\n{}a-->", blanks(102)), &far, &format!("<!--\n{}a-->", blanks(102)));
        check(&format!("{far}<!--\n{}a-->", blanks(102)), " ", &format!("<!--\n{}a-->", blanks(3)));
    }
}
