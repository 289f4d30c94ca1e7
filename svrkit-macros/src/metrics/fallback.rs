//! What stands in for metrics that broke a rule.

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

/// The error, and an impl that never runs: it spares the user "MetricSet is not implemented" at every use.
pub(super) fn metrics(input: &DeriveInput, error: &syn::Error) -> TokenStream {
    let error = error.to_compile_error();
    let ident = &input.ident;
    let (parameters, arguments, bounds) = input.generics.split_for_impl();
    quote! {
        #error

        #[automatically_derived]
        impl #parameters ::svrkit_runtime::metrics::MetricSet for #ident #arguments #bounds {
            fn register(
                _: ::svrkit_runtime::metrics::Registration<'_>,
            ) -> ::core::result::Result<Self, ::svrkit_runtime::metrics::RegisterError> {
                ::core::unreachable!()
            }
        }
    }
}
