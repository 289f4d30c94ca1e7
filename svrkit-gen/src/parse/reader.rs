//! XML events to known elements, which become syntax as they end.
//!
//! This and `attributes` are the only files that know quick-xml. It enforces well-formedness and the limits, refuses what the dialect
//! never uses (document types, processing instructions, foreign encodings) and drops unknown elements with a
//! finding, so that nothing but words of the vocabulary goes on.

use quick_xml::Reader;
use quick_xml::errors::{Error as XmlError, IllFormedError};
use quick_xml::events::{BytesDecl, Event};

use super::element::{self, Element, Parts};
use super::syntax::Protocol;
use super::vocabulary::{self, Kind, Word};
use super::{Context, attributes, escape, nearest, protocol};
use crate::diagnostic::{Code, Diagnostic, Span, quoted};
use crate::limits::ELEMENT_DEPTH_MAX;

/// Reads a whole file.
///
/// After the first place that is not well-formed nothing more is read; what had ended before it is returned.
pub(super) fn read(text: &str, context: &mut Context<'_>) -> Option<Protocol> {
    let errors_before = context.found.errors();
    let mut tree = Tree {
        text,
        context,
        errors_before,
        has_root: false,
        protocol: None,
        open: Vec::new(),
        skipped: 0,
        stray_reported: false,
    };
    if tree.read().is_err() {
        tree.context.lost.anything();
        // What the fault cut in two is unknown: only the root keeps the parts that had ended.
        tree.open.truncate(1);
        tree.end_element();
    }
    tree.protocol
}

/// The elements that define types.
const DEFINING: [&str; 3] = ["message", "enum", "errors"];

/// Reading cannot go on; the reason is among the findings.
struct Stop;

struct Tree<'a, 'c, 'd> {
    text: &'a str,
    context: &'c mut Context<'d>,
    /// How many errors earlier files had.
    errors_before: usize,
    has_root: bool,
    /// What the root became.
    protocol: Option<Protocol>,
    open: Vec<Element<'a>>,
    /// How many open elements are being skipped, as the outermost of them is unknown or misplaced.
    skipped: usize,
    stray_reported: bool,
}

impl<'a> Tree<'a, '_, '_> {
    fn read(&mut self) -> Result<(), Stop> {
        self.check_characters()?;
        let mut reader = Reader::from_str(self.text);
        loop {
            let start = reader.buffer_position() as usize;
            let event = match reader.read_event() {
                Ok(event) => event,
                Err(error) => return Err(self.malformed(&error, reader.error_position() as usize)),
            };
            let end = reader.buffer_position() as usize;
            match event {
                Event::Start(_) => self.start(start, end, false)?,
                Event::Empty(_) => self.start(start, end, true)?,
                Event::End(_) => self.end(),
                Event::Text(_) => self.text(start, end),
                Event::CData(data) => {
                    let data = data.into_inner();
                    self.characters(&data, start, end);
                }
                Event::GeneralRef(name) => {
                    if let Some(character) = escape::reference(&name, start, end, self.context) {
                        self.characters(character.encode_utf8(&mut [0; 4]), start, end);
                    }
                }
                Event::Decl(declaration) => self.declaration(&declaration, start, end)?,
                Event::PI(_) => self.forbidden("a processing instruction", start, end)?,
                Event::DocType(_) => self.forbidden("a document type", start, end)?,
                Event::Comment(_) => {}
                Event::Eof => return self.end_of_file(),
            }
        }
    }

    /// XML forbids most control characters, even in comments.
    fn check_characters(&mut self) -> Result<(), Stop> {
        // The one that a file may start with is gone. quick-xml would drop another and lose count of its bytes.
        if self.text.starts_with('\u{feff}') {
            let message = "the file starts with more than one byte order mark".to_owned();
            return Err(self.stop(Code::MALFORMED_XML, 0, '\u{feff}'.len_utf8(), message));
        }
        let Some((at, character)) = self.text.char_indices().find(|(_, it)| !escape::is_allowed(*it)) else {
            return Ok(());
        };
        let message = format!("the character U+{:04X} may not stand in XML", u32::from(character));
        Err(self.stop(Code::MALFORMED_XML, at, at + character.len_utf8(), message))
    }

