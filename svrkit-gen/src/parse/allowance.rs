//! `<!-- svrkit:allow missing-doc, hot-tag: reason -->`: the comments that speak to lints.
//!
//! Only what lints looks at comments, and build scripts run no lints: so this is a second reading of files that were
//! found to be sound, and not a part of the first. Which names are lints, `lint` knows.

use quick_xml::Reader;
use quick_xml::events::Event;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, FileId, Span, Spanned, quoted};
use crate::limits::ALLOWANCES_MAX;

/// What a comment starts with that is meant for the compiler.
const MARK: &str = "svrkit:";

/// One such comment.
#[derive(Debug)]
pub(crate) struct Allowance<'t> {
    /// The names that stand in it, never none.
    pub(crate) lints: Vec<Spanned<&'t str>>,
    /// What it holds for: the element after it.
    pub(crate) extent: Span,
}

/// The allowances of a well-formed file, in their order. What is no allowance and seems to be meant as one is a finding.
///
/// `left` is how many names the run may still hold, as [`ALLOWANCES_MAX`] says. `None`: there are more, which is a
/// finding.
pub(crate) fn allowances<'t>(
    file: FileId,
    text: &'t str,
    left: &mut usize,
    found: &mut Diagnostics,
) -> Option<Vec<Allowance<'t>>> {
    if !text.contains(MARK) {
        return Some(Vec::new());
    }
    let mut comments =
        Comments { file, text, left, found, allowances: Vec::new(), waiting: Vec::new(), is_cut: false };
    comments.read();
    (!comments.is_cut).then_some(comments.allowances)
}

struct Comments<'t, 'f> {
    file: FileId,
    text: &'t str,
    left: &'f mut usize,
    found: &'f mut Diagnostics,
    allowances: Vec<Allowance<'t>>,
    /// Those whose element has not begun, and where their comments stand.
    waiting: Vec<(usize, Span)>,
    /// There were more names than the run may hold.
    is_cut: bool,
}

impl<'t> Comments<'t, '_> {
    fn read(&mut self) {
        let mut reader = Reader::from_str(self.text);
        // By element, the allowances that hold for it: a range, as they were added one after the other.
        let mut open = Vec::new();
        while !self.is_cut && !self.found.is_full() {
            let start = reader.buffer_position() as usize;
            let event = reader.read_event();
            let end = reader.buffer_position() as usize;
            match event {
                Ok(Event::Comment(_)) => self.comment(start, end),
                Ok(Event::Start(_)) => open.push((start, self.begin())),
                Ok(Event::Empty(_)) => {
                    let of_element = self.begin();
                    self.extend(of_element, start, end);
                }
                Ok(Event::End(_)) => {
                    self.drop_waiting();
                    if let Some((start, of_element)) = open.pop() {
                        self.extend(of_element, start, end);
                    }
                }
                Ok(Event::Text(_)) if self.text[start..end].trim().is_empty() => {}
                // A reader that found no fault before finds none now.
                Ok(Event::Eof) | Err(_) => return self.drop_waiting(),
                Ok(_) => self.drop_waiting(),
            }
        }
    }

    fn comment(&mut self, start: usize, end: usize) {
        const OPEN: &str = "<!--";
        const CLOSE: &str = "-->";
        let inner = start + OPEN.len()..(end - CLOSE.len()).max(start + OPEN.len());
        let content = &self.text[inner.clone()];
        let Some(words) = content.trim_start().strip_prefix(MARK) else { return };
        let words_start = inner.end - words.len();
        let words = words.trim_end();
        let span = Span::new(self.file, words_start - MARK.len(), words_start + words.len());
        let ends_word =
            |rest: &&str| rest.chars().next().is_none_or(|first| first.is_whitespace() || first == ':');
        let Some(names) = words.strip_prefix("allow").filter(ends_word) else {
            let word = words.split(|it: char| it.is_whitespace() || it == ':').next().unwrap_or_default();
            let message = format!("{} is no word for the compiler", quoted(&format!("{MARK}{word}")));
            return self.refuse(span, message, HOW);
        };
        let names_start = words_start + words.len() - names.len();
        let (names, reason) = names.split_once(':').unwrap_or((names, ""));
        let Some(lints) = self.names(names, names_start) else {
            self.is_cut = true;
            let message = format!("more than {ALLOWANCES_MAX} lints are allowed in one run (ALLOWANCES_MAX)");
            let help = "set the level of a lint that is allowed everywhere in svrkit.toml";
            self.found.push(Diagnostic::new(Code::LIMIT_EXCEEDED, span, message).help(help));
            return;
        };
        if lints.is_empty() {
            return self.refuse(span, "the allowance names no lint".to_owned(), HOW);
        }
        if reason.trim().is_empty() {
            let message = "the allowance gives no reason".to_owned();
            return self.refuse(
                span,
                message,
                "say after a `:` why the lint is wrong here: the next reader asks",
            );
        }
        if let Some(run_on) = lints.iter().find(|lint| lint.value.contains(char::is_whitespace)) {
            let words = run_on.value.split_whitespace().collect::<Vec<_>>();
            let help = format!("write {}", quoted(&words.join(", ")));
            return self.refuse(run_on.span, "the names of lints are separated by commas".to_owned(), &help);
        }
        self.waiting.push((self.allowances.len(), span));
        self.allowances.push(Allowance { lints, extent: span });
    }

    /// `None`: too many.
    fn names(&mut self, names: &'t str, start: usize) -> Option<Vec<Spanned<&'t str>>> {
        let mut at = start;
        let mut lints = Vec::new();
        for part in names.split(',') {
            let name = part.trim();
            let name_start = at + part.len() - part.trim_start().len();
            if !name.is_empty() {
                *self.left = self.left.checked_sub(1)?;
                let span = Span::new(self.file, name_start, name_start + name.len());
                lints.push(Spanned { value: name, span });
            }
            at += part.len() + 1;
        }
        Some(lints)
    }

    /// An element begins: the allowances that waited for it.
    fn begin(&mut self) -> std::ops::Range<usize> {
        let first = self.waiting.first().map_or(self.allowances.len(), |(at, _)| *at);
        self.waiting.clear();
        first..self.allowances.len()
    }

    fn extend(&mut self, of_element: std::ops::Range<usize>, start: usize, end: usize) {
        let extent = Span::new(self.file, start, end);
        self.allowances[of_element].iter_mut().for_each(|allowance| allowance.extent = extent);
    }

    /// Nothing they could hold for follows. They stay, as those before them are known by their place, and allow nothing.
    fn drop_waiting(&mut self) {
        for (at, span) in std::mem::take(&mut self.waiting) {
            self.allowances[at].lints.clear();
            let message = "the allowance holds for nothing: no element follows it".to_owned();
            self.refuse(
                span,
                message,
                "put it directly before the element it is for; before `<protocol>` for a file",
            );
        }
    }

    fn refuse(&mut self, span: Span, message: String, help: &str) {
        self.found.push(Diagnostic::new(Code::BAD_ALLOWANCE, span, message).help(help));
    }
}

