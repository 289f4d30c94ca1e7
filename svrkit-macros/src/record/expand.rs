//! The impls of a message.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::Ident;
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use super::{Encoding, Field, NumberEncoding, Record};

pub(super) fn record(record: &Record<'_>) -> TokenStream {
    let Record { ident, name, .. } = record;
    let keys = record.fields.iter().map(keys);
    let encode = encode(record);
    let merge = merge(record);
    quote! {
        const _: () = {
            #(#keys)*

            #[automatically_derived]
            impl ::svrkit_runtime::wire::tlv::Tlv for #ident {
                const NAME: &'static ::core::primitive::str = #name;

                fn encode_back<'b>(
                    &self,
                    free: &'b mut [::core::primitive::u8],
                ) -> ::core::option::Option<&'b mut [::core::primitive::u8]> {
                    #encode
                }

                fn merge(
                    &mut self,
                    decoder: &mut ::svrkit_runtime::wire::tlv::Decoder<'_>,
                ) -> ::core::result::Result<(), ::svrkit_runtime::wire::tlv::DecodeError> {
                    #merge
                }

                fn default_ref() -> &'static Self {
                    static DEFAULT: ::std::sync::OnceLock<#ident> = ::std::sync::OnceLock::new();
                    DEFAULT.get_or_init(::core::default::Default::default)
                }
            }

            #[automatically_derived]
            #[diagnostic::do_not_recommend]
            impl ::svrkit_runtime::wire::tlv::Value<::svrkit_runtime::wire::tlv::Plain> for #ident {
                const KIND: ::svrkit_runtime::wire::tlv::Kind = ::svrkit_runtime::wire::tlv::Kind::Prefixed;

                fn encode_value<'b>(
                    &self,
                    free: &'b mut [::core::primitive::u8],
                ) -> ::core::option::Option<&'b mut [::core::primitive::u8]> {
                    ::svrkit_runtime::wire::tlv::encode_message(self, free)
                }

                fn merge_value(
                    &mut self,
                    decoder: &mut ::svrkit_runtime::wire::tlv::Decoder<'_>,
                ) -> ::core::result::Result<(), ::svrkit_runtime::wire::tlv::DecodeError> {
                    decoder.message(self)
                }
            }
        };
    }
}

/// The key that is written, and the other one that is read as well where numbers may be packed or not.
fn keys(field: &Field<'_>) -> TokenStream {
    let (key, key_also) = key_names(field);
    let tag = field.tag;
    let as_field = as_field(field);
    quote! {
        const #key: ::svrkit_runtime::wire::tlv::Key =
            ::svrkit_runtime::wire::tlv::Key::new(#tag, #as_field::KIND);
        const #key_also: ::svrkit_runtime::wire::tlv::Key =
            ::svrkit_runtime::wire::tlv::Key::new(#tag, #as_field::KIND_ALSO);
    }
}

/// From the end of the message to its start: unknown records first, then the fields by descending tags.
fn encode(record: &Record<'_>) -> TokenStream {
    let unknown = record.unknown.as_ref().map(|unknown| {
        let ident = unknown.ident;
        quote_spanned! {unknown.ty.span()=>
            let free = ::svrkit_runtime::wire::tlv::UnknownFields::encode_back(&self.#ident, free)?;
        }
    });
    let fields = record.fields.iter().rev().map(|field| {
        let ident = field.ident;
        let (key, _) = key_names(field);
        let as_field = as_field(field);
        quote!(let free = #as_field::encode_field(&self.#ident, #key, free)?;)
    });
    quote! {
        #unknown
        #(#fields)*
        ::core::option::Option::Some(free)
    }
}

fn merge(record: &Record<'_>) -> TokenStream {
    let (begin, other) = match &record.unknown {
        Some(unknown) => {
            let ident = unknown.ident;
            let keep = quote_spanned! {unknown.ty.span()=>
                ::svrkit_runtime::wire::tlv::UnknownFields::keep(&mut self.#ident, record, key, decoder)?
            };
            (quote!(let record = decoder.rest();), keep)
        }
        None => (quote!(), quote!(decoder.skip(key)?)),
    };
    let arms = record.fields.iter().map(|field| {
        let ident = field.ident;
        let name = ident.unraw().to_string();
        let (key, key_also) = key_names(field);
        let as_field = as_field(field);
        quote! {
            #key | #key_also => #as_field::merge_field(&mut self.#ident, key, decoder)
                .map_err(|error| error.in_field(#name))?,
        }
    });
    quote! {
        loop {
            #begin
            let ::core::option::Option::Some(key) = decoder.key()? else {
                return ::core::result::Result::Ok(());
            };
            #[allow(unreachable_patterns, reason = "most fields come in one kind, both their keys are the same")]
            match key {
                #(#arms)*
                _ => #other,
            }
        }
    }
}

fn key_names(field: &Field<'_>) -> (Ident, Ident) {
    (format_ident!("KEY_{}", field.tag), format_ident!("KEY_ALSO_{}", field.tag))
}

/// `<Type as Field<Encoding>>`, so that a type that is no field is an error at the type.
fn as_field(field: &Field<'_>) -> TokenStream {
    let ty = field.ty;
    let encoding = encoding(field.encoding);
    quote_spanned!(ty.span()=> <#ty as ::svrkit_runtime::wire::tlv::Field<#encoding>>)
}

fn encoding(encoding: Encoding) -> TokenStream {
    let number = match encoding.number {
        NumberEncoding::Plain => quote!(::svrkit_runtime::wire::tlv::Plain),
        NumberEncoding::Zigzag => quote!(::svrkit_runtime::wire::tlv::Zigzag),
        NumberEncoding::Fixed => quote!(::svrkit_runtime::wire::tlv::Fixed),
    };
    if encoding.is_unpacked { quote!(::svrkit_runtime::wire::tlv::Unpacked<#number>) } else { number }
}
