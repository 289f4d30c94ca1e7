//! A comment: kept word for word, moved as a block.

use std::borrow::Cow;

/// A comment and where it stood.
#[derive(Clone, Copy)]
pub(super) struct Comment<'a> {
    /// From `<!--` to `-->`.
    source: &'a str,
    /// How many characters stood before it on its line, if it goes on in further ones.
    column: usize,
}

impl<'a> Comment<'a> {
    /// The comment at the bytes `start..end` of a file.
    pub(super) fn new(text: &'a str, start: usize, end: usize) -> Self {
        let source = &text[start..end];
        // Looked for only where it is needed: a file may be one line of comments.
        let column = if is_one_line(source) { 0 } else { column(&text[..start]) };
        Self { source, column }
    }

    pub(super) fn is_one_line(&self) -> bool {
        is_one_line(self.source)
    }

    /// Appends it. Lines after the first are as far from its start as they were, but never to the left of it.
    pub(super) fn print(&self, out: &mut String) {
        if self.is_one_line() {
            out.push_str(self.source);
            return;
        }
        let column = column(out);
        for (at, line) in feeds_only(self.source).split('\n').map(str::trim_end).enumerate() {
            if at == 0 {
                out.push_str(line);
                continue;
            }
            out.push('\n');
            let words = line.trim_start_matches([' ', '\t']);
            if !words.is_empty() {
                let blanks = line.len() - words.len();
                out.extend(std::iter::repeat_n(' ', column + blanks.saturating_sub(self.column)));
                out.push_str(words);
            }
        }
    }
}

fn is_one_line(source: &str) -> bool {
    !source.contains(['\n', '\r'])
}

/// The characters after the last line break.
fn column(before: &str) -> usize {
    let line = before.rfind(['\n', '\r']).map_or(before, |at| &before[at + 1..]);
    line.chars().count()
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
        let mut out = before.to_owned();
        Comment::new(text, start, text.len()).print(&mut out);
        assert_eq!(out, format!("{before}{expected}"), "{text:?}");
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
}
