//! The text, a token after the other: blanks and comments are passed over, the place of everything is kept.

/// The unread part of a text.
#[derive(Clone, Debug)]
pub(super) struct Cursor<'t> {
    text: &'t str,
    at: usize,
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
        loop {
            let rest = self.rest();
            let blank = rest.trim_start_matches([' ', '\t', '\n', '\r']);
            self.at += rest.len() - blank.len();
            if !blank.starts_with('#') {
                return self.at;
            }
            self.at += blank.find('\n').unwrap_or(blank.len());
        }
    }

    /// The first sign of the next token; none at the end.
    pub(super) fn peek(&mut self) -> Option<char> {
        self.at();
        self.rest().chars().next()
    }

    /// Takes a sign that is there.
    pub(super) fn take(&mut self, sign: char) -> bool {
        let is_there = self.peek() == Some(sign);
        if is_there {
            self.at += sign.len_utf8();
        }
        is_there
    }

    /// Takes letters, digits, underscores and points: a name, or a number but for its sign.
    pub(super) fn word(&mut self) -> &'t str {
        self.at();
        let rest = self.rest();
        let is_of_word = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '.');
        let mut end = rest.find(|letter| !is_of_word(letter)).unwrap_or(rest.len());
        // The sign of an exponent.
        let is_decimal = rest.starts_with(|letter: char| letter.is_ascii_digit() || letter == '.');
        if is_decimal
            && !rest.starts_with("0x")
            && rest[..end].ends_with(['e', 'E'])
            && rest[end..].starts_with(['+', '-'])
        {
            let behind = &rest[end + 1..];
            end += 1 + behind.find(|letter| !is_of_word(letter)).unwrap_or(behind.len());
        }
        self.at += end;
        &rest[..end]
    }

    /// Takes what stands between quotes, single or double; what follows in quotes is more of it.
    pub(super) fn quoted(&mut self) -> Result<Vec<u8>, Missing> {
        let mut bytes = Vec::new();
        while let Some(quote @ ('"' | '\'')) = self.peek() {
            self.at += 1;
            loop {
                let rest = self.rest();
                let plain = rest
                    .find([quote, '\\', '\n'])
                    .ok_or_else(|| self.missing("a quote at the end of a text"))?;
                bytes.extend_from_slice(&rest.as_bytes()[..plain]);
                self.at += plain;
                match rest.as_bytes()[plain] {
                    b'\\' => self.escape(&mut bytes)?,
                    b'\n' => return Err(self.missing("a quote in front of the end of the line")),
                    _ => {
                        self.at += 1;
                        break;
                    }
                }
            }
        }
        Ok(bytes)
    }

    /// Takes a backslash and what it stands for.
    fn escape(&mut self, bytes: &mut Vec<u8>) -> Result<(), Missing> {
        let rest = &self.rest()[1..];
        let mut letter = |byte: u8| {
            bytes.push(byte);
            2
        };
        let len = match rest.as_bytes().first() {
            Some(b'a') => letter(7),
            Some(b'b') => letter(8),
            Some(b'f') => letter(12),
            Some(b'n') => letter(b'\n'),
            Some(b'r') => letter(b'\r'),
            Some(b't') => letter(b'\t'),
            Some(b'v') => letter(11),
            Some(sign @ (b'"' | b'\'' | b'\\' | b'?')) => letter(*sign),
            Some(b'0'..=b'7') => {
                let (byte, len) = digits(rest, 8, 3).ok_or_else(|| self.missing("at most `\\377`"))?;
                bytes.push(byte as u8);
                1 + len
            }
            Some(b'x' | b'X') => {
                let hex = digits(&rest[1..], 16, 2);
                let (byte, len) = hex.ok_or_else(|| self.missing("hexadecimal digits behind `\\x`"))?;
                bytes.push(byte as u8);
                2 + len
            }
            Some(sign @ (b'u' | b'U')) => {
                let wanted = if *sign == b'u' { 4 } else { 8 };
                let number = rest.get(1..=wanted).filter(|it| it.bytes().all(|it| it.is_ascii_hexdigit()));
                let code = number.and_then(|it| u32::from_str_radix(it, 16).ok()).and_then(char::from_u32);
                let code = code.ok_or_else(|| self.missing("the four or eight digits of a letter"))?;
                bytes.extend_from_slice(code.encode_utf8(&mut [0; 4]).as_bytes());
                2 + wanted
            }
            _ => return Err(self.missing("an escape such as `\\n` or `\\001`")),
        };
        self.at += len;
        Ok(())
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    #[cold]
    pub(super) fn missing(&self, expected: &'static str) -> Missing {
        Missing { expected, at: self.at }
    }
}

/// The byte that up to so many digits stand for, and how many they are.
fn digits(text: &str, radix: u32, most: usize) -> Option<(u32, usize)> {
    let len = text.bytes().take(most).take_while(|digit| char::from(*digit).is_digit(radix)).count();
    let number = u32::from_str_radix(&text[..len], radix).ok()?;
    (number <= 0xff).then_some((number, len))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_quotes_is_read_with_its_escapes() {
        for (text, expected) in [
            (r#""""#, Some(&b""[..])),
            (r#""a'b" 'c"d'"#, Some(b"a'bc\"d")),
            ("'a' # comment\n \"b\"", Some(b"ab")),
            (r#""\a\b\f\n\r\t\v\"\'\\\?""#, Some(b"\x07\x08\x0c\n\r\t\x0b\"'\\?")),
            (r#""\0\12\3777\x4\x41B\u00fc\U0001f980""#, Some(b"\0\n\xff7\x04AB\xc3\xbc\xf0\x9f\xa6\x80")),
            ("\"a\nb\"", None),
            ("\"a", None),
            (r#""\q""#, None),
            (r#""\400""#, None),
            (r#""\x""#, None),
            (r#""\u12""#, None),
            (r#""\ud800""#, None),
            ("\"\\\u{fc}\"", None),
            (r#""\"#, None),
        ] {
            assert_eq!(Cursor::new(text).quoted().ok().as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn words_are_names_and_numbers() {
        for (text, expected) in [
            ("id: 1", "id"),
            (" # comment\n x.y_1{", "x.y_1"),
            ("1.5e-3]", "1.5e-3"),
            ("1E+5f,", "1E+5f"),
            ("0x1e-5", "0x1e"),
            ("e-5", "e"),
            ("-1", ""),
        ] {
            assert_eq!(Cursor::new(text).word(), expected, "{text}");
        }
    }
}
