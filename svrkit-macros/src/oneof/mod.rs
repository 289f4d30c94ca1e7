//! `#[derive(TlvOneof)]`: an enum becomes the alternatives of a message.

mod expand;
mod fallback;
mod name;
mod parse;
mod validate;
mod view;

use proc_macro2::TokenStream;
use syn::{DeriveInput, Ident, Type, Variant, Visibility};

use crate::constraint::Constraints;
use crate::encoding::Encoding;
use crate::faults::Faults;

pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    match read(input) {
        Ok(oneof) => expand::oneof(&oneof),
        Err(error) => fallback::oneof(input, &error),
    }
}

/// A oneof that obeys every rule.
struct Oneof<'a> {
    ident: &'a Ident,
    /// The enum that shows the member that is set.
    view: Option<View<'a>>,
    /// In ascending order of tags.
    members: Vec<Member<'a>>,
}

struct View<'a> {
    ident: Ident,
    vis: &'a Visibility,
}

struct Member<'a> {
    /// As written, for the view to repeat what is said of it.
    written: &'a Variant,
    ident: &'a Ident,
    /// What it is called in paths.
    name: String,
    ty: &'a Type,
    tag: u32,
    encoding: Encoding,
    constraints: Constraints,
    is_sensitive: bool,
}

fn read(input: &DeriveInput) -> syn::Result<Oneof<'_>> {
    let mut faults = Faults::default();
    let draft = parse::oneof(input, &mut faults)?;
    let oneof = validate::oneof(&draft, &mut faults);
    faults.or(oneof)
}
