//! `<doc>`: text for people.

use super::reader::Element;
use super::vocabulary::Kind;

/// The text of the element's `<doc>` without the indentation of the XML; empty when there is none.
pub(super) fn doc(element: &Element<'_>) -> String {
    element.children(Kind::Doc).next().map(|doc| dedent(&doc.text)).unwrap_or_default()
}

/// Drops blank lines at both ends and the indentation all lines share but the first.
fn dedent(text: &str) -> String {
    let lines: Vec<&str> = text.trim().lines().map(str::trim_end).collect();
    let indent = |line: &str| line.len() - line.trim_start().len();
    let shared =
        lines.iter().skip(1).filter(|line| !line.is_empty()).map(|line| indent(line)).min().unwrap_or(0);
    let rest = |line: &str| line.get(shared..).unwrap_or_default().to_owned();
    let dedented =
        lines.iter().enumerate().map(|(at, line)| if at == 0 { (*line).to_owned() } else { rest(line) });
    dedented.collect::<Vec<_>>().join("\n")
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
        ] {
            assert_eq!(dedent(text), expected, "{text:?}");
        }
    }
}
