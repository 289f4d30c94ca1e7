//! What is written on a field or a variant, for a view to repeat.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Attribute;

/// Docs and deprecation; `default` where there are no docs.
pub(crate) fn attributes(written: &[Attribute], default: &str) -> TokenStream {
    let docs: Vec<_> = written.iter().filter(|attribute| attribute.path().is_ident("doc")).collect();
    let deprecated = written.iter().filter(|attribute| attribute.path().is_ident("deprecated"));
    if docs.is_empty() {
        quote!(#[doc = #default] #(#deprecated)*)
    } else {
        quote!(#(#docs)* #(#deprecated)*)
    }
}
