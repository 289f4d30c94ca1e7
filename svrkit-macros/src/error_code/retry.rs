//! The words of `retry = "…"`.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::LitStr;

use crate::faults::Faults;
use crate::hint;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Retry {
    Never,
    Elsewhere,
    AfterMs(u32),
}

impl Retry {
    /// What `text` says, or a fault.
    pub(super) fn named(text: &LitStr, faults: &mut Faults) -> Option<Self> {
        let words = text.value();
        let retry = read(&words);
        if retry.is_none() {
            faults.at(text.span(), refusal(&words));
        }
        retry
    }
}

impl ToTokens for Retry {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(match self {
            Self::Never => quote!(::svrkit_runtime::Retry::Never),
            Self::Elsewhere => quote!(::svrkit_runtime::Retry::Elsewhere),
            Self::AfterMs(wait_ms) => {
                let wait_ms = u64::from(*wait_ms);
                quote!(::svrkit_runtime::Retry::After(::core::time::Duration::from_millis(#wait_ms)))
            }
        });
    }
}

fn read(words: &str) -> Option<Retry> {
    match words {
        "never" => return Some(Retry::Never),
        "elsewhere" => return Some(Retry::Elsewhere),
        _ => {}
    }
    let wait = words.strip_prefix("after ")?;
    let (number, unit_ms) = match wait.strip_suffix("ms") {
        Some(number) => (number, 1),
        None => (wait.strip_suffix('s')?, 1000),
    };
    if !number.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let wait_ms = number.parse::<u32>().ok()?.checked_mul(unit_ms)?;
    (wait_ms > 0).then_some(Retry::AfterMs(wait_ms))
}

fn refusal(words: &str) -> String {
    if words.starts_with("after") {
        return format!("`{words}` is no time, which looks like `after 20ms` or `after 2s`");
    }
    hint::hint(words, &["never", "elsewhere", "after 20ms"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advice_is_read() {
        for (words, expected) in [
            ("never", Some(Retry::Never)),
            ("elsewhere", Some(Retry::Elsewhere)),
            ("after 20ms", Some(Retry::AfterMs(20))),
            ("after 2s", Some(Retry::AfterMs(2000))),
            ("after 4294967295ms", Some(Retry::AfterMs(u32::MAX))),
            ("after 4294967296ms", None),
            ("after 4294968s", None),
            ("after 0ms", None),
            ("after +1s", None),
            ("after ms", None),
            ("after 20", None),
            ("after20ms", None),
            ("Never", None),
            ("", None),
        ] {
            assert_eq!(read(words), expected, "{words}");
        }
    }
}
