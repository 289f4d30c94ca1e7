//! `#[derive(ErrorCode)]`: an enum becomes the errors of a service.

mod expand;
mod fallback;
mod parse;
mod retry;
mod status;
mod validate;

use proc_macro2::TokenStream;
use syn::{DeriveInput, Ident, Type};

use crate::faults::Faults;
use retry::Retry;
use status::StatusCode;

pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    match read(input) {
        Ok(errors) => expand::errors(&errors),
        Err(error) => fallback::errors(input, &error),
    }
}

/// Errors that obey every rule.
struct Errors<'a> {
    ident: &'a Ident,
    name: String,
    variants: Vec<Variant<'a>>,
    /// The variant of codes without a name.
    unknown: &'a Ident,
}

struct Variant<'a> {
    ident: &'a Ident,
    /// The message that travels with the error.
    detail: Option<&'a Type>,
    code: u32,
    status: &'static StatusCode,
    retry: Option<Retry>,
    message: String,
}

fn read(input: &DeriveInput) -> syn::Result<Errors<'_>> {
    let mut faults = Faults::default();
    let draft = parse::errors(input, &mut faults)?;
    let errors = validate::errors(&draft, &mut faults);
    faults.or(errors)
}
