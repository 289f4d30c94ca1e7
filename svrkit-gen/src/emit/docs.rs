//! Descriptions in the schema as doc comments.
//!
//! The text is Markdown as far as paragraphs, lists, emphasis and code spans go. What rustdoc, clippy or the compiler
//! would complain of in code nobody may edit is made harmless: HTML, links to nowhere, bare addresses, code blocks
//! (they would run as tests), list items continued without indentation, and invisible characters.

use proc_macro2::TokenStream;
use quote::quote;

use crate::diagnostic::is_invisible;

/// The doc attributes for a description; `default` if there is none.
pub(super) fn docs(text: &str, default: &str) -> TokenStream {
    let lines = if text.is_empty() { vec![default.to_owned()] } else { lines(text) };
    let lines = lines.iter().map(|line| if line.is_empty() { String::new() } else { format!(" {line}") });
    quote!(#(#[doc = #lines])*)
}

fn lines(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    // How far the lines of a list item are indented.
    let mut indent = 0;
    for paragraph in paragraphs(text) {
        if !out.is_empty() {
            out.push(String::new());
        }
        let mut spans = CodeSpans::of(&paragraph);
        for line in paragraph {
            let (marker, rest) = split_marker(&line);
            if !marker.is_empty() {
                indent = marker.len();
                out.push(format!("{marker}{}", spans.escape(rest)));
            } else {
                out.push(format!("{}{}", " ".repeat(indent), spans.escape(&unblock(rest))));
            }
        }
        indent = 0;
    }
    out
}

/// Runs of lines without a blank one, each trimmed, invisible characters replaced.
fn paragraphs(text: &str) -> Vec<Vec<String>> {
    let mut paragraphs = vec![Vec::new()];
    for line in text.lines() {
        let visible = line.trim().chars().map(|it| match it {
            '\t' => ' ',
            it if is_invisible(it) => char::REPLACEMENT_CHARACTER,
            it => it,
        });
        let line: String = visible.collect();
        match paragraphs.last_mut() {
            Some(paragraph) if !line.is_empty() => paragraph.push(line),
            Some(paragraph) if paragraph.is_empty() => {}
            _ => paragraphs.push(Vec::new()),
        }
    }
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    paragraphs
}

/// `- ` or `12. ` and what follows; the text after a marker must not be indented into a code block.
fn split_marker(line: &str) -> (&str, &str) {
    let bullet =
        ["- ", "* ", "+ "].iter().find(|bullet| line.starts_with(**bullet)).map(|bullet| bullet.len());
    let digits = line.len() - line.trim_start_matches(|it: char| it.is_ascii_digit()).len();
    let numbered = (1..=9).contains(&digits) && line[digits..].starts_with(". ");
    let (marker, rest) = line.split_at(bullet.or(numbered.then_some(digits + 2)).unwrap_or(0));
    (marker, rest.trim_start())
}

/// A line that would open a block of another kind is made plain text.
fn unblock(line: &str) -> String {
    let opens_block = ["```", "~~~", ">", "|", "---", "===", "#"].iter().any(|start| line.starts_with(start));
    if opens_block { format!("\\{line}") } else { line.to_owned() }
}

/// Tells text from code within a paragraph.
struct CodeSpans {
    /// Backticks come in pairs of one; otherwise each of them is escaped.
    are_paired: bool,
    is_inside: bool,
}

impl CodeSpans {
    fn of(paragraph: &[String]) -> Self {
        let backticks: usize = paragraph.iter().map(|line| line.matches('`').count()).sum();
        let are_single = !paragraph.iter().any(|line| line.contains("``") || line.contains("\\`"));
        Self { are_paired: are_single && backticks.is_multiple_of(2), is_inside: false }
    }

    fn escape(&mut self, line: &str) -> String {
        let mut out = String::with_capacity(line.len());
        for (at, word) in line.split(' ').enumerate() {
            if at > 0 {
                out.push(' ');
            }
            let is_address = !self.is_inside && (word.starts_with("http://") || word.starts_with("https://"));
            let can_stand_in_brackets = !word.contains(['<', '>', '`', '\\']);
            if is_address && can_stand_in_brackets {
                let address = word.trim_end_matches(['.', ',', ';', ':', ')', '!', '?']);
                out.push_str(&format!("<{address}>{}", &word[address.len()..]));
                continue;
            }
            for character in word.chars() {
                if character == '`' && self.are_paired {
                    self.is_inside = !self.is_inside;
                } else if !self.is_inside && matches!(character, '[' | ']' | '<' | '>' | '`') {
                    out.push('\\');
                } else if !self.is_inside
                    && character == ':'
                    && (out.ends_with("http") || out.ends_with("https"))
                {
                    // An address in the middle of a word: no link, no complaint.
                    out.push('\\');
                }
                out.push(character);
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn text_is_kept_and_what_breaks_is_made_harmless() {
        for (text, expected) in [
            ("One line.", &["One line."][..]),
            ("a\n\n\nb", &["a", "", "b"]),
            ("see [x] and <y> or `[z] <w>`", &["see \\[x\\] and \\<y\\> or `[z] <w>`"]),
            ("a ` alone [x]", &["a \\` alone \\[x\\]"]),
            ("- one\ntwo\n\nthree", &["- one", "  two", "", "three"]),
            ("10. one\ntwo", &["10. one", "    two"]),
            ("-     one", &["- one"]),
            ("```\nlet x;\n```", &["\\\\`\\`\\`", "let x;", "\\\\`\\`\\`"]),
            ("    indented", &["indented"]),
            ("at https://a.b/c.", &["at <https://a.b/c>."]),
            ("(https://a.b)", &["(https\\://a.b)"]),
            ("a\u{202e}b\tc", &["a\u{fffd}b c"]),
            ("# title", &["\\# title"]),
        ] {
            assert_eq!(lines(text), expected, "{text:?}");
        }
    }
}