    fn start(&mut self, start: usize, end: usize, is_empty: bool) -> Result<(), Stop> {
        let content = &self.text[start + 1..end - if is_empty { 2 } else { 1 }];
        let name = &content[..content.find([' ', '\t', '\r', '\n']).unwrap_or(content.len())];
        let name_end = start + 1 + name.len();
        if !name.starts_with(|first: char| first.is_alphabetic() || first == '_') {
            let span = self.context.span(start, name_end);
            let finding = Diagnostic::new(Code::MALFORMED_XML, span, "`<` is not followed by a name");
            self.context.push(finding.help("for the character itself write `&lt;`"));
            return Err(Stop);
        }
        if self.context.found.is_full() {
            return Err(Stop);
        }
        let span = self.context.span(start, name_end);
        if !self.context.count_elements(1, span) {
            return Err(Stop);
        }
        if ELEMENT_DEPTH_MAX <= self.open.len() + self.skipped {
            let message =
                format!("elements are nested more than {ELEMENT_DEPTH_MAX} deep (ELEMENT_DEPTH_MAX)");
            return Err(self.stop(Code::LIMIT_EXCEEDED, start, name_end, message));
        }
        if self.skipped > 0 {
            self.lose(name, content);
            self.skipped += usize::from(!is_empty);
            return Ok(());
        }
        let span = self.context.span(start + 1, name_end);
        let Some(word) = self.known_word(name, span) else {
            self.lose(name, content);
            if let Some(parent) = self.open.last_mut() {
                parent.children_cut = true;
            }
            self.skipped = usize::from(!is_empty);
            return Ok(());
        };
        let parent = self.open.last().map(|element| element.kind);
        let (attributes, all_sound) = attributes::read(word, parent, content, start + 1, self.context);
        if attributes.is_err() {
            return Err(Stop);
        }
        self.has_root = true;
        self.open.push(Element {
            kind: word.kind,
            name_span: span,
            attributes: attributes.unwrap_or_default(),
            text: String::new(),
            attributes_cut: !all_sound,
            children_cut: false,
            has_doc: false,
            text_reported: false,
            parts: Parts::default(),
        });
        if is_empty {
            self.end();
        }
        Ok(())
    }

    fn end(&mut self) {
        if self.skipped > 0 {
            self.skipped -= 1;
            return;
        }
        self.end_element();
    }

    fn end_element(&mut self) {
        let Some(mut element) = self.open.pop() else { return };
        match self.open.last_mut() {
            Some(parent) => element::close(element, parent, self.context),
            None => self.protocol = protocol::protocol(&mut element, self.context),
        }
    }

