//! Everything that is wrong with one item, to be reported together.

use proc_macro2::Span;
use std::fmt::Display;

/// Collects errors, in the order in which they are found.
#[derive(Default)]
pub(crate) struct Faults(Option<syn::Error>);

impl Faults {
    pub(crate) fn at(&mut self, place: Span, text: impl Display) {
        self.add(syn::Error::new(place, text));
    }

    pub(crate) fn add(&mut self, error: syn::Error) {
        match &mut self.0 {
            Some(first) => first.combine(error),
            None => self.0 = Some(error),
        }
    }

    /// `value` if nothing was wrong.
    pub(crate) fn or<T>(self, value: T) -> syn::Result<T> {
        self.0.map_or(Ok(value), Err)
    }
}
