//! `#[derive(Labels)]`: a struct becomes the labels of a metric, an enum one label and its values.

mod expand;
mod fallback;
mod parse;
mod snake_case;
mod validate;

use proc_macro2::TokenStream;
use syn::{DeriveInput, Ident, Type};

use crate::faults::Faults;

pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    match read(input) {
        Ok(labels) => expand::labels(&labels),
        Err(error) => fallback::labels(input, &error),
    }
}

/// Labels that obey every rule.
struct Labels<'a> {
    ident: &'a Ident,
    shape: Shape<'a>,
}

enum Shape<'a> {
    /// Several, a field each.
    Set(Vec<Label<'a>>),
    /// One, a variant for each of its values.
    One { name: String, values: Vec<Value<'a>> },
}

struct Label<'a> {
    ident: &'a Ident,
    ty: &'a Type,
    name: String,
}

struct Value<'a> {
    ident: &'a Ident,
    text: String,
}

fn read(input: &DeriveInput) -> syn::Result<Labels<'_>> {
    let mut faults = Faults::default();
    let draft = parse::labels(input, &mut faults)?;
    let labels = validate::labels(&draft, &mut faults);
    faults.or(labels)
}
