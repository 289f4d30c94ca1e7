//! The impls of labels.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::Ident;
use syn::spanned::Spanned;

use super::{Label, Labels, Shape, Value};

pub(super) fn labels(labels: &Labels<'_>) -> TokenStream {
    match &labels.shape {
        Shape::Set(set) => self::set(labels.ident, set),
        Shape::One { name, values } => one(labels.ident, name, values),
    }
}

fn set(ident: &Ident, labels: &[Label<'_>]) -> TokenStream {
    let names = labels.iter().map(|Label { name, .. }| name);
    // At the type, which may be no value of a label.
    let counts: Vec<_> = labels
        .iter()
        .map(|Label { ty, .. }| quote_spanned!(ty.span()=> <#ty as ::svrkit_runtime::metrics::LabelValue>::COUNT))
        .collect();
    let indices = labels.iter().map(|Label { ident, ty, .. }| {
        quote_spanned!(ty.span()=> <#ty as ::svrkit_runtime::metrics::LabelValue>::index(&self.#ident))
    });
    let texts = labels.iter().map(|Label { ident, ty, .. }| {
        quote_spanned!(ty.span()=> <#ty as ::svrkit_runtime::metrics::LabelValue>::text(&self.#ident))
    });
    quote! {
        #[automatically_derived]
        #[diagnostic::do_not_recommend]
        impl ::svrkit_runtime::metrics::Labels for #ident {
            const NAMES: &'static [&'static ::core::primitive::str] = &[#(#names),*];
            const COUNT: ::core::option::Option<::core::primitive::usize> =
                ::svrkit_runtime::metrics::combinations(&[#(#counts),*]);

            #[inline]
            fn index(&self) -> ::core::option::Option<::core::primitive::usize> {
                ::svrkit_runtime::metrics::combination(&[#((#indices, #counts)),*])
            }

            fn texts(&self) -> ::std::vec::Vec<::std::borrow::Cow<'_, ::core::primitive::str>> {
                ::std::vec::Vec::from([#(#texts),*])
            }
        }
    }
}

fn one(ident: &Ident, name: &str, values: &[Value<'_>]) -> TokenStream {
    let count = values.len();
    let numbers =
        values.iter().enumerate().map(|(number, Value { ident, .. })| quote!(Self::#ident => #number));
    let texts = values.iter().map(|Value { ident, text }| quote!(Self::#ident => #text));
    quote! {
        #[automatically_derived]
        impl ::svrkit_runtime::metrics::LabelValue for #ident {
            const COUNT: ::core::option::Option<::core::primitive::usize> = ::core::option::Option::Some(#count);

            #[inline]
            fn index(&self) -> ::core::option::Option<::core::primitive::usize> {
                ::core::option::Option::Some(match self { #(#numbers),* })
            }

            fn text(&self) -> ::std::borrow::Cow<'_, ::core::primitive::str> {
                ::std::borrow::Cow::Borrowed(match self { #(#texts),* })
            }
        }

        #[automatically_derived]
        #[diagnostic::do_not_recommend]
        impl ::svrkit_runtime::metrics::Labels for #ident {
            const NAMES: &'static [&'static ::core::primitive::str] = &[#name];
            const COUNT: ::core::option::Option<::core::primitive::usize> =
                <Self as ::svrkit_runtime::metrics::LabelValue>::COUNT;

            #[inline]
            fn index(&self) -> ::core::option::Option<::core::primitive::usize> {
                ::svrkit_runtime::metrics::LabelValue::index(self)
            }

            fn texts(&self) -> ::std::vec::Vec<::std::borrow::Cow<'_, ::core::primitive::str>> {
                ::std::vec::Vec::from([::svrkit_runtime::metrics::LabelValue::text(self)])
            }
        }
    }
}