const HOW: &str = "a lint is allowed by `<!-- svrkit:allow missing-doc: reason -->`";

#[cfg(test)]
mod tests {
    use super::*;

    /// The names, and what they are allowed for.
    fn read(text: &str) -> (Vec<(String, &str)>, usize) {
        let mut found = Diagnostics::default();
        let mut left = ALLOWANCES_MAX;
        let allowances = allowances(FileId::default(), text, &mut left, &mut found).unwrap();
        let named = allowances.iter().filter(|it| !it.lints.is_empty());
        let rows = named.map(|it| {
            let names = it.lints.iter().map(|lint| {
                assert_eq!(lint.value, &text[lint.span.start as usize..lint.span.end as usize]);
                lint.value
            });
            let names = names.collect::<Vec<_>>().join(" ");
            (names, &text[it.extent.start as usize..it.extent.end as usize])
        });
        (rows.collect(), found.errors())
    }

    #[test]
    fn an_allowance_holds_for_the_element_after_it() {
        let text = "<!-- svrkit:allow a: why -->\n<p><!--svrkit:allow b , c-d :why: so-->\n \
                    <!-- a remark --><x><y/></x><!-- svrkit:allow e: why --><z/></p>";
        let expected = [("a", &text[text.find("<p>").unwrap()..]), ("b c-d", "<x><y/></x>"), ("e", "<z/>")];
        let (rows, errors) = read(text);
        let rows: Vec<_> = rows.iter().map(|(names, extent)| (&**names, *extent)).collect();
        assert_eq!((rows, errors), (expected.to_vec(), 0));
    }

    #[test]
    fn what_is_no_allowance_and_seems_meant_as_one_is_a_finding() {
        for comment in [
            "<!--svrkit:-->",
            "<!-- svrkit:allow -->",
            "<!-- svrkit:allow: why -->",
            "<!-- svrkit:allow a b: why -->",
            "<!-- svrkit:allow a, b\nc: why -->",
            "<!-- svrkit:allow a -->",
            "<!-- svrkit:allow a: -->",
            "<!-- svrkit:allow : why -->",
            "<!-- svrkit:allow , : why -->",
            "<!-- svrkit:alow a: why -->",
            "<!-- svrkit:allowa: why -->",
        ] {
            assert_eq!(read(&format!("<p>{comment}<x/></p>")), (Vec::new(), 1), "{comment}");
        }
        for comment in
            ["<!---->", "<!-- -->", "<!-- the svrkit:allow word -->", "<!-- svrkit allow a: why -->"]
        {
            assert_eq!(read(&format!("<p>{comment}<x/></p>")), (Vec::new(), 0), "{comment}");
        }
    }

    #[test]
    fn an_allowance_without_an_element_is_a_finding_and_disturbs_no_other() {
        let allow = "<!-- svrkit:allow a: why -->";
        for text in [
            format!("<p>{allow}</p>"),
            format!("<p/>{allow}"),
            format!("<p>{allow}text</p>"),
            format!("<p>{allow}<![CDATA[text]]><x/></p>"),
        ] {
            assert_eq!(read(&text), (Vec::new(), 1), "{text}");
        }
        let text = format!("<p><x>{allow}</x>{allow}<y/></p>");
        assert_eq!(read(&text), (vec![("a".to_owned(), "<y/>")], 1));
    }
}
