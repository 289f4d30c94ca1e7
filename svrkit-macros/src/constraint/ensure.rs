//! `ensure("even", is_even)`: what a function judges, under a text that people read.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::spanned::Spanned;
use syn::{LitStr, Path};

use crate::attribute::Judged;
use crate::faults::Faults;

/// One rule of the field's own.
pub(crate) struct Ensure {
    text: LitStr,
    holds: Path,
}

impl Ensure {
    pub(super) fn of(Judged { text, by }: &Judged, faults: &mut Faults) -> Self {
        if text.value().trim().is_empty() {
            faults
                .at(text.span(), "the text says what must hold, behind \"must be\": `ensure(\"finite\", …)`");
        }
        Self { text: text.clone(), holds: by.clone() }
    }

    /// Checks every value of a field: `field` is a reference to it, `as_field` the type as what it is in the message.
    pub(crate) fn check_field(&self, field: &TokenStream, as_field: &TokenStream) -> TokenStream {
        let Self { text, holds } = self;
        quote_spanned! {holds.span()=>
            #as_field::check_each(#field, violations, |value, violations| {
                ::svrkit_runtime::wire::tlv::ensure(#holds(value), #text, violations);
            });
        }
    }

    /// Checks one `value`, an expression for a reference, which is made with the place of the function.
    pub(crate) fn check_value(&self, value: impl Fn(Span) -> TokenStream) -> TokenStream {
        let Self { text, holds } = self;
        let value = value(holds.span());
        quote_spanned! {holds.span()=>
            ::svrkit_runtime::wire::tlv::ensure(#holds(#value), #text, violations);
        }
    }
}
