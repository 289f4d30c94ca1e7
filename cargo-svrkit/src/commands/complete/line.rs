//! A line of bash up to the cursor: its words, and what bash wants back for the last of them.
//!
//! Bash splits words at `:` and `=` as well (COMP_WORDBREAKS), which addresses have inside, and replaces only what stands behind the last of
//! those. So the line is read here, with the quotes and backslashes of bash; what a shell would expand is taken as it stands.

/// What needs no quotes in bash, besides letters and digits.
const PLAIN: &str = "_./@:=,+%^-~";

/// Words of a line; the last one is where the cursor is, and may be empty.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) words: Vec<String>,
    /// The quote that the last word is in.
    quote: Option<char>,
    /// So many bytes of the last word bash keeps by itself.
    kept: usize,
}

impl Line {
    pub(super) fn read(text: &str, breaks: &str) -> Self {
        let mut line = Self { words: vec![String::new()], quote: None, kept: 0 };
        let mut is_word = false;
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            match (line.quote, c) {
                (Some(quote), c) if c == quote => line.turn(None),
                (None, '"' | '\'') => line.turn(Some(c)),
                (None, ' ' | '\t' | '\n') => {
                    if is_word {
                        line.words.push(String::new());
                        line.kept = 0;
                    }
                    is_word = false;
                    continue;
                }
                (None | Some('"'), '\\') => line.push(chars.next()),
                (quote, c) => {
                    line.push(Some(c));
                    if quote.is_none() && breaks.contains(c) {
                        line.kept = line.current().len();
                    }
                }
            }
            is_word = true;
        }
        line
    }

    /// `value` in the place of the last word, as bash puts it in.
    pub(super) fn wanted_back(&self, value: &str) -> String {
        let is_quoted = |c: char| match self.quote {
            None => !c.is_alphanumeric() && !PLAIN.contains(c),
            Some('"') => matches!(c, '"' | '\\' | '$' | '`'),
            Some(_) => false,
        };
        let mut back = String::new();
        for c in value.get(self.kept..).unwrap_or(value).chars() {
            if is_quoted(c) {
                back.push('\\');
            }
            back.push(c);
        }
        back
    }

    fn current(&self) -> &str {
        self.words.last().map_or("", String::as_str)
    }

    fn push(&mut self, c: Option<char>) {
        if let Some(word) = self.words.last_mut() {
            word.extend(c);
        }
    }

    /// Quotes break words for bash.
    fn turn(&mut self, quote: Option<char>) {
        self.quote = quote;
        self.kept = self.current().len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BREAKS: &str = " \t\n\"'><=;|&(:";

    #[track_caller]
    fn check(text: &str, words: &[&str], value: &str, back: &str) {
        let line = Line::read(text, BREAKS);
        assert_eq!(line.words, words, "{text}");
        assert_eq!(line.wanted_back(value), back, "{text}");
    }

    #[test]
    fn the_last_word_comes_back_from_where_bash_has_broken_it() {
        check("cargo svrkit ca", &["cargo", "svrkit", "ca"], "call", "call");
        check("cargo  svrkit ", &["cargo", "svrkit", ""], "call", "call");
        check("x call 127.0.0.1:43", &["x", "call", "127.0.0.1:43"], "127.0.0.1:4310", "4310");
        check("x --schema=s", &["x", "--schema=s"], "--schema=schemas/", "schemas/");
        check("x a:b\\ c", &["x", "a:b c"], "a:b c d$e", "b\\ c\\ d\\$e");
        check("x unix:/a.s", &["x", "unix:/a.s"], "unix:/a.sock", "/a.sock");
    }

    #[test]
    fn quotes_are_read_and_kept() {
        check("x 'a b", &["x", "a b"], "a b\"c", "a b\"c");
        check("x \"a\\\"b", &["x", "a\"b"], "a\"b $c", "a\\\"b \\$c");
        check("x \"a:b", &["x", "a:b"], "a:bc", "a:bc");
        check("x 'a b'c", &["x", "a bc"], "a bcd", "cd");
        check("x ''", &["x", ""], "", "");
        check("x '' y", &["x", "", "y"], "yes", "yes");
        check("x \\", &["x", ""], "a", "a");
        check("", &[""], "a", "a");
    }
}
