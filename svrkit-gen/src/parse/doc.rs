//! `<doc>`: text for people.

/// What indents a line and is dropped at its end. A wider blank, or one that does not break, is part of the text.
const BLANKS: [char; 2] = [' ', '\t'];

/// The text without blank lines at both ends and without the indentation all lines share but the first.
pub(super) fn dedent(text: &str) -> String {
    let text = text.trim_matches(|it| BLANKS.contains(&it) || it == '\n' || it == '\r');
    let lines = || text.lines().flat_map(|line| line.split('\r')).map(|line| line.trim_end_matches(BLANKS));
    let indent = |line: &str| line.len() - line.trim_start_matches(BLANKS).len();
    let shared = lines().skip(1).filter(|line| !line.is_empty()).map(indent).min().unwrap_or(0);
    let mut dedented = String::with_capacity(text.len());
    for (at, line) in lines().enumerate() {
        if at > 0 {
            dedented.push('\n');
        }
        // A blank line is shorter than what the others share.
        dedented.push_str(if at == 0 { line } else { line.get(shared..).unwrap_or_default() });
    }
    dedented
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
            ("one\n \n\t two\n  three", "one\n\ntwo\nthree"),
            ("\r\n one\r\n  two\r   three\r\r\n", "one\ntwo\n three"),
        ] {
            assert_eq!(dedent(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_wide_blank_is_text() {
        for (text, expected) in [
            ("one\n\u{3000}two", "one\n\u{3000}two"),
            ("one\n two\n\u{3000}three", "one\n two\n\u{3000}three"),
            ("one\n  two\n  \u{3000}three\n", "one\ntwo\n\u{3000}three"),
            ("\n \u{a0}one\n  two\u{2003} \n", "\u{a0}one\ntwo\u{2003}"),
            ("\u{3000}", "\u{3000}"),
        ] {
            assert_eq!(dedent(text), expected, "{text:?}");
        }
    }
}
