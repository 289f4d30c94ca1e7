//! The text of JSON, a token after the other.
//!
//! Not a parser into objects: whoever reads knows what should come. It keeps what such parsers lose: the place of
//! everything, members that come twice, and every digit of a number.

use std::borrow::Cow;

/// The unread part of a text.
#[derive(Clone, Debug)]
pub(super) struct Cursor<'t> {
    text: &'t str,
    at: usize,
}

/// What a value begins as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Object,
    Array,
    Text,
    Number,
    True,
    False,
    Null,
    /// Nothing that could be a value, or the end.
    Nothing,
}

/// What is missing, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Missing {
    pub(super) expected: &'static str,
    pub(super) at: usize,
}

impl<'t> Cursor<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    /// The whole text.
    pub(super) fn text(&self) -> &'t str {
        self.text
    }

    /// Where the next token begins.
    pub(super) fn at(&mut self) -> usize {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len();
        self.at
    }

    /// What comes next.
    pub(super) fn peek(&mut self) -> Token {
        self.at();
        match self.rest().as_bytes().first() {
            Some(b'{') => Token::Object,
            Some(b'[') => Token::Array,
            Some(b'"') => Token::Text,
            Some(b'-' | b'0'..=b'9') => Token::Number,
            Some(b't') => Token::True,
            Some(b'f') => Token::False,
            Some(b'n') => Token::Null,
            _ => Token::Nothing,
        }
    }

    /// Takes a sign that is there.
    pub(super) fn take(&mut self, sign: char) -> bool {
        self.at();
        let is_there = self.rest().starts_with(sign);
        if is_there {
            self.at += sign.len_utf8();
        }
        is_there
    }

    /// Takes a sign that must be there.
    pub(super) fn expect(&mut self, sign: char, expected: &'static str) -> Result<(), Missing> {
        if self.take(sign) { Ok(()) } else { Err(self.missing(expected)) }
    }

    /// Takes a `true`, `false` or `null`.
    pub(super) fn word(&mut self, word: &'static str) -> Result<(), Missing> {
        self.at();
        let Some(rest) = self.rest().strip_prefix(word) else { return Err(self.missing("a value")) };
        if rest.starts_with(|letter: char| letter.is_ascii_alphanumeric()) {
            return Err(self.missing("a value"));
        }
        self.at += word.len();
        Ok(())
    }

    /// Takes a number, as it is written.
    pub(super) fn number(&mut self) -> Result<&'t str, Missing> {
        self.at();
        let rest = self.rest();
        let is_of_number = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '+' | '-');
        let number = &rest[..rest.find(|letter| !is_of_number(letter)).unwrap_or(rest.len())];
        if !super::number::is_number(number) {
            return Err(self.missing("a number"));
        }
        self.at += number.len();
        Ok(number)
    }

    /// Takes a text between quotes.
    pub(super) fn quoted(&mut self) -> Result<Cow<'t, str>, Missing> {
        self.expect('"', "a text in double quotes")?;
        let rest = self.rest();
        let end = rest.find(|letter: char| matches!(letter, '"' | '\\') || letter < ' ');
        match end.map(|end| (end, rest.as_bytes()[end])) {
            Some((end, b'"')) => {
                self.at += end + 1;
                Ok(Cow::Borrowed(&rest[..end]))
            }
            Some((end, b'\\')) => self.escaped(end).map(Cow::Owned),
            Some((end, _)) => {
                self.at += end;
                Err(self
                    .missing("a double quote or an escape: no text has a line break or control character"))
            }
            None => {
                self.at = self.text.len();
                Err(self.missing("a double quote at the end of a text"))
            }
        }
    }

    /// Takes the rest of a text of which `plain` bytes need no care.
    fn escaped(&mut self, mut plain: usize) -> Result<String, Missing> {
        let mut text = String::new();
        loop {
            let rest = self.rest();
            text.push_str(&rest[..plain]);
            self.at += plain;
            match rest.as_bytes().get(plain) {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(text);
                }
                Some(b'\\') => text.push(self.escape()?),
                Some(_) => {
                    return Err(self.missing(
                        "a double quote or an escape: no text has a line break or control character",
                    ));
                }
                None => return Err(self.missing("a double quote at the end of a text")),
            }
            let rest = self.rest();
            plain =
                rest.find(|letter: char| matches!(letter, '"' | '\\') || letter < ' ').unwrap_or(rest.len());
        }
    }

    /// Takes a backslash and what it stands for.
    fn escape(&mut self) -> Result<char, Missing> {
        let letter = match self.rest().as_bytes().get(1) {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.code_point(),
            _ => return Err(self.missing("an escape such as `\\n`")),
        };
        self.at += 2;
        Ok(letter)
    }

    /// Takes `\u00e4`, or two of these for one letter.
    fn code_point(&mut self) -> Result<char, Missing> {
        const EXPECTED: &str = "an escape of a letter, such as `\\u00e4` or both halves of a pair";
        let unit = |rest: &str| {
            let digits = rest.strip_prefix("\\u")?.get(..4)?;
            let is_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
            is_hex.then(|| u16::from_str_radix(digits, 16).ok())?
        };
        let rest = self.rest();
        let units = [unit(rest), rest.get(6..).and_then(unit)];
        let mut letters = char::decode_utf16(units.into_iter().map_while(|unit| unit));
        let Some(Ok(letter)) = letters.next() else { return Err(self.missing(EXPECTED)) };
        self.at += 6 * letter.len_utf16();
        Ok(letter)
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    #[cold]
    fn missing(&self, expected: &'static str) -> Missing {
        Missing { expected, at: self.at }
    }
}

impl Token {
    /// What it is called.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Object => "an object",
            Self::Array => "an array",
            Self::Text => "a text",
            Self::Number => "a number",
            Self::True | Self::False => "`true` or `false`",
            Self::Null => "null",
            Self::Nothing => "no value",
        }
    }
}
