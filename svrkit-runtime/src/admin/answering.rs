//! From a request to its answer: who asks, for which page, in which form.

use super::access::{Access, check_origin};
use super::http::{HttpStatus, Method, Refusal, Request, Response};
use super::page::{Document, Form, Page, Shown, wanted};
use super::pages::Pages;

const ICON: &str = include_str!("icon.svg");

/// Where a browser shows its token.
const LOGIN: &str = "/login";

/// Answers requests.
#[derive(Debug)]
pub(super) struct Answering {
    pub(super) access: Access,
    pub(super) pages: Pages,
}

impl Answering {
    pub(super) async fn answer(&self, request: Request) -> Response {
        match self.answer_or_refuse(&request).await {
            Ok(response) => response,
            Err(refusal) => refusal.into(),
        }
    }

    async fn answer_or_refuse(&self, request: &Request) -> Result<Response, Refusal> {
        self.access.check_sender(&request.headers)?;
        let form = wanted(request.headers.accept.as_deref());
        match (request.method, &*request.path) {
            // The one thing that a browser asks for unasked, of text as well.
            (Method::Get | Method::Head, "/favicon.ico") => {
                return Ok(Response::new(HttpStatus::OK, "image/svg+xml", ICON));
            }
            (Method::Post, LOGIN) => return self.enter(request, form),
            _ => {}
        }
        let page = self.pages.at(&request.path);
        let is_open = page.is_some_and(Page::is_for_everyone);
        if !is_open && !self.access.admits(&request.headers) {
            return Ok(locked("Who may see this has a token.", form));
        }
        let Some(page) = page else { return Ok(self.response(&nowhere(&self.pages), form)) };
        let shown = match request.method {
            Method::Get | Method::Head => page.show().await,
            Method::Post => {
                check_origin(&request.headers)?;
                let refused = || Refusal::new(HttpStatus::METHOD_NOT_ALLOWED, "this page is for reading");
                page.act(&request.body).ok_or_else(refused)?.await
            }
        };
        Ok(self.response(&shown, form))
    }

    fn response(&self, shown: &Shown, form: Form) -> Response {
        shown.response(form, self.pages.links())
    }

    /// A browser has shown a token.
    fn enter(&self, request: &Request, form: Form) -> Result<Response, Refusal> {
        check_origin(&request.headers)?;
        Ok(match self.access.enter(&request.body) {
            Some(cookie) => Response::text(HttpStatus::SEE_OTHER, "welcome")
                .with("Location: /")
                .with(format!("Set-Cookie: {cookie}")),
            None => locked("That is not the token.", form),
        })
    }
}

impl From<Refusal> for Response {
    fn from(refusal: Refusal) -> Self {
        let response = Self::text(refusal.status, refusal.words);
        match refusal.status {
            HttpStatus::METHOD_NOT_ALLOWED => response.with("Allow: GET, HEAD"),
            _ => response,
        }
    }
}

fn locked(words: &str, form: Form) -> Response {
    let document = Document::new("Locked").words(words).secret(LOGIN, "token", "Enter");
    let shown = Shown::new(HttpStatus::UNAUTHORIZED, document);
    shown.response(form, &[]).with("WWW-Authenticate: Bearer")
}

fn nowhere(pages: &Pages) -> Shown {
    let document = Document::new("There is no such page").links(pages.links().iter().copied());
    Shown::new(HttpStatus::NOT_FOUND, document)
}
