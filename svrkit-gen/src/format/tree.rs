//! A sound file as it is spelt: elements, attributes and comments, and where lines were broken.
//!
//! `parse` has read the file before, so nothing here can go wrong; it keeps what `parse` has no use for.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::events::Event;
use quick_xml::events::attributes::Attributes;

use super::comment::Comment;
use super::text::Text;
use crate::parse::vocabulary::{self, Kind, Word};

/// What stands beside other things: in an element, or in the file itself.
pub(super) struct Item<'a> {
    /// A blank line stands before it.
    pub(super) blank_before: bool,
    pub(super) node: Node<'a>,
    /// The comments that start on the line on which it ends.
    pub(super) trailing: Vec<Comment<'a>>,
}

pub(super) enum Node<'a> {
    Element(Box<Element<'a>>),
    Comment(Comment<'a>),
}

pub(super) struct Element<'a> {
    pub(super) word: &'static Word,
    /// In the order of the vocabulary.
    pub(super) attributes: Vec<Attribute<'a>>,
    /// The comments that start on the line on which its start tag ends.
    pub(super) trailing: Vec<Comment<'a>>,
    pub(super) items: Vec<Item<'a>>,
    /// Of a `<doc>`; empty in every other element.
    pub(super) text: Text<'a>,
    blank_before: bool,
}

pub(super) struct Attribute<'a> {
    pub(super) name: &'a str,
    /// As it is spelt between double quotes.
    pub(super) value: Cow<'a, str>,
}

/// The root and the comments around it.
pub(super) fn read(text: &str) -> Vec<Item<'_>> {
    const SOUND: &str = "parse has read the same text without an error";
    let mut tree = Tree { items: Vec::new(), open: Vec::new(), breaks: 0 };
    let mut reader = Reader::from_str(text);
    loop {
        let start = reader.buffer_position() as usize;
        let event = reader.read_event().expect(SOUND);
        let end = reader.buffer_position() as usize;
        match event {
            Event::Start(_) => tree.start(&text[start + 1..end - 1]),
            Event::Empty(_) => {
                tree.start(&text[start + 1..end - 2]);
                tree.end();
            }
            Event::End(_) => tree.end(),
            Event::Comment(_) => tree.comment(Comment::new(text, start, end)),
            Event::Eof => return tree.items,
            Event::Text(_) => match tree.doc() {
                Some(doc) => doc.push_plain(&text[start..end]),
                None => tree.breaks += line_breaks(&text[start..end]),
            },
            Event::CData(_) => {
                if let Some(doc) = tree.doc() {
                    doc.push_cdata(&text[start..end]);
                }
            }
            Event::GeneralRef(name) => {
                if let Some(doc) = tree.doc() {
                    doc.push_reference(&text[start..end], &name);
                }
            }
            // The first is printed anyway, the others were refused.
            Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
}

struct Tree<'a> {
    items: Vec<Item<'a>>,
    open: Vec<Element<'a>>,
    /// Line breaks since the last tag or comment.
    breaks: usize,
}

impl<'a> Tree<'a> {
    fn start(&mut self, content: &'a str) {
        let name = &content[..content.find([' ', '\t', '\r', '\n']).unwrap_or(content.len())];
        let word = vocabulary::word(name).expect("parse refuses elements it does not know");
        let parent = self.open.last().map(|element| element.word.kind);
        self.open.push(Element {
            word,
            attributes: attributes(word, parent, content),
            trailing: Vec::new(),
            items: Vec::new(),
            text: Text::default(),
            blank_before: 1 < self.breaks,
        });
        self.breaks = 0;
    }

    fn end(&mut self) {
        if let Some(element) = self.open.pop() {
            let blank_before = element.blank_before;
            self.push(blank_before, Node::Element(Box::new(element)));
        }
        self.breaks = 0;
    }

    fn comment(&mut self, comment: Comment<'a>) {
        if let Some(doc) = self.doc() {
            doc.push_comment(comment);
            return;
        }
        let breaks = std::mem::take(&mut self.breaks);
        if breaks == 0
            && let Some(trailing) = self.trailing()
        {
            trailing.push(comment);
        } else {
            self.push(1 < breaks, Node::Comment(comment));
        }
    }

    /// Where a comment belongs that goes on in this line; `None` if the line holds nothing yet, or the end of a comment
    /// that started in another one.
    fn trailing(&mut self) -> Option<&mut Vec<Comment<'a>>> {
        let (items, element) = match self.open.last_mut() {
            Some(element) => (&mut element.items, Some(&mut element.trailing)),
            None => (&mut self.items, None),
        };
        let (before, trailing) = match items.last_mut() {
            Some(Item { node, trailing, .. }) => (Some(&*node), trailing),
            None => (None, element?),
        };
        let last = trailing.last().or(match before {
            Some(Node::Comment(comment)) => Some(comment),
            _ => None,
        });
        let has_ended = last.is_some_and(|comment| !comment.is_one_line());
        (!has_ended).then_some(trailing)
    }

    fn push(&mut self, blank_before: bool, node: Node<'a>) {
        let items = self.open.last_mut().map_or(&mut self.items, |element| &mut element.items);
        items.push(Item { blank_before, node, trailing: Vec::new() });
    }

    /// The text of the `<doc>` that is open.
    fn doc(&mut self) -> Option<&mut Text<'a>> {
        let element = self.open.last_mut().filter(|element| element.word.kind == Kind::Doc);
        element.map(|element| &mut element.text)
    }
}

/// The attributes in the order of the vocabulary.
fn attributes<'a>(word: &Word, parent: Option<Kind>, content: &'a str) -> Vec<Attribute<'a>> {
    let mut iterator = Attributes::new(content, word.name.len());
    let read = iterator.with_checks(false).flatten().map(|attribute| {
        let name_at = attribute.key.0.as_ptr() as usize - content.as_ptr() as usize;
        let value_at = attribute.value.as_ptr() as usize - content.as_ptr() as usize;
        Attribute {
            name: &content[name_at..name_at + attribute.key.0.len()],
            value: respelt(&content[value_at..value_at + attribute.value.len()]),
        }
    });
    let mut attributes: Vec<_> = read.collect();
    let order: Vec<_> = word.attributes_in(parent).map(|known| known.name).collect();
    attributes.sort_by_key(|attribute| order.iter().position(|known| *known == attribute.name));
    attributes
}

/// A value as it is spelt in a line and between double quotes: XML reads a line break in a value as a space.
fn respelt(value: &str) -> Cow<'_, str> {
    match value.contains(['"', '\t', '\n', '\r']) {
        true => Cow::Owned(value.replace(['\t', '\n', '\r'], " ").replace('"', "&quot;")),
        false => Cow::Borrowed(value),
    }
}

/// Of the three kinds XML knows.
fn line_breaks(blanks: &str) -> usize {
    blanks.matches(['\n', '\r']).count() - blanks.matches("\r\n").count()
}
