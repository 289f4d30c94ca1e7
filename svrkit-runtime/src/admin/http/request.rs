//! One request: its bytes read and judged. Knows no socket.

use super::HttpStatus;

/// Header fields that a head may have: a browser sends about fifteen.
const FIELDS_MAX: usize = 64;

/// A request that is whole.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) method: Method,
    /// Without its query, which no page looks at.
    pub(crate) path: String,
    pub(crate) headers: Headers,
    pub(crate) body: Vec<u8>,
}

/// What may be done with a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Method {
    #[default]
    Get,
    /// As GET, but for the body.
    Head,
    Post,
}

/// The fields that are looked at.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Headers {
    pub(crate) host: Option<String>,
    pub(crate) accept: Option<String>,
    pub(crate) authorization: Option<String>,
    pub(crate) cookie: Option<String>,
    pub(crate) origin: Option<String>,
    pub(crate) fetch_site: Option<String>,
}

/// Why bytes are no request that is answered. The client is at fault, and is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: HttpStatus,
    pub(crate) words: String,
}

/// The head of a request, and how long the whole is.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Head {
    request: Request,
    head_len: usize,
    /// As it says, where it does.
    said_len: Option<usize>,
}

impl Refusal {
    pub(crate) fn new(status: HttpStatus, words: impl Into<String>) -> Self {
        Self { status, words: words.into() }
    }
}

impl Head {
    /// The head that `bytes` begin with; `None`: it is not whole. Head and body may have `len_max` bytes each.
    pub(super) fn parse(bytes: &[u8], len_max: usize) -> Result<Option<Self>, Refusal> {
        let mut fields = [httparse::EMPTY_HEADER; FIELDS_MAX];
        let mut parsed = httparse::Request::new(&mut fields);
        let status = parsed.parse(bytes).map_err(|error| match error {
            httparse::Error::TooManyHeaders => {
                let words = format!("a head may have {FIELDS_MAX} fields at most");
                Refusal::new(HttpStatus::HEAD_TOO_LARGE, words)
            }
            error => Refusal::new(HttpStatus::BAD_REQUEST, format!("this is no HTTP/1.1 request: {error}")),
        })?;
        let head_len = match status {
            httparse::Status::Complete(len) => len,
            httparse::Status::Partial => bytes.len(),
        };
        if head_len > len_max {
            let words = format!("the head has more than {len_max} bytes (admin.head)");
            return Err(Refusal::new(HttpStatus::HEAD_TOO_LARGE, words));
        }
        if status.is_partial() {
            return Ok(None);
        }
        let mut head = Self { request: Request::default(), head_len, said_len: None };
        head.request.method = method(parsed.method.unwrap_or_default())?;
        head.request.path = path(parsed.path.unwrap_or_default())?;
        for field in parsed.headers.iter() {
            head.take(field)?;
        }
        // HTTP/1.0 has none, and no browser speaks it.
        if parsed.version == Some(1) && head.request.headers.host.is_none() {
            return Err(Refusal::new(HttpStatus::BAD_REQUEST, "the field Host is missing"));
        }
        if head.body_len() > len_max {
            let words = format!("the body would have more than {len_max} bytes (admin.head)");
            return Err(Refusal::new(HttpStatus::CONTENT_TOO_LARGE, words));
        }
        Ok(Some(head))
    }

    /// How many bytes the whole request has.
    pub(super) fn request_len(&self) -> usize {
        self.head_len + self.body_len()
    }

    fn body_len(&self) -> usize {
        self.said_len.unwrap_or(0)
    }

    /// The request, once `bytes` has all of it.
    pub(super) fn into_request(self, bytes: &[u8]) -> Request {
        let body = bytes.get(self.head_len..self.request_len()).unwrap_or_default().to_vec();
        Request { body, ..self.request }
    }

    fn take(&mut self, field: &httparse::Header<'_>) -> Result<(), Refusal> {
        let is = |name: &str| field.name.eq_ignore_ascii_case(name);
        if is("transfer-encoding") {
            return Err(Refusal::new(HttpStatus::LENGTH_REQUIRED, "say the body's length by Content-Length"));
        }
        if is("content-length") {
            let digits = text(field)?;
            let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            if self.said_len.is_some() || !is_number {
                return Err(Refusal::new(HttpStatus::BAD_REQUEST, "Content-Length is one number"));
            }
            // What is beyond a number's range is beyond the limit as well.
            self.said_len = Some(digits.parse().unwrap_or(usize::MAX));
            return Ok(());
        }
        let headers = &mut self.request.headers;
        let place = match () {
            () if is("host") => &mut headers.host,
            () if is("accept") => &mut headers.accept,
            () if is("authorization") => &mut headers.authorization,
            () if is("cookie") => &mut headers.cookie,
            () if is("origin") => &mut headers.origin,
            () if is("sec-fetch-site") => &mut headers.fetch_site,
            () => return Ok(()),
        };
        // Of two that differ one would be believed and the other one obeyed somewhere else.
        if place.is_some() {
            let words = format!("the field {} stands twice", field.name);
            return Err(Refusal::new(HttpStatus::BAD_REQUEST, words));
        }
        *place = Some(text(field)?.into());
        Ok(())
    }
}

