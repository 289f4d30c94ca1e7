//! `<doc>`: text for people.

/// The text without blank lines at both ends and without the indentation all lines share but the first.
pub(super) fn dedent(text: &str) -> String {
    let text = text.trim();
    let indent = |line: &str| line.len() - line.trim_start().len();
    let after_first = text.lines().skip(1).map(str::trim_end).filter(|line| !line.is_empty());
    let shared = after_first.map(indent).min().unwrap_or(0);
    let mut dedented = String::with_capacity(text.len());
    for (at, line) in text.lines().map(str::trim_end).enumerate() {
        if at > 0 {
            dedented.push('\n');
        }
        dedented.push_str(if at == 0 { line } else { strip(line, shared) });
    }
    dedented
}

/// The line without blanks at its start, at most so many bytes of them: a wide one that would be cut stays whole.
fn strip(line: &str, len: usize) -> &str {
    let ends =
        line.char_indices().take_while(|(_, it)| it.is_whitespace()).map(|(at, it)| at + it.len_utf8());
    let end = ends.take_while(|end| *end <= len).last().unwrap_or(0);
    &line[end..]
}

#[cfg(test)]
mod tests {
    use super::dedent;

    #[test]
    fn the_indentation_of_the_xml_is_no_part_of_the_text() {
        for (text, expected) in [
            ("", ""),
            (" one ", "one"),
            ("\n    one\n    two\n  ", "one\ntwo"),
            ("one\n    - a\n      b\n", "one\n- a\n  b"),
            ("one\n\n    two", "one\n\ntwo"),
            ("one\n\u{3000}two", "one\ntwo"),
            ("one\n two\n\u{3000}three", "one\ntwo\n\u{3000}three"),
        ] {
            assert_eq!(dedent(text), expected, "{text:?}");
        }
    }
}
