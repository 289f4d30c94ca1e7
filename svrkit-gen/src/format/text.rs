//! The text of a `<doc>` as it is spelt: characters, references, CDATA and comments, line by line.
//!
//! `parse` takes the indentation off the first line, and off the others what they share; printed at another place they
//! must share one again, and differ as they did. Comments and the ends of CDATA stand in the lines and mean nothing.

use quick_xml::events::BytesRef;

use super::comment::Comment;

const CDATA_START: &str = "<![CDATA[";
const CDATA_END: &str = "]]>";

#[derive(Default)]
pub(super) struct Text<'a> {
    runs: Vec<Run<'a>>,
}

#[derive(Clone, Copy)]
enum Run<'a> {
    /// Characters that mean themselves.
    Plain(&'a str),
    /// A reference as it is spelt, and how many bytes of white space it means.
    Reference(&'a str, usize),
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
        let character = name.resolve_char_ref().ok().flatten().filter(|it| it.is_whitespace());
        self.runs.push(match character {
            Some('\n') => Run::Plain("\n"),
            character => Run::Reference(source, character.map_or(0, char::len_utf8)),
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
        let mut text = String::new();
        self.each_line(|line| print_line(line, &mut text));
        Some(text)
    }

    /// Appends each line, a line feed after it, this far in.
    pub(super) fn print(&self, indent: usize, out: &mut String) {
        self.each_line(|line| {
            if !line.is_empty() {
                out.extend(std::iter::repeat_n(' ', indent));
                print_line(line, out);
            }
            out.push('\n');
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
    /// How many bytes of indentation all lines of the text share.
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
            // Where a text starts on the line of its tag, nobody knows how far in its first line is.
            if let Some(indent) = indent(line)
                && (std::mem::replace(&mut has_begun, true) || 0 < at)
            {
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
    for run in runs {
        let Run::Plain(characters) = run else {
            line.push(*run);
            continue;
        };
        for (at, part) in characters.split('\n').enumerate() {
            if at > 0 {
                end(&mut line);
            }
            if !part.is_empty() {
                line.push(Run::Plain(part));
            }
        }
    }
    end(&mut line);
}

/// How many bytes of white space the meaning of a line starts with; `None` if it holds nothing else.
fn indent(line: &[Run<'_>]) -> Option<usize> {
    let mut blanks = 0;
    for run in line {
        match run {
            Run::Plain(characters) => {
                let words = characters.trim_start();
                blanks += characters.len() - words.len();
                if !words.is_empty() {
                    return Some(blanks);
                }
            }
            Run::Reference(_, 0) => return Some(blanks),
            Run::Reference(_, len) => blanks += len,
            Run::Fence(_) | Run::Comment(_) => {}
        }
    }
    None
}

/// Takes `len` bytes off the white space the meaning of a line starts with.
fn strip(line: &mut Vec<Run<'_>>, mut len: usize) {
    line.retain_mut(|run| match run {
        Run::Plain(characters) => {
            let blanks = characters.chars().take_while(|it| it.is_whitespace());
            let mut cut = 0;
            for blank in blanks {
                if len < blank.len_utf8() {
                    len = 0;
                    break;
                }
                cut += blank.len_utf8();
                len -= blank.len_utf8();
            }
            *characters = &characters[cut..];
            !characters.is_empty()
        }
        Run::Reference(_, blank) if 0 < *blank && *blank <= len => {
            len -= *blank;
            false
        }
        Run::Reference(..) => {
            len = 0;
            true
        }
        Run::Fence(_) | Run::Comment(_) => true,
    });
}

/// Takes the blanks off the start of a line that stand there as such.
fn strip_source(line: &mut Vec<Run<'_>>) {
    while let Some(Run::Plain(characters)) = line.first_mut() {
        *characters = characters.trim_start();
        if !characters.is_empty() {
            return;
        }
        line.remove(0);
    }
}

/// The same at its end.
fn strip_end(line: &mut Vec<Run<'_>>) {
    while let Some(Run::Plain(characters)) = line.last_mut() {
        *characters = characters.trim_end();
        if !characters.is_empty() {
            return;
        }
        line.pop();
    }
}

fn print_line(line: &[Run<'_>], out: &mut String) {
    for run in line {
        match run {
            Run::Plain(source) | Run::Reference(source, _) => out.push_str(source),
            Run::Fence(fence) => out.push_str(fence),
            Run::Comment(comment) => comment.print(out),
        }
    }
}
