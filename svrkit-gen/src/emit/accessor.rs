//! Accessors: a field that may be absent, read without unwrapping.
//!
//! A message reads as its default, a scalar or an enum as the default of the schema; without one it has no accessor.

use proc_macro2::{Literal as Token, TokenStream};
use quote::quote;

use super::context::Context;
use super::{field, ident, lifecycle, number};
use crate::model::{Field, FieldType, Literal, Message, Name, Scalar};
use crate::names;

pub(super) fn accessor(it: &Field, message: &Message, context: Context<'_>) -> Option<TokenStream> {
    if it.oneof.is_some() {
        return None;
    }
    match (&it.default, it.single_message()) {
        (Some(default), _) => Some(defaulted(it, &default.value, message, context)),
        (None, Some(_)) => Some(inner(it, message, context)),
        (None, None) => None,
    }
}

/// A message, or an empty one.
fn inner(it: &Field, message: &Message, context: Context<'_>) -> TokenStream {
    let target = field::value_type(it, &message.name, context);
    let field = ident(&names::field(&it.head.name.value));
    let doc = format!(" `{field}`, or its default when it is absent.");
    let body = quote! {
        match &self.#field {
            ::core::option::Option::Some(message) => message,
            ::core::option::Option::None => ::svrkit_runtime::Tlv::default_ref(),
        }
    };
    method(it, &doc, &quote!(&#target), &body)
}

/// A value, or the default of the schema.
fn defaulted(it: &Field, default: &Literal, message: &Message, context: Context<'_>) -> TokenStream {
    let field = ident(&names::field(&it.head.name.value));
    let value = value(default, it.kind, &message.name, context);
    let doc = format!(" `{field}`, or `{}` when it is absent.", shown(default, it.kind, context));
    let (ty, body) = match it.kind {
        FieldType::Scalar(scalar) if scalar.rust == TEXT => {
            (quote!(&str), quote!(self.#field.as_deref().unwrap_or(#value)))
        }
        FieldType::Scalar(scalar) if scalar.rust == BYTES => {
            (quote!(&[u8]), quote!(self.#field.as_deref().unwrap_or(#value)))
        }
        _ => (field::value_type(it, &message.name, context), quote!(self.#field.unwrap_or(#value))),
    };
    method(it, &doc, &ty, &body)
}

/// At the view of the message: what it shows, or the defaults of the schema.
pub(super) fn of_view(message: &Message, context: Context<'_>) -> Option<TokenStream> {
    let fields = message.fields.iter().filter(|it| it.oneof.is_none() && it.default.is_some());
    let fields: Vec<_> = fields.collect();
    let methods = fields
        .iter()
        .filter_map(|it| Some(seen_or_default(it, &it.default.as_ref()?.value, message, context)));
    let view = ident(&context.views.view(&message.name));
    let borrows =
        |it: &&Field| matches!(it.kind, FieldType::Scalar(scalar) if [TEXT, BYTES].contains(&scalar.rust));
    let head = if fields.iter().any(borrows) { quote!(impl<'a> #view<'a>) } else { quote!(impl #view<'_>) };
    (!fields.is_empty()).then(|| quote!(#head { #(#methods)* }))
}

fn seen_or_default(it: &Field, default: &Literal, message: &Message, context: Context<'_>) -> TokenStream {
    let field = ident(&names::field(&it.head.name.value));
    let name = ident(&names::view_accessor(&it.head.name.value, message));
    let value = value(default, it.kind, &message.name, context);
    let doc = format!(" `{field}`, or `{}` when it is absent.", shown(default, it.kind, context));
    let deprecated = lifecycle::deprecated(&it.head.lifecycle, names::field);
    let (ty, body) = match it.kind {
        FieldType::Scalar(scalar) if scalar.rust == TEXT => {
            return quote! {
                #[doc = #doc]
                ///
                /// # Errors
                ///
                /// It is no UTF-8.
                #deprecated
                #[inline]
                pub fn #name(&self) -> ::core::result::Result<&'a str, ::svrkit_runtime::DecodeError> {
                    ::core::result::Result::Ok(self.#field()?.unwrap_or(#value))
                }
            };
        }
        FieldType::Scalar(scalar) if scalar.rust == BYTES => (quote!(&'a [u8]), quote!(#value)),
        _ => (field::value_type(it, &message.name, context), quote!(#value)),
    };
    quote! {
        #[doc = #doc]
        #deprecated
        #[must_use]
        #[inline]
        pub fn #name(&self) -> #ty {
            self.#field().unwrap_or(#body)
        }
    }
}

fn method(it: &Field, doc: &str, ty: &TokenStream, body: &TokenStream) -> TokenStream {
    let name = ident(&names::accessor(&it.head.name.value));
    let deprecated = lifecycle::deprecated(&it.head.lifecycle, names::field);
    quote! {
        #[doc = #doc]
        #deprecated
        #[must_use]
        #[inline]
        pub fn #name(&self) -> #ty {
            #body
        }
    }
}

/// The Rust types of the table of scalars whose values are borrowed.
const TEXT: &str = "::std::string::String";
const BYTES: &str = "::svrkit_runtime::Bytes";

fn value(default: &Literal, kind: FieldType, from: &Name, context: Context<'_>) -> TokenStream {
    match default {
        Literal::Flag(flag) => quote!(#flag),
        Literal::Integer(number) => number::integer(*number),
        Literal::Float(number) => number::float(&shown_float(*number, kind)),
        Literal::Text(text) => match kind {
            FieldType::Scalar(Scalar { rust: BYTES, .. }) => {
                let bytes = Token::byte_string(text.as_bytes());
                quote!(#bytes)
            }
            _ => quote!(#text),
        },
        Literal::Value(id, at) => {
            let enumeration = context.schema.enumeration(*id);
            let ty = context.type_path(&enumeration.name, from);
            let variant = ident(&names::variant(&enumeration.values[*at].name.value));
            quote!(#ty::#variant)
        }
    }
}

/// A default for the docs: what would close the code span or hide there is not shown as it is.
pub(super) fn shown(default: &Literal, kind: FieldType, context: Context<'_>) -> String {
    match default {
        Literal::Flag(flag) => flag.to_string(),
        Literal::Integer(number) => number.to_string(),
        Literal::Float(number) => shown_float(*number, kind),
        Literal::Text(text) => format!("{text:?}").replace('`', "\\u{60}"),
        Literal::Value(id, at) => context.schema.enumeration(*id).values[*at].name.value.to_string(),
    }
}

/// Without digits that an `f32` does not have.
fn shown_float(number: f64, kind: FieldType) -> String {
    match kind {
        FieldType::Scalar(Scalar { rust: "f32", .. }) => format!("{:?}", number as f32),
        _ => format!("{number:?}"),
    }
}
