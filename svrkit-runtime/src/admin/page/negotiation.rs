//! Text or HTML: what a client's `Accept` says (RFC 9110, section 12.5.1).

/// What a document is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// For terminals, and whoever does not say.
    Text,
    /// For browsers, which name it.
    Html,
}

/// What is wanted: HTML where it is named, and not less than plain text.
pub(crate) fn wanted(accept: Option<&str>) -> Form {
    let quality = |media_type| quality(accept.unwrap_or_default(), media_type);
    match (quality("text/html"), quality("text/plain")) {
        (Some(html), plain) if html > 0 && plain.is_none_or(|plain| html >= plain) => Form::Html,
        _ => Form::Text,
    }
}

/// How much this type is wanted, in thousandths; `None`: it is not named.
fn quality(accept: &str, media_type: &str) -> Option<u32> {
    accept.split(',').find_map(|range| {
        let mut parts = range.split(';').map(str::trim);
        if !parts.next()?.eq_ignore_ascii_case(media_type) {
            return None;
        }
        let weight = parts.find_map(|part| part.strip_prefix("q="));
        Some(weight.map_or(1000, |weight| weight.parse::<f32>().map_or(0, |weight| (weight * 1000.0) as u32)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_get_html_and_all_others_text() {
        let chromium = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8";
        for (accept, expected) in [
            (Some(chromium), Form::Html),
            (Some("text/html"), Form::Html),
            (Some("TEXT/HTML ; q=0.5, text/plain;q=0.4"), Form::Html),
            (Some("text/html;q=0.5, text/plain"), Form::Text),
            (Some("text/html;q=0"), Form::Text),
            (Some("text/html;q=nonsense"), Form::Text),
            (Some("*/*"), Form::Text),
            (Some("text/plain"), Form::Text),
            (Some(""), Form::Text),
            (None, Form::Text),
        ] {
            assert_eq!(wanted(accept), expected, "{accept:?}");
        }
    }
}
