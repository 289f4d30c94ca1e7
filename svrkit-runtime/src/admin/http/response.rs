//! One answer, as bytes.

use std::fmt::Write as _;

use crate::admin::style::SOURCE;

/// A status of HTTP (RFC 9110, section 15).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct HttpStatus(u16, &'static str);

impl HttpStatus {
    pub(crate) const OK: Self = Self(200, "OK");
    pub(crate) const ACCEPTED: Self = Self(202, "Accepted");
    pub(crate) const SEE_OTHER: Self = Self(303, "See Other");
    pub(crate) const BAD_REQUEST: Self = Self(400, "Bad Request");
    pub(crate) const UNAUTHORIZED: Self = Self(401, "Unauthorized");
    pub(crate) const FORBIDDEN: Self = Self(403, "Forbidden");
    pub(crate) const NOT_FOUND: Self = Self(404, "Not Found");
    pub(crate) const METHOD_NOT_ALLOWED: Self = Self(405, "Method Not Allowed");
    pub(crate) const REQUEST_TIMEOUT: Self = Self(408, "Request Timeout");
    pub(crate) const LENGTH_REQUIRED: Self = Self(411, "Length Required");
    pub(crate) const CONTENT_TOO_LARGE: Self = Self(413, "Content Too Large");
    pub(crate) const MISDIRECTED: Self = Self(421, "Misdirected Request");
    pub(crate) const HEAD_TOO_LARGE: Self = Self(431, "Request Header Fields Too Large");
    pub(crate) const UNAVAILABLE: Self = Self(503, "Service Unavailable");

    /// `503 Service Unavailable`.
    pub(crate) fn words(self) -> String {
        format!("{} {}", self.0, self.1)
    }
}

/// What every answer says. Nothing is run, nothing is loaded from elsewhere, nobody frames a page, and no cache keeps what is out of
/// date and not everybody's.
const FIELDS: &str = "Connection: close\r\n\
    Cache-Control: no-store\r\n\
    Vary: Accept\r\n\
    X-Content-Type-Options: nosniff\r\n\
    Referrer-Policy: no-referrer\r\n\
    Cross-Origin-Resource-Policy: same-origin\r\n\
    Cross-Origin-Opener-Policy: same-origin\r\n\
    X-Frame-Options: DENY\r\n";

/// The content-security policy (CSP level 3).
fn policy() -> String {
    format!(
        "Content-Security-Policy: default-src 'none'; style-src {SOURCE}; img-src 'self'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'\r\n"
    )
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Response {
    pub(crate) status: HttpStatus,
    pub(crate) content_type: &'static str,
    pub(crate) body: Vec<u8>,
    /// Fields of this answer alone: `Name: value`, of this module's callers' making.
    pub(crate) fields: Vec<String>,
}

impl Response {
    pub(crate) fn new(status: HttpStatus, content_type: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Self { status, content_type, body: body.into(), fields: Vec::new() }
    }

    pub(crate) fn text(status: HttpStatus, words: impl Into<String>) -> Self {
        let mut words = words.into();
        words.push('\n');
        Self::new(status, "text/plain; charset=utf-8", words)
    }

    pub(crate) fn with(mut self, field: impl Into<String>) -> Self {
        self.fields.push(field.into());
        self
    }

    /// What goes over the wire; of an answer to HEAD without the body, whose length is told all the same.
    pub(super) fn to_bytes(&self, with_body: bool) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {}\r\n{FIELDS}{}", self.status.words(), policy());
        // A String takes whatever it is given.
        let _ =
            write!(head, "Content-Type: {}\r\nContent-Length: {}\r\n", self.content_type, self.body.len());
        for field in &self.fields {
            head.push_str(field);
            head.push_str("\r\n");
        }
        head.push_str("\r\n");
        let mut bytes = head.into_bytes();
        if with_body {
            bytes.extend_from_slice(&self.body);
        }
        bytes
    }
}
