//! The tree to text. Every decision about layout that looks at more than one line is made here.

use super::comment::Comment;
use super::page::Page;
use super::tree::{Element, Item, Node};
use crate::parse::vocabulary::Kind;

const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/// Most characters a line has that could be broken.
const WIDTH_MAX: usize = 110;

/// How much further in the content of an element stands.
const STEP: usize = 2;

/// How much further in the lines of a tag stand after its first.
const CONTINUATION: usize = 4;

/// The text of a file; `None` if it would be larger than one may be.
pub(super) fn file(items: &[Item<'_>]) -> Option<String> {
    let mut printer = Printer::default();
    printer.page.push(DECLARATION);
    printer.items(items, 0, &[]);
    printer.page.finish()
}

#[derive(Default)]
struct Printer {
    page: Page,
}

impl Printer {
    /// Items this far in; before those where it is `apart` a blank line, as before those that had one.
    fn items(&mut self, items: &[Item<'_>], indent: usize, apart: &[bool]) {
        for (at, item) in items.iter().enumerate() {
            let is_apart = item.blank_before || apart.get(at).is_some_and(|is_apart| *is_apart);
            if at > 0 && is_apart {
                self.page.push("\n");
            }
            self.page.push_blanks(indent);
            match &item.node {
                Node::Element(element) => self.element(element, indent),
                Node::Comment(comment) => comment.print(&mut self.page),
            }
            self.trailing(&item.trailing);
            self.page.push("\n");
        }
    }

    /// An element whose first line is indented already.
    fn element(&mut self, element: &Element<'_>, indent: usize) {
        let whole = one_line(element).filter(|whole| indent + width(whole) <= WIDTH_MAX);
        if let Some(whole) = whole {
            self.page.push(&whole);
            return;
        }
        if is_leaf(element) {
            self.tag(element, indent, "/>");
            return;
        }
        self.tag(element, indent, ">");
        self.trailing(&element.trailing);
        self.page.push("\n");
        match element.word.kind {
            Kind::Doc => element.text.print(indent + STEP, &mut self.page),
            Kind::Protocol => self.items(&element.items, indent + STEP, &apart(&element.items)),
            _ => self.items(&element.items, indent + STEP, &[]),
        }
        self.page.push_blanks(indent);
        self.push_all(["</", element.word.name, ">"]);
    }

    /// A start tag, in more than one line if need be.
    fn tag(&mut self, element: &Element<'_>, indent: usize, end: &str) {
        self.push_all(["<", element.word.name]);
        let mut used = indent + 1 + element.word.name.len();
        for (at, attribute) in element.attributes.iter().enumerate() {
            let len = attribute.name.len() + width(&attribute.value) + "=\"\"".len();
            let end_len = if at + 1 == element.attributes.len() { end.len() } else { 0 };
            if at > 0 && WIDTH_MAX < used + 1 + len + end_len {
                self.page.push("\n");
                self.page.push_blanks(indent + CONTINUATION);
                used = indent + CONTINUATION + len;
            } else {
                self.page.push(" ");
                used += 1 + len;
            }
            self.push_all([attribute.name, "=\"", &attribute.value, "\""]);
        }
        self.page.push(end);
    }

    fn trailing(&mut self, comments: &[Comment<'_>]) {
        for comment in comments {
            self.page.push(" ");
            comment.print(&mut self.page);
        }
    }

    fn push_all<const N: usize>(&mut self, parts: [&str; N]) {
        parts.into_iter().for_each(|part| self.page.push(part));
    }
}

/// An element that may stand on one line, written so, however long that is.
fn one_line(element: &Element<'_>) -> Option<String> {
    let name = element.word.name;
    let content = match &*element.items {
        [] if element.word.kind == Kind::Doc => element.text.one_line()?,
        [] if element.trailing.is_empty() => String::new(),
        [Item { node: Node::Element(doc), trailing, .. }]
            if doc.word.kind == Kind::Doc
                && element.word.kind != Kind::Protocol
                && trailing.is_empty()
                && element.trailing.is_empty() =>
        {
            one_line(doc)?
        }
        _ => return None,
    };
    let mut whole = format!("<{name}");
    for attribute in &element.attributes {
        whole.extend([" ", attribute.name, "=\"", &attribute.value, "\""]);
    }
    match content.is_empty() {
        true => whole.push_str("/>"),
        false => whole.extend([">", &content, "</", name, ">"]),
    }
    Some(whole)
}

/// Whether nothing at all stands in an element.
fn is_leaf(element: &Element<'_>) -> bool {
    element.word.kind != Kind::Doc && element.items.is_empty() && element.trailing.is_empty()
}

/// Which items of the root a blank line must stand before: definitions, with the comments that lead to them, and what
/// comes after one.
fn apart(items: &[Item<'_>]) -> Vec<bool> {
    let mut apart = vec![false; items.len()];
    // Whether the item after this one is a definition, or a comment on one.
    let mut leads = false;
    for (at, item) in items.iter().enumerate().rev() {
        let is_comment = matches!(item.node, Node::Comment(_));
        leads = is_definition(item) || (is_comment && leads);
        let before = at.checked_sub(1).map(|before| &items[before]);
        let goes_with_comment =
            matches!(before, Some(Item { node: Node::Comment(_), .. })) && !item.blank_before;
        apart[at] = before.is_some_and(is_definition) || (leads && !goes_with_comment);
        leads &= !item.blank_before;
    }
    apart
}

/// Whether an item of the root defines something.
fn is_definition(item: &Item<'_>) -> bool {
    match &item.node {
        Node::Element(element) => !matches!(element.word.kind, Kind::Protocol | Kind::Doc | Kind::Import),
        Node::Comment(_) => false,
    }
}

/// In characters: what takes two columns on a screen counts as one.
fn width(text: &str) -> usize {
    text.chars().count()
}
