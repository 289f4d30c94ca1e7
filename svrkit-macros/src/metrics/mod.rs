//! `#[derive(Metrics)]`: the fields of a struct become metrics of a program's own.

mod expand;
mod fallback;
mod instrument;
mod parse;
mod validate;

use proc_macro2::TokenStream;
use syn::{DeriveInput, Ident, Type};

use crate::faults::Faults;
use instrument::Unit;

pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    match read(input) {
        Ok(metrics) => expand::metrics(&metrics),
        Err(error) => fallback::metrics(input, &error),
    }
}

/// Metrics that obey every rule.
struct Metrics<'a> {
    ident: &'a Ident,
    fields: Vec<Field<'a>>,
}

struct Field<'a> {
    ident: &'a Ident,
    ty: &'a Type,
    name: String,
    unit: Unit,
    help: String,
}

fn read(input: &DeriveInput) -> syn::Result<Metrics<'_>> {
    let mut faults = Faults::default();
    let draft = parse::metrics(input, &mut faults)?;
    let metrics = validate::metrics(&draft, &mut faults);
    faults.or(metrics)
}
