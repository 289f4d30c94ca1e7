//! Text and bytes between double quotes.

use std::fmt::{self, Write};

/// Shows a text; letters that could deceive a reader's screen are escaped.
pub(crate) struct Quoted<'t>(pub(crate) &'t str);

/// Shows bytes: those that are no visible ASCII in three octal digits.
pub(super) struct QuotedBytes<'b>(pub(super) &'b [u8]);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_char('"')?;
        let mut rest = self.0;
        while let Some(at) = rest.find(needs_care) {
            out.write_str(&rest[..at])?;
            let letter = rest[at..].chars().next().unwrap_or_default();
            let behind = at + letter.len_utf8();
            rest[at..behind].bytes().try_for_each(|byte| put_byte(out, byte))?;
            rest = &rest[behind..];
        }
        out.write_str(rest)?;
        out.write_char('"')
    }
}

impl fmt::Display for QuotedBytes<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_char('"')?;
        self.0.iter().try_for_each(|byte| put_byte(out, *byte))?;
        out.write_char('"')
    }
}

fn needs_care(letter: char) -> bool {
    matches!(letter, '"' | '\\' | '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
        || letter.is_control()
}

fn put_byte(out: &mut fmt::Formatter<'_>, byte: u8) -> fmt::Result {
    match byte {
        b'\n' => out.write_str("\\n"),
        b'\r' => out.write_str("\\r"),
        b'\t' => out.write_str("\\t"),
        b'"' => out.write_str("\\\""),
        b'\\' => out.write_str("\\\\"),
        b' '..=b'~' => out.write_char(char::from(byte)),
        _ => write!(out, "\\{byte:03o}"),
    }
}
