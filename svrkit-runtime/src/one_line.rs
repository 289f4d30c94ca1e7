//! Words of anybody on one line: what logs and pages show may repeat what a peer has sent.

use std::fmt::{self, Write as _};

/// `words` without what would begin a line or steer a terminal, up to `len_max` bytes and ` and more`.
pub(crate) fn one_line(words: fmt::Arguments<'_>, len_max: usize) -> String {
    let mut text = String::new();
    let mut tame = Tame { text: &mut text, left: len_max };
    // An error is ours, where no more is wanted, or that of somebody's Display: what it has said so far is said.
    let is_cut = write!(tame, "{words}").is_err() && tame.left == 0;
    if is_cut {
        text.push_str(" and more");
    }
    text
}

/// Takes text up to a length, and writes out what would begin a line or steer a terminal.
struct Tame<'a> {
    text: &'a mut String,
    left: usize,
}

impl fmt::Write for Tame<'_> {
    fn write_str(&mut self, words: &str) -> fmt::Result {
        words.chars().try_for_each(|c| self.write_char(c))
    }

    fn write_char(&mut self, c: char) -> fmt::Result {
        let is_tame = !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}');
        let len = if is_tame { c.len_utf8() } else { c.escape_default().len() };
        if len > self.left {
            self.left = 0;
            return Err(fmt::Error);
        }
        self.left -= len;
        if is_tame {
            self.text.push(c);
        } else {
            self.text.extend(c.escape_default());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(words: &str) -> String {
        one_line(format_args!("{words}"), 3072)
    }

    #[test]
    fn what_is_said_stays_on_its_line_and_does_not_steer_a_terminal() {
        assert_eq!(
            said("no\nsvrkit: forged\r\u{1b}[2J\u{2028}é\"\\"),
            "no\\nsvrkit: forged\\r\\u{1b}[2J\\u{2028}é\"\\"
        );
    }

    #[test]
    fn what_is_said_ends_at_its_most() {
        assert_eq!(said(&"x".repeat(3072)), "x".repeat(3072));
        assert_eq!(said(&"x".repeat(3073)), "x".repeat(3072) + " and more");
        assert_eq!(said(&"\n".repeat(3072)), "\\n".repeat(3072 / 2) + " and more");
    }
}
