//! Since when something is there, and whether it should still be used: a line of the docs and an attribute.

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::Lifecycle;

/// `Since version 3.`
pub(super) fn since(lifecycle: &Lifecycle) -> Option<String> {
    let since = lifecycle.history()?.since.as_ref()?;
    Some(format!("Since version {}.", since.value))
}

/// `#[deprecated(note = "…; use `other` instead")]`, where `rust_name` makes a name of Rust of the sibling's.
pub(super) fn deprecated(
    lifecycle: &Lifecycle,
    rust_name: impl FnOnce(&str) -> String,
) -> Option<TokenStream> {
    let note = note(lifecycle, rust_name)?;
    Some(quote!(#[deprecated(note = #note)]))
}

/// Why it should not be used any more, and what instead, by what `name` makes of the sibling's.
pub(super) fn note(lifecycle: &Lifecycle, name: impl FnOnce(&str) -> String) -> Option<String> {
    let reason = one_line(lifecycle.deprecated()?);
    let other = lifecycle.history().and_then(|history| history.replaced_by.as_ref());
    Some(match other {
        Some(other) => format!("{}; use `{}` instead", reason.trim_end_matches('.'), name(&other.value)),
        None => reason,
    })
}

/// Text for people without the line breaks of its source.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
