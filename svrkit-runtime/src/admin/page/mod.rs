//! What a page is, and what it is made of: a [`Document`], which is written as text for terminals and as HTML for browsers.

mod document;
mod html;
mod negotiation;
mod text;

use std::pin::Pin;

pub(super) use self::document::{Column, Document, Link};
pub(super) use self::negotiation::{Form, wanted};
use super::http::{HttpStatus, Response};

/// One page.
pub(super) trait Page: Send + Sync {
    /// Where it is: `/connections`.
    fn path(&self) -> &'static str;

    /// What it shows, for the index.
    fn about(&self) -> &'static str;

    /// Whether it says no more than every caller of the server is told, and asks for no token.
    fn is_for_everyone(&self) -> bool {
        false
    }

    /// What it shows now. Changes nothing.
    fn show(&self) -> Showing<'_>;

    /// Does what it is for, where it is for something, and says what that was. `form` is what was filled in, if anything was.
    fn act<'a>(&'a self, form: &'a [u8]) -> Option<Showing<'a>> {
        let _ = form;
        None
    }
}

/// A page in the making.
pub(super) type Showing<'a> = Pin<Box<dyn Future<Output = Shown> + Send + 'a>>;

/// What a page shows.
#[derive(Debug)]
pub(super) struct Shown {
    status: HttpStatus,
    content: Content,
}

#[derive(Debug)]
enum Content {
    Document(Document),
    /// For programs, in a form of their own.
    Text {
        content_type: &'static str,
        text: String,
    },
}

impl Shown {
    pub(super) fn new(status: HttpStatus, document: Document) -> Self {
        Self { status, content: Content::Document(document) }
    }

    /// The same text for everybody.
    pub(super) fn text(content_type: &'static str, text: String) -> Self {
        Self { status: HttpStatus::OK, content: Content::Text { content_type, text } }
    }

    /// Of a page that waits for nothing.
    pub(super) fn now<'a>(self) -> Showing<'a> {
        Box::pin(std::future::ready(self))
    }

    /// The answer in the wanted form, with links to all of `pages` for those who have no address line at hand.
    pub(super) fn response(&self, form: Form, pages: &[Link]) -> Response {
        match (&self.content, form) {
            (Content::Document(document), Form::Text) => {
                Response::new(self.status, "text/plain; charset=utf-8", text::write(document))
            }
            (Content::Document(document), Form::Html) => {
                Response::new(self.status, "text/html; charset=utf-8", html::write(document, pages))
            }
            (Content::Text { content_type, text }, _) => {
                Response::new(self.status, content_type, text.clone())
            }
        }
    }
}

impl From<Document> for Shown {
    fn from(document: Document) -> Self {
        Self::new(HttpStatus::OK, document)
    }
}
