//! The text of a `<doc>` as it is spelt: characters, references, CDATA and comments, line by line.
//!
//! `parse` takes the indentation off the first line, and off the others what they share; printed at another place they
//! must share one again, and differ as they did. Comments and the ends of CDATA stand in the lines and mean nothing.

use quick_xml::events::BytesRef;

use super::comment::Comment;
use super::page::Page;

const CDATA_START: &str = "<![CDATA[";
const CDATA_END: &str = "]]>";

/// What `parse` takes for indentation, and drops at the ends of lines.
const BLANKS: [char; 2] = [' ', '\t'];

#[derive(Default)]
pub(super) struct Text<'a> {
    runs: Vec<Run<'a>>,
}

#[derive(Clone, Copy)]
enum Run<'a> {
    /// Characters that mean themselves.
    Plain(&'a str),
    /// A reference to a space or a tab, as it is spelt.
    Blank(&'a str),
    /// A reference to anything else.
    Reference(&'a str),
    /// Where CDATA starts or ends.
    Fence(&'static str),
    Comment(Comment<'a>),
}

impl<'a> Text<'a> {
    pub(super) fn push_plain(&mut self, characters: &'a str) {
        self.runs.push(Run::Plain(characters));
    }

    pub(super) fn push_cdata(&mut self, source: &'a str) {
        let inner = source.strip_prefix(CDATA_START).and_then(|rest| rest.strip_suffix(CDATA_END));
        let inner = Run::Plain(inner.unwrap_or_default());
        self.runs.extend([Run::Fence(CDATA_START), inner, Run::Fence(CDATA_END)]);
    }

    pub(super) fn push_reference(&mut self, source: &'a str, name: &BytesRef<'_>) {
        self.runs.push(match name.resolve_char_ref() {
            Ok(Some('\n')) => Run::Plain("\n"),
            Ok(Some('\r')) => Run::Plain("\r"),
            Ok(Some(character)) if BLANKS.contains(&character) => Run::Blank(source),
            _ => Run::Reference(source),
        });
    }

    pub(super) fn push_comment(&mut self, comment: Comment<'a>) {
        self.runs.push(Run::Comment(comment));
    }

    /// The text, if it is at most one line.
    pub(super) fn one_line(&self) -> Option<String> {
        let facts = Facts::of(&self.runs);
        let is_one_line = |run: &Run<'_>| !matches!(run, Run::Comment(comment) if !comment.is_one_line());
        if 1 < facts.end - facts.start || !self.runs.iter().all(is_one_line) {
            return None;
        }
        let mut page = Page::default();
        self.each_line(|line| print_line(line, &mut page));
        page.finish()
    }

    /// Appends each line, a line feed after it, this far in.
    pub(super) fn print(&self, indent: usize, page: &mut Page) {
        self.each_line(|line| {
            if !line.is_empty() {
                page.push_blanks(indent);
                print_line(line, page);
            }
            page.push("\n");
        });
    }

    /// The lines from the first that is not blank to the last, without the indentation they share.
    fn each_line(&self, mut each: impl FnMut(&[Run<'a>])) {
        let facts = Facts::of(&self.runs);
        let (mut at, mut has_begun) = (0, false);
        split(&self.runs, |line| {
            if (facts.start..facts.end).contains(&at) {
                match indent(line) {
                    Some(_) if has_begun => strip(line, facts.shared),
                    // The first line of the text has no indentation, and a line of comments none that matters.
                    meaning => {
                        has_begun |= meaning.is_some();
                        strip_source(line);
                    }
                }
                each(line);
            }
            at += 1;
        });
    }
}

/// What must be known of all lines before the first can be printed.
#[derive(Default)]
struct Facts {
    /// The lines in which anything stands are among these.
    start: usize,
    end: usize,
    /// How much indentation all lines of the text share.
    shared: usize,
}

impl Facts {
    fn of(runs: &[Run<'_>]) -> Self {
        let (mut at, mut start, mut end) = (0, None, 0);
        let (mut has_begun, mut shared) = (false, None::<usize>);
        split(runs, |line| {
            if !line.is_empty() {
                start.get_or_insert(at);
                end = at + 1;
            }
            let indent = indent(line).and_then(|meant| match std::mem::replace(&mut has_begun, true) {
                true => Some(meant),
                // Where a text starts on the line of its tag, nobody knows how far in its first line is.
                false => (0 < at).then(|| source_indent(line)),
            });
            if let Some(indent) = indent {
                shared = Some(shared.map_or(indent, |shared| shared.min(indent)));
            }
            at += 1;
        });
        Self { start: start.unwrap_or(0), end, shared: shared.unwrap_or(0) }
    }
}

/// Hands out the lines, without the blanks at their ends.
fn split<'a>(runs: &[Run<'a>], mut each: impl FnMut(&mut Vec<Run<'a>>)) {
    let mut line = Vec::new();
    let mut end = |line: &mut Vec<Run<'a>>| {
        strip_end(line);
        each(line);
        line.clear();
    };
    // The two characters of one line break may stand in two runs.
    let mut is_after_return = false;
    for run in runs {
        let mut rest = match run {
            Run::Plain(characters) => *characters,
            Run::Fence(_) | Run::Comment(_) => {
                line.push(*run);
                continue;
            }
            Run::Blank(_) | Run::Reference(_) => {
                is_after_return = false;
                line.push(*run);
                continue;
            }
        };
        while let Some(first) = rest.chars().next() {
            let is_second = std::mem::replace(&mut is_after_return, first == '\r') && first == '\n';
            if first == '\n' || first == '\r' {
                if !is_second {
                    end(&mut line);
                }
                rest = &rest[1..];
                continue;
            }
            let (part, after) = rest.split_at(rest.find(['\n', '\r']).unwrap_or(rest.len()));
            line.push(Run::Plain(part));
            rest = after;
        }
    }
    end(&mut line);
}

/// How many blanks the meaning of a line starts with; `None` if it holds nothing else.
fn indent(line: &[Run<'_>]) -> Option<usize> {
    let mut blanks = 0;
    for run in line {
        match run {
            Run::Plain(characters) => {
                let words = characters.trim_start_matches(BLANKS);
                blanks += characters.len() - words.len();
                if !words.is_empty() {
                    return Some(blanks);
                }
            }
            Run::Reference(_) => return Some(blanks),
            Run::Blank(_) => blanks += 1,
            Run::Fence(_) | Run::Comment(_) => {}
        }
    }
    None
}

/// How many blanks stand as such at the start of a line.
fn source_indent(line: &[Run<'_>]) -> usize {
    match line.first() {
        Some(Run::Plain(characters)) => characters.len() - characters.trim_start_matches(BLANKS).len(),
        _ => 0,
    }
}

/// Takes `len` blanks off those that the meaning of a line starts with.
fn strip(line: &mut Vec<Run<'_>>, mut len: usize) {
    line.retain_mut(|run| match run {
        Run::Plain(characters) => {
            let blanks = characters.len() - characters.trim_start_matches(BLANKS).len();
            let cut = blanks.min(len);
            len -= cut;
            *characters = &characters[cut..];
            !characters.is_empty()
        }
        Run::Blank(_) if 0 < len => {
            len -= 1;
            false
        }
        Run::Blank(_) | Run::Reference(_) | Run::Fence(_) | Run::Comment(_) => true,
    });
}

/// Takes the blanks off the start of a line that stand there as such.
fn strip_source(line: &mut Vec<Run<'_>>) {
    if let Some(Run::Plain(characters)) = line.first_mut() {
        *characters = characters.trim_start_matches(BLANKS);
        if characters.is_empty() {
            line.remove(0);
        }
    }
}

/// The same at its end.
fn strip_end(line: &mut Vec<Run<'_>>) {
    if let Some(Run::Plain(characters)) = line.last_mut() {
        *characters = characters.trim_end_matches(BLANKS);
        if characters.is_empty() {
            line.pop();
        }
    }
}

fn print_line(line: &[Run<'_>], page: &mut Page) {
    for run in line {
        match run {
            Run::Plain(source) | Run::Blank(source) | Run::Reference(source) => page.push(source),
            Run::Fence(fence) => page.push(fence),
            Run::Comment(comment) => comment.print(page),
        }
    }
}
