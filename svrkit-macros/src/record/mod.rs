//! `#[derive(Tlv)]`: a struct becomes a message.

mod check;
mod expand;
mod fallback;
mod parse;
mod records;
mod validate;
mod view;

use proc_macro2::{Span, TokenStream};
use syn::{DeriveInput, Ident, Type, Visibility};

use crate::constraint::Constraints;
use crate::encoding::Encoding;
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
    /// In ascending order of lowest tags.
    oneofs: Vec<Oneof<'a>>,
    unknown: Option<Unknown<'a>>,
    view: Option<View<'a>>,
    /// Little machine code instead of the fastest.
    is_small: bool,
}

/// The struct that shows the message where it stands.
struct View<'a> {
    ident: Ident,
    vis: &'a Visibility,
}

struct Field<'a> {
    /// As written, for the view to repeat what is said of it.
    written: &'a syn::Field,
    ident: &'a Ident,
    ty: &'a Type,
    tag: u32,
    encoding: Encoding,
    constraints: Constraints,
    is_sensitive: bool,
}

/// A field that holds alternatives.
struct Oneof<'a> {
    written: &'a syn::Field,
    ident: &'a Ident,
    ty: &'a Type,
    /// Where `oneof` is written.
    place: Span,
    /// Ascending.
    tags: Vec<u32>,
    constraints: Constraints,
}

/// The field that keeps the records of unknown tags.
struct Unknown<'a> {
    ident: &'a Ident,
    ty: &'a Type,
}

fn read(input: &DeriveInput) -> syn::Result<Record<'_>> {
    let mut faults = Faults::default();
    let draft = parse::record(input, &mut faults)?;
    let record = validate::record(&draft, &mut faults);
    faults.or(record)
}