    /// The word, if it is one and may stand here; a finding otherwise.
    fn known_word(&mut self, name: &str, span: Span) -> Option<&'static Word> {
        let parent = self.open.last().map(|element| element.kind);
        let Some(word) = vocabulary::word(name) else {
            let message = format!("unknown element {}", quoted(&format!("<{name}>")));
            let help = unknown_element_help(name, parent);
            self.context.push(Diagnostic::new(Code::UNKNOWN_ELEMENT, span, message).help(help));
            return None;
        };
        if parent.is_none() && self.has_root {
            let message = format!("`<{name}>` stands after the end of `<protocol>`");
            let help = "a file holds one `<protocol>` and everything stands in it";
            self.context.push(Diagnostic::new(Code::MISPLACED, span, message).help(help));
            return None;
        }
        if !word.may_stand_in(parent) {
            let place =
                parent.map_or("at the root of a file".to_owned(), |kind| format!("in `<{}>`", kind.name()));
            let message = format!("`<{name}>` may not stand {place}");
            let parents: Vec<_> = word.parents.iter().map(|kind| format!("`<{}>`", kind.name())).collect();
            let help = match parents.is_empty() {
                _ if parent == Some(Kind::Doc) => TEXT_ONLY.to_owned(),
                true => format!("`<{name}>` is the root of a file"),
                false => format!("it belongs in {}", parents.join(" or ")),
            };
            self.context.push(Diagnostic::new(Code::MISPLACED, span, message).help(help));
            return None;
        }
        if word.kind == Kind::Doc
            && let Some(parent) = self.open.last_mut()
            && std::mem::replace(&mut parent.has_doc, true)
        {
            let message = "a second `<doc>` in one element";
            self.context
                .push(Diagnostic::new(Code::MISPLACED, span, message).help("put both texts into one"));
            return None;
        }
        Some(word)
    }

    /// Remembers which type goes with an element that is dropped, so that what refers to it is not reported as well.
    fn lose(&mut self, name: &str, content: &str) {
        let kind = vocabulary::word(name).map(|word| word.kind);
        // What is no word may be a slip in one, or one of a later dialect.
        if !matches!(kind, None | Some(Kind::Message | Kind::Enum | Kind::Errors)) {
            return;
        }
        match attributes::raw_value(content, name.len(), "name") {
            Some(name) => self.context.lost.name(name),
            None if nearest(name, DEFINING).is_some() => self.context.lost.anything(),
            None => {}
        }
    }

    fn text(&mut self, start: usize, end: usize) {
        let text = self.text;
        self.characters(&text[start..end], start, end);
    }

    fn characters(&mut self, characters: &str, start: usize, end: usize) {
        if self.skipped > 0 {
            return;
        }
        let reported = match self.open.last_mut() {
            Some(element) if element.kind == Kind::Doc => {
                element.text.push_str(characters);
                return;
            }
            Some(element) => &mut element.text_reported,
            None => &mut self.stray_reported,
        };
        let text = characters.trim();
        if text.is_empty() || *reported {
            return;
        }
        *reported = true;
        let lead = characters.len() - characters.trim_start().len();
        // A reference or CDATA is longer in the file than in `characters`.
        let is_verbatim = characters.len() == end - start;
        let span = match is_verbatim {
            true => self.context.span(start + lead, start + lead + text.lines().next().map_or(1, str::len)),
            false => self.context.span(start, end),
        };
        let message = "text stands outside of `<doc>`";
        self.context.push(Diagnostic::new(Code::MISPLACED, span, message));
    }

    fn declaration(&mut self, declaration: &BytesDecl<'_>, start: usize, end: usize) -> Result<(), Stop> {
        if start != 0 {
            let message = "the XML declaration is not at the start of the file".into();
            return Err(self.stop(Code::MALFORMED_XML, start, end, message));
        }
        if let Err(error) = declaration.xml_version() {
            return Err(self.stop(Code::MALFORMED_XML, start, end, plain(&error)));
        }
        match declaration.encoding() {
            None => Ok(()),
            Some(Ok(encoding)) if encoding.eq_ignore_ascii_case("utf-8") => Ok(()),
            Some(Ok(encoding)) => {
                let message = format!("the file says it is encoded in {}", quoted(&encoding));
                let span = self.context.span(start, end);
                self.context.push(
                    Diagnostic::new(Code::NOT_UTF8, span, message).help("save the file as UTF-8 and say so"),
                );
                Err(Stop)
            }
            Some(Err(_)) => {
                Err(self.stop(Code::MALFORMED_XML, start, end, "the XML declaration cannot be read".into()))
            }
        }
    }

    fn forbidden(&mut self, what: &str, start: usize, end: usize) -> Result<(), Stop> {
        Err(self.stop(Code::FORBIDDEN_MARKUP, start, end, format!("{what} may not stand in a schema")))
    }

    fn end_of_file(&mut self) -> Result<(), Stop> {
        if let Some(element) = self.open.last()
            && self.skipped == 0
        {
            let span = element.name_span;
            let message = format!("`<{}>` is never closed", element.kind.name());
            return Err(self.stop(Code::MALFORMED_XML, span.start as usize, span.end as usize, message));
        }
        if self.skipped > 0 {
            let end = self.text.trim_end().len();
            return Err(self.stop(Code::MALFORMED_XML, end, end, "the file ends within an element".into()));
        }
        if !self.has_root && self.context.found.errors() == self.errors_before {
            let message = "the file holds no `<protocol>`".into();
            return Err(self.stop(Code::MALFORMED_XML, 0, 0, message));
        }
        Ok(())
    }

    fn malformed(&mut self, error: &XmlError, at: usize) -> Stop {
        let at = at.min(self.text.len());
        let rest = &self.text[at..];
        // From the place of the error to the end of the tag or the line, whichever comes first.
        let len = rest
            .find(['>', '\n', '\r'])
            .map_or(rest.len(), |end| end + usize::from(rest[end..].starts_with('>')));
        let finding = Diagnostic::new(Code::MALFORMED_XML, self.context.span(at, at + len), plain(error));
        let finding = match error {
            XmlError::IllFormed(IllFormedError::MismatchedEndTag { expected, found }) => {
                self.with_opening(finding, expected, found)
            }
            XmlError::IllFormed(IllFormedError::UnclosedReference) => finding.help("write `&amp;`"),
            _ => finding,
        };
        self.context.push(finding);
        Stop
    }

    /// Shows the element that another one's end tag was found in, where it was kept.
    fn with_opening(&mut self, finding: Diagnostic, expected: &str, found: &str) -> Diagnostic {
        let Some(element) = self.open.last().filter(|it| it.kind.name() == expected) else { return finding };
        let is_childless = vocabulary::words_in(Some(element.kind)).all(|word| word.kind == Kind::Doc);
        // What is being skipped may be another one of this name; in what has no children that was not closed either.
        if self.skipped > 0 && !is_childless {
            return finding;
        }
        let span = element.name_span;
        let finding = finding.also(Span { start: span.start - 1, ..span }, "opened here");
        // An end tag with a slip in it was meant to be this one.
        if !is_childless || nearest(found, [expected]).is_some() {
            return finding;
        }
        // All that came after it seemed to stand in it.
        self.context.found.withdraw(|other| other.code() == Code::MISPLACED && span < other.span());
        finding.help("`/>` closes an element that has no content")
    }

    fn stop(&mut self, code: Code, start: usize, end: usize, message: String) -> Stop {
        let span = self.context.span(start, end);
        self.context.push(Diagnostic::new(code, span, message));
        Stop
    }
}

