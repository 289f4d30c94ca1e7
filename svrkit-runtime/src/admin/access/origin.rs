//! Which page a request comes from: cross-site request forgery.

use super::super::http::{Headers, Refusal};
use super::forbidden;

/// Refuses to do what a page of somebody else had the browser ask for. A program that is no browser says neither of both fields.
pub(in super::super) fn check_origin(headers: &Headers) -> Result<(), Refusal> {
    let is_own = match (headers.fetch_site.as_deref(), headers.origin.as_deref()) {
        // Fetch Metadata: `none` is what a user did by hand.
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => is_of(origin, headers.host.as_deref()),
        (None, None) => true,
    };
    if is_own {
        return Ok(());
    }
    Err(forbidden("only a page of this server may ask for this: open it here and use its button"))
}

fn is_of(origin: &str, host: Option<&str>) -> bool {
    let authority = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    authority.is_some_and(|authority| host.is_some_and(|host| authority.eq_ignore_ascii_case(host)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_other_pages_ask_for_is_not_done() {
        for (site, origin, is_done) in [
            (Some("same-origin"), Some("http://127.0.0.1:4311"), true),
            (Some("none"), None, true),
            (Some("same-site"), Some("http://127.0.0.1:4311"), false),
            (Some("cross-site"), None, false),
            (None, Some("http://127.0.0.1:4311"), true),
            (None, Some("https://127.0.0.1:4311"), true),
            (None, Some("http://127.0.0.1:4312"), false),
            (None, Some("http://evil.example"), false),
            (None, Some("null"), false),
            (None, None, true),
        ] {
            let headers = Headers {
                host: Some("127.0.0.1:4311".into()),
                fetch_site: site.map(Into::into),
                origin: origin.map(Into::into),
                ..Headers::default()
            };
            assert_eq!(check_origin(&headers).is_ok(), is_done, "{site:?} {origin:?}");
        }
    }
}
