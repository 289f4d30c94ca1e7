//! The view of a message: a struct that keeps where its fields stand, and a method for each.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;

use super::expand::{as_field, as_oneof};
use super::records::{Readers, by_tag, in_order, pieces};
use super::{Field, Oneof, Record, View};
use crate::written;

/// `OrderView<'a>`, or what shows a message that has no view.
pub(super) fn type_of(record: &Record<'_>) -> TokenStream {
    match &record.view {
        Some(View { ident, .. }) => quote!(#ident<'a>),
        None => quote!(::svrkit_runtime::wire::tlv::Unread<'a, Self>),
    }
}

pub(super) fn view(record: &Record<'_>, view: &View<'_>) -> TokenStream {
    let Record { ident: message, fields, oneofs, .. } = record;
    let View { ident, vis } = view;
    let doc = format!(" [`{}`] where it stands in its bytes.", message.unraw());
    let names: Vec<_> =
        fields.iter().map(|field| field.ident).chain(oneofs.iter().map(|oneof| oneof.ident)).collect();
    let parts = fields.iter().map(|field| {
        let as_field = as_field(field);
        quote!(#as_field::Part<'a>)
    });
    let parts = parts.chain(oneofs.iter().map(|_| quote!(::svrkit_runtime::wire::tlv::MemberPart<'a>)));
    let methods = fields.iter().map(|field| method(record, field));
    let methods = methods.chain(oneofs.iter().map(|oneof| oneof_method(record, oneof)));
    let read = reads_inline(record).then(|| read(record));
    let look = look(record);
    quote! {
        #[doc = #doc]
        #vis struct #ident<'a> {
            __source: ::svrkit_runtime::wire::tlv::Source<'a>,
            #(#names: #parts,)*
        }

        // Not derived: that would ask each field's type.
        #[automatically_derived]
        impl ::core::clone::Clone for #ident<'_> {
            #[inline]
            fn clone(&self) -> Self {
                *self
            }
        }

        #[automatically_derived]
        impl ::core::marker::Copy for #ident<'_> {}

        #[allow(dead_code, deprecated, reason = "not everyone looks at everything")]
        impl<'a> #ident<'a> {
            #(#methods)*
        }

        #[automatically_derived]
        impl<'a> ::svrkit_runtime::wire::tlv::View<'a> for #ident<'a> {
            type Message = #message;

            #[inline]
            fn over(source: ::svrkit_runtime::wire::tlv::Source<'a>) -> Self {
                Self { __source: source, #(#names: ::core::default::Default::default(),)* }
            }

            #[inline]
            fn source(&self) -> &::svrkit_runtime::wire::tlv::Source<'a> {
                &self.__source
            }

            #read

            #[inline]
            fn look(
                &mut self,
                decoder: &mut ::svrkit_runtime::wire::tlv::Decoder<'a>,
            ) -> ::core::result::Result<(), ::svrkit_runtime::wire::tlv::DecodeError> {
                #look
            }
        }

        #[automatically_derived]
        impl ::core::fmt::Debug for #ident<'_> {
            #[inline]
            fn fmt(&self, out: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::svrkit_runtime::wire::tlv::View::source(self).show(
                    <#message as ::svrkit_runtime::wire::tlv::Tlv>::NAME,
                    out,
                )
            }
        }
    }
}

fn method(record: &Record<'_>, field: &Field<'_>) -> TokenStream {
    let Field { written, ident, .. } = field;
    let name = ident.unraw().to_string();
    let attributes = written::attributes(&written.attrs, &format!(" The field `{name}`."));
    let vis = &written.vis;
    let as_field = as_field(field);
    let place = place(record, &name, field.is_sensitive);
    quote! {
        #attributes
        #[inline]
        #vis fn #ident(&self) -> #as_field::Seen<'a> {
            #as_field::see(self.#ident, &self.__source, #place)
        }
    }
}

fn oneof_method(record: &Record<'_>, oneof: &Oneof<'_>) -> TokenStream {
    let Oneof { written, ident, .. } = oneof;
    let name = ident.unraw().to_string();
    let attributes = written::attributes(&written.attrs, &format!(" The oneof `{name}`."));
    let vis = &written.vis;
    let as_oneof = as_oneof(oneof);
    let place = place(record, &name, false);
    quote! {
        #attributes
        ///
        /// # Errors
        ///
        /// The member that is set is malformed.
        #[inline]
        #vis fn #ident(
            &self,
        ) -> ::core::result::Result<
            ::core::option::Option<#as_oneof::View<'a>>,
            ::svrkit_runtime::wire::tlv::DecodeError,
        > {
            #as_oneof::see(&self.#ident, &self.__source, #place)
        }
    }
}

/// What errors say of the field.
fn place(record: &Record<'_>, field: &str, is_sensitive: bool) -> TokenStream {
    let message = &record.name;
    quote! {
        &::svrkit_runtime::wire::tlv::Place { message: #message, field: #field, sensitive: #is_sensitive }
    }
}

/// Up to how many pieces a view is read where it is wanted, in registers: a larger one is read in place by a function.
const INLINE_MAX: usize = 8;

fn reads_inline(record: &Record<'_>) -> bool {
    !record.is_small && (1..=INLINE_MAX).contains(&pieces(record).len())
}

/// How what makes a view of the message is compiled.
pub(super) fn inline(record: &Record<'_>) -> TokenStream {
    if reads_inline(record) {
        // Without optimization it would only take time.
        quote!(#[cfg_attr(not(debug_assertions), inline(always))])
    } else {
        quote!(#[inline])
    }
}

fn readers() -> Readers {
    Readers {
        next: quote!(keep_next),
        small: quote!(keep_small),
        member: |oneof| {
            let ident = oneof.ident;
            let as_oneof = as_oneof(oneof);
            quote!(self.#ident.keep(key, decoder, #as_oneof::MEMBERS))
        },
    }
}

/// Reads what is in the order of the tags into a view that nothing refers to: its parts may be in registers.
fn read(record: &Record<'_>) -> TokenStream {
    let message = record.ident;
    let inline = inline(record);
    let in_order = in_order(record, &quote!(#message), &readers(), &quote!(view), &quote!(&mut decoder));
    quote! {
        #inline
        fn read(
            source: ::svrkit_runtime::wire::tlv::Source<'a>,
            bytes: &'a [::core::primitive::u8],
        ) -> ::core::result::Result<Self, ::svrkit_runtime::wire::tlv::DecodeError> {
            let mut decoder = source.decoder(bytes);
            let mut view = <Self as ::svrkit_runtime::wire::tlv::View<'a>>::over(source);
            #in_order
            if decoder.rest().is_empty() {
                return ::core::result::Result::Ok(view);
            }
            // In places of their own: what nothing refers to may be in registers above.
            let (mut view, mut decoder) = (view, ::core::clone::Clone::clone(&decoder));
            ::svrkit_runtime::wire::tlv::View::look_on(&mut view, &mut decoder)?;
            ::core::result::Result::Ok(view)
        }
    }
}

fn look(record: &Record<'_>) -> TokenStream {
    let message = record.ident;
    let (message, readers) = (quote!(#message), readers());
    let in_order = if reads_inline(record) {
        quote!()
    } else {
        in_order(record, &message, &readers, &quote!(self), &quote!(decoder))
    };
    let by_tag = by_tag(record, &message, &readers, &quote!(), &quote!(decoder.skip(key)?));
    quote!(#in_order #by_tag)
}
