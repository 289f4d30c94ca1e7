//! `#[derive(Tlv)]`: a struct becomes a message.

mod expand;
mod fallback;
mod parse;
mod validate;

use proc_macro2::TokenStream;
use syn::{DeriveInput, Ident, Type};

use crate::faults::Faults;

pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    match read(input) {
        Ok(record) => expand::record(&record),
        Err(error) => fallback::record(input, &error),
    }
}

/// A message that obeys every rule.
struct Record<'a> {
    ident: &'a Ident,
    name: String,
    /// In ascending order of tags.
    fields: Vec<Field<'a>>,
    unknown: Option<Unknown<'a>>,
}

struct Field<'a> {
    ident: &'a Ident,
    ty: &'a Type,
    tag: u32,
    encoding: Encoding,
}

/// The field that keeps the records of unknown tags.
struct Unknown<'a> {
    ident: &'a Ident,
    ty: &'a Type,
}

#[derive(Clone, Copy)]
struct Encoding {
    number: NumberEncoding,
    is_unpacked: bool,
}

#[derive(Clone, Copy)]
enum NumberEncoding {
    Plain,
    Zigzag,
    Fixed,
}

fn read(input: &DeriveInput) -> syn::Result<Record<'_>> {
    let mut faults = Faults::default();
    let draft = parse::record(input, &mut faults)?;
    let record = validate::record(&draft, &mut faults);
    faults.or(record)
}
