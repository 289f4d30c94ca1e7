//! Text between quotes.

/// Writes a text with its quotes, piece by piece: what JSON cannot hold as it is is escaped.
pub(super) fn write<E>(text: &str, mut put: impl FnMut(&str) -> Result<(), E>) -> Result<(), E> {
    put("\"")?;
    let mut rest = text;
    while let Some(at) = rest.find(|letter: char| matches!(letter, '"' | '\\') || letter < ' ') {
        put(&rest[..at])?;
        let letter = rest.as_bytes()[at];
        match letter {
            b'"' => put("\\\"")?,
            b'\\' => put("\\\\")?,
            b'\n' => put("\\n")?,
            b'\r' => put("\\r")?,
            b'\t' => put("\\t")?,
            8 => put("\\b")?,
            12 => put("\\f")?,
            other => put(&format!("\\u{other:04x}"))?,
        }
        rest = &rest[at + 1..];
    }
    put(rest)?;
    put("\"")
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    #[test]
    fn what_json_cannot_hold_is_escaped() {
        for (text, expected) in [
            ("", r#""""#),
            ("a/ä\u{7f}😀", "\"a/ä\u{7f}😀\""),
            ("\"\\\n\r\t\u{8}\u{c}", r#""\"\\\n\r\t\b\f""#),
            ("\0a\u{1f}", r#""\u0000a\u001f""#),
        ] {
            let mut written = String::new();
            let Ok(()) = super::write(text, |part| {
                written.push_str(part);
                Ok::<_, Infallible>(())
            });
            assert_eq!(written, expected);
            assert_eq!(serde_json::from_str::<String>(&written).unwrap(), text);
        }
    }
}
