//! What stands in for a message that broke a rule.

use proc_macro2::TokenStream;
use syn::{Data, DeriveInput};

use super::{Record, expand};

/// The error, and an impl without fields: it spares the user "Tlv is not implemented" at every use.
pub(super) fn record(input: &DeriveInput, error: &syn::Error) -> TokenStream {
    let mut tokens = error.to_compile_error();
    // Elsewhere the impl could not hold what the trait asks for, and would be an error more.
    if matches!(input.data, Data::Struct(_)) && input.generics.params.is_empty() {
        let empty = Record {
            ident: &input.ident,
            name: input.ident.to_string(),
            fields: Vec::new(),
            oneofs: Vec::new(),
            unknown: None,
            view: None,
            is_small: false,
        };
        tokens.extend(expand::record(&empty));
    }
    tokens
}
