//! A peer that speaks another protocol: it gets an answer it can show to its user, where there is one.

use crate::transport::Outbox;

const HTTP: &[u8] = b"HTTP/1.1 400 Bad Request\r\n\
content-type: text/plain\r\n\
connection: close\r\n\
content-length: 74\r\n\r\n\
this port speaks svrkit frames, not HTTP: call it with a svrkit client\r\n\r\n";

/// The content type of the record that a TLS handshake begins with (RFC 8446, section 5.1).
pub(super) const TLS_HANDSHAKE: u8 = 0x16;

/// Answers by the first bytes the peer sent. Who can't be answered in its own words just sees the connection close.
pub(super) fn answer(start: &[u8], outbox: &Outbox) {
    let looks_like_http = start.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ')
        && start.contains(&b' ')
        && start[0].is_ascii_uppercase()
        && !start.starts_with(b"PRI ");
    if looks_like_http {
        outbox.push_raw(HTTP);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_is_that_of_the_body() {
        let text = std::str::from_utf8(HTTP).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("content-length: {}", body.len())), "{}", body.len());
    }
}
