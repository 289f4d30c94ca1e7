//! The impl of a struct of metrics.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::{Field, Metrics};

pub(super) fn metrics(metrics: &Metrics<'_>) -> TokenStream {
    let Metrics { ident, fields } = metrics;
    let descriptions = fields.iter().map(description);
    let names: Vec<_> = fields.iter().map(|Field { ident, .. }| ident).collect();
    let bound = fields.iter().map(bound);
    let count = fields.len();
    quote! {
        #[automatically_derived]
        #[diagnostic::do_not_recommend]
        impl ::svrkit_runtime::metrics::MetricSet for #ident {
            fn register(
                registration: ::svrkit_runtime::metrics::Registration<'_>,
            ) -> ::core::result::Result<Self, ::svrkit_runtime::metrics::RegisterError> {
                static DESCRIPTIONS: [::svrkit_runtime::metrics::Description; #count] = [#(#descriptions),*];
                registration.describe(&DESCRIPTIONS)?;
                let [#(#names),*] = &DESCRIPTIONS;
                ::core::result::Result::Ok(Self { #(#bound),* })
            }
        }
    }
}

fn description(field: &Field<'_>) -> TokenStream {
    let Field { ty, name, unit, help, .. } = field;
    // At the type, which may be no metric although it is called so.
    quote_spanned!(ty.span()=> ::svrkit_runtime::metrics::Description::of::<#ty>(#name, #unit, #help))
}

fn bound(field: &Field<'_>) -> TokenStream {
    let Field { ident, ty, .. } = field;
    let bind = quote_spanned!(ty.span()=> ::svrkit_runtime::metrics::Registration::bind::<#ty>);
    quote!(#ident: #bind(&registration, #ident))
}
