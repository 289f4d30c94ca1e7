//! What stands in for an enum that broke a rule.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput};

use super::expand;

/// The error, and impls that never run: they spare the user "TlvEnum is not implemented" at every use.
pub(super) fn enumeration(input: &DeriveInput, error: &syn::Error) -> TokenStream {
    let error = error.to_compile_error();
    // Elsewhere the impls could not hold what the trait asks for, and would be errors more.
    if !matches!(input.data, Data::Enum(_)) || !input.generics.params.is_empty() {
        return error;
    }
    let ident = &input.ident;
    let wire_form = expand::wire_form(ident);
    quote! {
        #error

        #[automatically_derived]
        impl ::svrkit_runtime::wire::tlv::TlvEnum for #ident {
            fn from_number(_: ::core::primitive::i32) -> Self {
                ::core::unreachable!()
            }

            fn number(&self) -> ::core::primitive::i32 {
                ::core::unreachable!()
            }
        }

        #[automatically_derived]
        impl ::core::default::Default for #ident {
            fn default() -> Self {
                ::core::unreachable!()
            }
        }

        #wire_form
    }
}
