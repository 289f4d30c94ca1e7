//! Bytes as a literal whose texts can be read: a line of it is not longer than one of code.

use std::fmt::Write as _;

use proc_macro2::Literal;

/// The letters of a line, at most; an escape is not divided.
const LINE_LEN_MAX: usize = 96;

/// What continues a literal on the next line.
const NEW_LINE: &str = "\\\n        ";

pub(super) fn literal(bytes: &[u8]) -> Literal {
    let mut text = String::with_capacity(bytes.len() * 3 / 2);
    text.push_str("b\"");
    let mut line_at = text.len();
    for &byte in bytes {
        if LINE_LEN_MAX <= text.len() - line_at {
            text.push_str(NEW_LINE);
            line_at = text.len();
        }
        put(&mut text, byte, line_at);
    }
    text.push('"');
    text.parse().expect("every byte is a letter or an escape of a byte string")
}

fn put(text: &mut String, byte: u8, line_at: usize) {
    match byte {
        b'\n' => text.push_str("\\n"),
        b'"' | b'\\' => {
            text.push('\\');
            text.push(byte.into());
        }
        // At the start of a line it would be taken for a part of the indentation.
        b' ' if text.len() == line_at => text.push_str("\\x20"),
        b' '..=b'~' => text.push(byte.into()),
        _ => write!(text, "\\x{byte:02x}").expect("a String takes all"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_is_the_bytes_it_was_made_of_and_its_lines_are_short() {
        let blanks = [b' '; 500];
        let all: Vec<u8> = (0..=255).cycle().take(2_000).collect();
        let text = "a \"quoted\" text with \\ and\nlines, 中文 and '";
        for bytes in [&b""[..], b"\n", b"\"\\", &blanks, &all, text.as_bytes()] {
            let literal = literal(bytes).to_string();
            let parsed: syn::LitByteStr = syn::parse_str(&literal).unwrap();
            assert_eq!(parsed.value(), bytes);
            assert!(literal.lines().all(|line| line.len() <= LINE_LEN_MAX + 16), "{literal}");
        }
        assert_eq!(super::literal(b"\x0a\x05shop\x80\"").to_string(), r#"b"\n\x05shop\x80\"""#);
    }
}
