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
    docs_and(text, default, [])
}

/// The same with paragraphs of ours behind it.
pub(super) fn docs_and(text: &str, default: &str, more: impl IntoIterator<Item = String>) -> TokenStream {
    let mut lines = lines(text);
    if lines.is_empty() {
        lines.push(default.to_owned());
    }
    for paragraph in more {
        lines.push(String::new());
        lines.push(paragraph);
    }
    let lines = lines.iter().map(|line| if line.is_empty() { String::new() } else { format!(" {line}") });
    quote!(#(#[doc = #lines])*)
}

/// The same with what the schema says besides: behind the default text, or behind `lead` in a line of its own.
pub(super) fn docs_and_facts(
    text: &str,
    default: &str,
    lead: &str,
    facts: &[String],
    more: impl IntoIterator<Item = String>,
) -> TokenStream {
    let is_described = !text.trim().is_empty();
    let line = (is_described && !facts.is_empty()).then(|| sentence(lead, facts));
    docs_and(text, &sentence(default, facts), line.into_iter().chain(more))
}

/// `Tag 1; at most 9; sensitive.`
fn sentence(lead: &str, facts: &[String]) -> String {
    let parts =
        Some(lead).filter(|lead| !lead.is_empty()).into_iter().chain(facts.iter().map(String::as_str));
    let sentence = parts.collect::<Vec<_>>().join("; ");
    let mut characters = sentence.chars();
    let first = characters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(characters).chain(['.']).collect()
}

fn lines(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for block in blocks(text) {
        if block.follows_blank && !out.is_empty() {
            out.push(String::new());
        }
        let mut spans = CodeSpans::of(&block.lines);
        for (at, line) in block.lines.iter().enumerate() {
            let lead = match at {
                0 => format!("{}{}", " ".repeat(block.indent), block.marker),
                _ => " ".repeat(block.indent + block.marker.len()),
            };
            out.push(format!("{lead}{}", unblock(&spans.escape(line))));
        }
    }
    out
}

/// Lines that are one paragraph, or the start of one list item.
#[derive(Default)]
struct Block {
    follows_blank: bool,
    /// Columns before the marker.
    indent: usize,
    /// `- ` or `12. `; empty for a paragraph.
    marker: String,
    lines: Vec<String>,
}

/// An open list item.
struct Item {
    /// Where its marker stands in the source.
    source_indent: usize,
    /// Where its text stands in what is written.
    content: usize,
    is_numbered: bool,
}

/// The blocks of a text, their lines trimmed, invisible characters replaced.
fn blocks(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut items: Vec<Item> = Vec::new();
    let mut after_blank = true;
    for line in text.lines() {
        let line: String = line.trim_end().chars().map(visible).collect();
        let source_indent = line.len() - line.trim_start_matches(' ').len();
        let line = line.trim();
        if line.is_empty() {
            after_blank = true;
            continue;
        }
        let (marker, rest) = split_marker(line);
        let siblings = items.iter().take_while(|item| item.source_indent < source_indent).count();
        let is_numbered = marker.starts_with(|first: char| first.is_ascii_digit());
        // Within a paragraph only the number 1 starts a list; in a list of numbers every one goes on with it.
        let goes_on = items.get(siblings).is_some_and(|item| item.is_numbered);
        let starts_item = !marker.is_empty()
            && (!is_numbered
                || after_blank
                || goes_on
                || marker.trim_end().len() == 2 && marker.starts_with('1'));
        if starts_item {
            items.truncate(siblings);
            let indent = items.last().map_or(0, |item| item.content);
            items.push(Item { source_indent, content: indent + marker.len(), is_numbered });
            let (marker, lines) = (marker.to_owned(), vec![rest.to_owned()]);
            blocks.push(Block { follows_blank: after_blank, indent, marker, lines });
        } else if after_blank {
            items.truncate(siblings);
            let indent = items.last().map_or(0, |item| item.content);
            let lines = vec![line.to_owned()];
            blocks.push(Block { follows_blank: true, indent, marker: String::new(), lines });
        } else if let Some(block) = blocks.last_mut() {
            block.lines.push(line.to_owned());
        }
        after_blank = false;
    }
    blocks
}

fn visible(character: char) -> char {
    match character {
        '\t' => ' ',
        it if is_invisible(it) => char::REPLACEMENT_CHARACTER,
        it => it,
    }
}

/// `- `, `12. ` or `12) ` and what follows; the text after a marker must not be indented into a code block.
fn split_marker(line: &str) -> (&str, &str) {
    let bullet = ["- ", "* ", "+ "].iter().any(|bullet| line.starts_with(bullet)).then_some(2);
    let digits = line.len() - line.trim_start_matches(|it: char| it.is_ascii_digit()).len();
    let ends = line[digits..].starts_with(". ") || line[digits..].starts_with(") ");
    let numbered = (1..=9).contains(&digits) && ends;
    let (marker, rest) = line.split_at(bullet.or(numbered.then_some(digits + 2)).unwrap_or(0));
    (marker, rest.trim_start())
}

/// Text that would open a block is made plain text.
fn unblock(text: &str) -> String {
    let opens = ["~~~", "|", "#"].iter().any(|start| text.starts_with(start));
    // A rule, the line under a title, or the one under the head of a table; a list item without text.
    let is_rule = text.chars().all(|it| "-=_*+:| ".contains(it));
    if opens || is_rule || matches!(text.as_bytes(), [b'-' | b'*' | b'+', b' ', ..]) {
        return format!("\\{text}");
    }
    let digits = text.len() - text.trim_start_matches(|it: char| it.is_ascii_digit()).len();
    match text.as_bytes().get(digits..) {
        Some([b'.' | b')'] | [b'.' | b')', b' ', ..]) if digits > 0 => {
            format!("{}\\{}", &text[..digits], &text[digits..])
        }
        _ => text.to_owned(),
    }
}

/// Tells text from code within a block.
struct CodeSpans {
    /// Backticks come in pairs of one; otherwise each of them is escaped.
    are_paired: bool,
    is_inside: bool,
}

impl CodeSpans {
    fn of(lines: &[String]) -> Self {
        let backticks: usize = lines.iter().map(|line| line.matches('`').count()).sum();
        let are_single = !lines.iter().any(|line| line.contains("``") || line.contains("\\`"));
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
            ("```\nlet x;\n```", &["\\`\\`\\`", "let x;", "\\`\\`\\`"]),
            ("~~~\nlet x;\n~~~", &["\\~~~", "let x;", "\\~~~"]),
            ("> quoted", &["\\> quoted"]),
            ("1) one\ntwo", &["1) one", "   two"]),
            ("- - a", &["- \\- a"]),
            ("- 1. a", &["- 1\\. a"]),
            ("a\n- b\n  - c\n    d\n- e\nf", &["a", "- b", "  - c", "    d", "- e", "  f"]),
            ("1. a\n   * b\n2. c", &["1. a", "   * b", "2. c"]),
            ("- a\n\n  more\n\nother", &["- a", "", "  more", "", "other"]),
            ("since\n1984. it\n\n      is", &["since", "1984\\. it", "", "is"]),
            ("- `a\n- b` [c]", &["- \\`a", "- b\\` \\[c\\]"]),
            ("a\n-\n- - -\n***\n===", &["a", "\\-", "- \\- -", "  \\***", "  \\==="]),
            ("a | b\n:-- | --", &["a | b", "\\:-- | --"]),
            ("1.\n-", &["1\\.", "\\-"]),
            ("\u{3000}", &[]),
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
