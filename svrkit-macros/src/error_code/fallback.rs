//! What stands in for errors that broke a rule.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput};

use super::expand;

/// The error, and impls that never run: they spare the user "ErrorCode is not implemented" at every use.
pub(super) fn errors(input: &DeriveInput, error: &syn::Error) -> TokenStream {
    let error = error.to_compile_error();
    // Elsewhere the impls could not hold what the trait asks for, and would be errors more.
    if !matches!(input.data, Data::Enum(_)) || !input.generics.params.is_empty() {
        return error;
    }
    let ident = &input.ident;
    let conversions = expand::conversions(ident);
    quote! {
        #error

        #[automatically_derived]
        impl ::svrkit_runtime::ErrorCode for #ident {
            const NAME: &'static ::core::primitive::str = "";

            fn code(&self) -> ::core::primitive::u32 {
                ::core::unreachable!()
            }

            fn into_status(self) -> ::svrkit_runtime::Status {
                ::core::unreachable!()
            }

            fn from_status(_: &::svrkit_runtime::Status) -> ::core::option::Option<Self> {
                ::core::unreachable!()
            }
        }

        #[automatically_derived]
        impl ::core::fmt::Display for #ident {
            fn fmt(&self, _: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::unreachable!()
            }
        }

        #conversions
    }
}
