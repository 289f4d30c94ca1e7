//! `#[derive(TlvEnum)]`: an enum becomes one of `i32` numbers.

mod expand;
mod fallback;
mod parse;
mod validate;

use proc_macro2::TokenStream;
use syn::{DeriveInput, Ident};

use crate::faults::Faults;

pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    match read(input) {
        Ok(enumeration) => expand::enumeration(&enumeration),
        Err(error) => fallback::enumeration(input, &error),
    }
}

/// An enum that obeys every rule.
struct Enumeration<'a> {
    ident: &'a Ident,
    variants: Vec<Variant<'a>>,
    /// The variant of number 0.
    zero: &'a Ident,
    /// The variant of numbers without a name.
    unknown: &'a Ident,
}

struct Variant<'a> {
    ident: &'a Ident,
    number: i32,
}

fn read(input: &DeriveInput) -> syn::Result<Enumeration<'_>> {
    let mut faults = Faults::default();
    let draft = parse::enumeration(input, &mut faults)?;
    let enumeration = validate::enumeration(&draft, &mut faults);
    faults.or(enumeration)
}
