//! What stands in for labels that broke a rule.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput};

/// The error, and impls that never run: they spare the user "Labels is not implemented" at every use.
pub(super) fn labels(input: &DeriveInput, error: &syn::Error) -> TokenStream {
    let error = error.to_compile_error();
    // Elsewhere the impls could not hold what the traits ask for, and would be errors more.
    if matches!(input.data, Data::Union(_)) || !input.generics.params.is_empty() {
        return error;
    }
    let ident = &input.ident;
    let value = matches!(input.data, Data::Enum(_)).then(|| {
        quote! {
            #[automatically_derived]
            impl ::svrkit_runtime::metrics::LabelValue for #ident {
                fn text(&self) -> ::std::borrow::Cow<'_, ::core::primitive::str> {
                    ::core::unreachable!()
                }
            }
        }
    });
    quote! {
        #error

        #value

        #[automatically_derived]
        impl ::svrkit_runtime::metrics::Labels for #ident {
            const NAMES: &'static [&'static ::core::primitive::str] = &[];
            const COUNT: ::core::option::Option<::core::primitive::usize> = ::core::option::Option::None;

            fn index(&self) -> ::core::option::Option<::core::primitive::usize> {
                ::core::unreachable!()
            }

            fn texts(&self) -> ::std::vec::Vec<::std::borrow::Cow<'_, ::core::primitive::str>> {
                ::core::unreachable!()
            }
        }
    }
}
