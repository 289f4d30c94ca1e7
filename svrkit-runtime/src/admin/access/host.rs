//! By which name a request came: DNS rebinding.
//!
//! A web page of `evil.example` may have that name point to 127.0.0.1 and then read what answers there as its own. Its requests say
//! `Host: evil.example`, which no browser lets it change. An address needs no DNS, and `localhost` never asks one (RFC 6761, section 6.3).

use std::net::IpAddr;

use super::super::http::{Headers, HttpStatus, Refusal};

/// Refuses a request that came by a name which may be anybody's.
pub(in super::super) fn check_host(headers: &Headers) -> Result<(), Refusal> {
    match headers.host.as_deref() {
        None => Ok(()),
        Some(host) if is_this_machine(host) => Ok(()),
        Some(host) => {
            let words = format!(
                "these pages are at 127.0.0.1 and localhost, not at {host:?}: \
                 for other names set a token (admin.token)"
            );
            Err(Refusal::new(HttpStatus::MISDIRECTED, words))
        }
    }
}

fn is_this_machine(host: &str) -> bool {
    let name = without_port(host);
    let name = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok()
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_may_be_anybodys_are_refused() {
        for (host, is_taken) in [
            ("127.0.0.1:4311", true),
            ("127.0.0.1", true),
            ("10.0.0.7:80", true),
            ("[::1]:4311", true),
            ("[::1]", true),
            ("LocalHost:4311", true),
            ("evil.example:4311", false),
            ("localhost.evil.example", false),
            ("127.0.0.1.evil.example", false),
            ("localhost:80:evil", false),
            ("", false),
        ] {
            let headers = Headers { host: Some(host.into()), ..Headers::default() };
            assert_eq!(check_host(&headers).is_ok(), is_taken, "{host}");
        }
        assert!(check_host(&Headers::default()).is_ok(), "HTTP/1.0, which no browser speaks");
    }
}
