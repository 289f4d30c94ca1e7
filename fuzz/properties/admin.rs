//! What the requests of strangers must never do to the port of the admin pages.

use svrkit_runtime::admin_request;

use crate::heap;

/// As `admin.head` says it.
const HEAD_MAX: usize = 512;

/// Cuts of one input that are tried: each is read anew.
const CUTS_MAX: usize = 64;

/// Any bytes are a request, the beginning of one or refused, in little memory; it does not matter in which pieces they come; and who is refused gets a
/// whole answer with none of their own bytes in its head.
pub(crate) fn request(bytes: &[u8]) {
    let (judged, taken) = heap::taken(|| admin_request(bytes, HEAD_MAX));
    assert!(taken.peak <= 32 * HEAD_MAX, "{} bytes of memory", taken.peak);
    let step = bytes.len() / CUTS_MAX + 1;
    let cuts = (0..bytes.len()).step_by(step).map(|cut| admin_request(&bytes[..cut], HEAD_MAX));
    let sooner = cuts.into_iter().find(|cut| *cut != Ok(None)).unwrap_or_else(|| judged.clone());
    match judged {
        Ok(None) => {
            assert!(bytes.len() <= HEAD_MAX, "it waits for more of a head that is too long");
            assert_eq!(sooner, Ok(None));
        }
        Ok(Some(len)) => {
            assert!(len <= 2 * HEAD_MAX, "a request of {len} bytes");
            assert_eq!(sooner, Ok(Some(len)), "in pieces it is another one");
        }
        Err(answer) => {
            check(&answer);
            check(&sooner.expect_err("what is refused at once is refused in pieces"));
        }
    }
}

fn check(answer: &[u8]) {
    let text = std::str::from_utf8(answer).expect("an answer is text");
    let (head, body) = text.split_once("\r\n\r\n").expect("its head ends");
    let mut lines = head.split("\r\n");
    assert!(lines.next().is_some_and(|first| first.starts_with("HTTP/1.1 4")), "{head}");
    let fields: Vec<_> = lines.map(|line| line.split_once(": ").expect("a field")).collect();
    let said = fields.iter().find(|(name, _)| *name == "Content-Length").expect("it has a length");
    assert_eq!(said.1, body.len().to_string());
    assert!(body.ends_with('\n') && body.lines().count() == 1, "{body:?} is no line");
}