/// quick-xml's words without its own preface.
fn plain(error: &XmlError) -> String {
    match error {
        XmlError::Syntax(error) => error.to_string(),
        // Its own words quote the names whole and raw.
        XmlError::IllFormed(IllFormedError::MismatchedEndTag { expected, found }) => {
            format!(
                "expected {}, but {} was found",
                quoted(&format!("</{expected}>")),
                quoted(&format!("</{found}>"))
            )
        }
        XmlError::IllFormed(IllFormedError::UnmatchedEndTag(found)) => {
            format!("{} closes nothing", quoted(&format!("</{found}>")))
        }
        XmlError::IllFormed(IllFormedError::UnclosedReference) => {
            "`&` starts a reference that does not end".to_owned()
        }
        XmlError::IllFormed(IllFormedError::MissingDeclVersion(Some(found))) => {
            format!("the XML declaration starts with {} and not with `version`", quoted(found))
        }
        XmlError::IllFormed(error) => error.to_string(),
        error => error.to_string(),
    }
}

/// What to do about an element in a `<doc>`.
const TEXT_ONLY: &str = "only text stands in `<doc>`: write `&lt;` for `<`";

fn unknown_element_help(name: &str, parent: Option<Kind>) -> String {
    if parent == Some(Kind::Doc) {
        return TEXT_ONLY.to_owned();
    }
    let here = vocabulary::words_in(parent).map(|word| word.name);
    let anywhere = vocabulary::words().map(|word| word.name);
    if let Some(word) = nearest(name, here).or_else(|| nearest(name, anywhere)) {
        return format!("did you mean `<{word}>`?");
    }
    let here: Vec<_> = vocabulary::words_in(parent).map(|word| format!("`<{}>`", word.name)).collect();
    match parent {
        None => format!("the root of a file is {}", here.join(" or ")),
        Some(parent) if here.is_empty() => format!("nothing may stand in `<{}>`", parent.name()),
        Some(parent) => format!("in `<{}>` may stand {}", parent.name(), here.join(" ")),
    }
}