fn text<'a>(field: &httparse::Header<'a>) -> Result<&'a str, Refusal> {
    std::str::from_utf8(field.value).map_err(|_| {
        let words = format!("the field {} is no text", field.name);
        Refusal::new(HttpStatus::BAD_REQUEST, words)
    })
}

fn method(name: &str) -> Result<Method, Refusal> {
    match name {
        "GET" => Ok(Method::Get),
        "HEAD" => Ok(Method::Head),
        "POST" => Ok(Method::Post),
        _ => Err(Refusal::new(HttpStatus::METHOD_NOT_ALLOWED, "pages take GET, HEAD and POST")),
    }
}

fn path(target: &str) -> Result<String, Refusal> {
    if !target.starts_with('/') {
        return Err(Refusal::new(HttpStatus::BAD_REQUEST, "the target of a request is a path here"));
    }
    Ok(target.split(['?', '#']).next().unwrap_or_default().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAX: usize = 256;

    #[track_caller]
    fn refused(bytes: &[u8], status: HttpStatus, words: &str) {
        let refusal = Head::parse(bytes, MAX).unwrap_err();
        assert_eq!(refusal.status, status, "{refusal:?}");
        assert!(refusal.words.contains(words), "{refusal:?}");
    }

    #[test]
    fn a_request_is_read_however_it_is_cut() {
        let bytes =
            b"POST /drain?now HTTP/1.1\r\nhOsT: a:1\r\nContent-Length: 3\r\nX-Other: \xff\r\n\r\nabcnext";
        let head_len = bytes.len() - b"abcnext".len();
        for cut in 0..head_len {
            assert_eq!(Head::parse(&bytes[..cut], MAX), Ok(None), "cut at {cut}");
        }
        let head = Head::parse(bytes, MAX).unwrap().unwrap();
        assert_eq!(head.request_len(), head_len + 3);
        let headers = Headers { host: Some("a:1".into()), ..Headers::default() };
        let expected =
            Request { method: Method::Post, path: "/drain".into(), headers, body: b"abc".to_vec() };
        assert_eq!(head.into_request(bytes), expected);
    }

    #[test]
    fn what_is_no_request_is_refused_with_its_reason() {
        refused(b"nonsense\r\n\r\n", HttpStatus::BAD_REQUEST, "no HTTP/1.1 request");
        refused(b"\x16\x03\x01\x02\x00", HttpStatus::BAD_REQUEST, "no HTTP/1.1 request");
        refused(b"PUT / HTTP/1.1\r\nHost: a\r\n\r\n", HttpStatus::METHOD_NOT_ALLOWED, "GET, HEAD and POST");
        refused(b"GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", HttpStatus::BAD_REQUEST, "is a path");
        refused(b"GET / HTTP/1.1\r\n\r\n", HttpStatus::BAD_REQUEST, "Host is missing");
        refused(b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", HttpStatus::BAD_REQUEST, "stands twice");
        refused(b"GET / HTTP/1.1\r\nHost: \xff\r\n\r\n", HttpStatus::BAD_REQUEST, "no text");
        let post = |field: &str| format!("POST / HTTP/1.1\r\nHost: a\r\n{field}\r\n\r\n").into_bytes();
        refused(&post("Transfer-Encoding: chunked"), HttpStatus::LENGTH_REQUIRED, "Content-Length");
        refused(&post("Content-Length: +1"), HttpStatus::BAD_REQUEST, "one number");
        refused(&post("Content-Length: 0\r\nContent-Length: 2"), HttpStatus::BAD_REQUEST, "one number");
        refused(&post("Content-Length: 257"), HttpStatus::CONTENT_TOO_LARGE, "(admin.head)");
        refused(
            &post(&format!("Content-Length: {}", "9".repeat(99))),
            HttpStatus::CONTENT_TOO_LARGE,
            "head)",
        );
        assert!(Head::parse(&post("Content-Length: 256"), MAX).unwrap().is_some());
        let many = "X: y\r\n".repeat(FIELDS_MAX + 1);
        refused(&post(many.trim_end()), HttpStatus::HEAD_TOO_LARGE, "64 fields");
    }

    #[test]
    fn a_head_has_so_many_bytes_at_most() {
        let of_len = |len: usize| {
            let start = "GET / HTTP/1.0\r\nX: ";
            format!("{start}{}\r\n\r\n", "y".repeat(len - start.len() - 4))
        };
        assert!(Head::parse(of_len(MAX).as_bytes(), MAX).unwrap().is_some());
        refused(of_len(MAX + 1).as_bytes(), HttpStatus::HEAD_TOO_LARGE, "more than 256 bytes (admin.head)");
        // One that does not end is not waited for beyond it.
        assert_eq!(Head::parse(&of_len(MAX + 9).as_bytes()[..MAX], MAX), Ok(None));
        refused(&of_len(MAX + 9).as_bytes()[..MAX + 1], HttpStatus::HEAD_TOO_LARGE, "(admin.head)");
    }
}
