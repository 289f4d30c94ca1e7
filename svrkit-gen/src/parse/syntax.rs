//! What one file says, element by element: names not yet resolved, everything with its place.
//!
//! Where a part could not be read, the finding is made and the part is absent here. What is kept of its element
//! is marked `is_partial`, so that no rule judges it by what is missing.

use std::rc::Rc;

use crate::diagnostic::{Span, Spanned};

/// One file.
#[derive(Debug)]
pub(crate) struct Protocol {
    pub(crate) package: Spanned<Rc<str>>,
    pub(crate) version: Option<u32>,
    pub(crate) doc: String,
    pub(crate) imports: Vec<Spanned<Rc<str>>>,
    pub(crate) enums: Vec<Enum>,
    pub(crate) messages: Vec<Message>,
    pub(crate) services: Vec<Service>,
}

#[derive(Debug)]
pub(crate) struct Enum {
    pub(crate) name: Spanned<Rc<str>>,
    pub(crate) doc: String,
    pub(crate) values: Vec<Value>,
    pub(crate) reserved: Vec<Reserved>,
    pub(crate) is_partial: bool,
}

#[derive(Debug)]
pub(crate) struct Value {
    pub(crate) name: Spanned<Rc<str>>,
    pub(crate) number: Spanned<i32>,
    pub(crate) doc: String,
}

#[derive(Debug)]
pub(crate) struct Message {
    pub(crate) name: Spanned<Rc<str>>,
    pub(crate) doc: String,
    pub(crate) fields: Vec<Field>,
    pub(crate) reserved: Vec<Reserved>,
    pub(crate) enums: Vec<Enum>,
    pub(crate) messages: Vec<Message>,
}

#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) name: Spanned<Rc<str>>,
    pub(crate) tag: Spanned<u32>,
    pub(crate) doc: String,
    /// `None`: the type or one of the flags could not be read.
    pub(crate) shape: Option<Shape>,
}

/// What a field holds.
#[derive(Debug)]
pub(crate) struct Shape {
    pub(crate) type_name: Spanned<Rc<str>>,
    pub(crate) optional: Option<Spanned<bool>>,
    pub(crate) repeated: Option<Spanned<bool>>,
    pub(crate) packed: Option<Spanned<bool>>,
}

/// Numbers and names that are never used again.
#[derive(Debug)]
pub(crate) struct Reserved {
    /// First and last of each range, with the place of the attribute.
    pub(crate) numbers: Vec<(i64, i64, Span)>,
    pub(crate) names: Vec<Spanned<Rc<str>>>,
}

#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) name: Spanned<Rc<str>>,
    pub(crate) id: Option<Spanned<u32>>,
    pub(crate) doc: String,
    pub(crate) methods: Vec<Method>,
    pub(crate) reserved: Vec<Reserved>,
}

#[derive(Debug)]
pub(crate) struct Method {
    pub(crate) name: Spanned<Rc<str>>,
    pub(crate) id: Spanned<u16>,
    pub(crate) doc: String,
    /// `None`: an attribute is absent or could not be read.
    pub(crate) request: Option<Spanned<Rc<str>>>,
    pub(crate) response: Option<Spanned<Rc<str>>>,
    pub(crate) timeout_ms: Option<u64>,
    pub(crate) priority: u8,
    pub(crate) idempotent: bool,
}
