//! The impls of an enum.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Ident;

use super::{Enumeration, Variant};

pub(super) fn enumeration(enumeration: &Enumeration<'_>) -> TokenStream {
    let Enumeration { ident, variants, zero, unknown } = enumeration;
    let to_number = variants.iter().map(|Variant { ident, number }| quote!(Self::#ident => #number,));
    let from_number = variants.iter().map(|Variant { ident, number }| quote!(#number => Self::#ident,));
    let wire_form = wire_form(ident);
    quote! {
        #[automatically_derived]
        impl ::svrkit_runtime::wire::tlv::TlvEnum for #ident {
            fn from_number(number: ::core::primitive::i32) -> Self {
                match number {
                    #(#from_number)*
                    number => Self::#unknown(number),
                }
            }

            fn number(&self) -> ::core::primitive::i32 {
                match *self {
                    #(#to_number)*
                    Self::#unknown(number) => number,
                }
            }
        }

        #[automatically_derived]
        impl ::core::default::Default for #ident {
            fn default() -> Self {
                Self::#zero
            }
        }

        #wire_form
    }
}

/// An enum travels as its number does, in a field of its own as in an `Option` or a `Vec`.
pub(super) fn wire_form(ident: &Ident) -> TokenStream {
    quote! {
        #[automatically_derived]
        #[diagnostic::do_not_recommend]
        impl ::svrkit_runtime::wire::tlv::Value<::svrkit_runtime::wire::tlv::Plain> for #ident {
            type Inside = ();

            const FORM: ::svrkit_runtime::wire::tlv::ValueForm = ::svrkit_runtime::wire::tlv::ValueForm::Varint;

            const KIND: ::svrkit_runtime::wire::tlv::Kind = ::svrkit_runtime::wire::tlv::Kind::Varint;

            #[inline]
            fn encode_value<'b>(
                &self,
                free: &'b mut [::core::primitive::u8],
            ) -> ::core::option::Option<&'b mut [::core::primitive::u8]> {
                let number = ::svrkit_runtime::wire::tlv::TlvEnum::number(self);
                ::svrkit_runtime::wire::tlv::Value::<::svrkit_runtime::wire::tlv::Plain>::encode_value(&number, free)
            }

            #[inline]
            fn merge_value(
                &mut self,
                decoder: &mut ::svrkit_runtime::wire::tlv::Decoder<'_>,
            ) -> ::core::result::Result<(), ::svrkit_runtime::wire::tlv::DecodeError> {
                let mut number = 0_i32;
                ::svrkit_runtime::wire::tlv::Value::<::svrkit_runtime::wire::tlv::Plain>::merge_value(
                    &mut number,
                    decoder,
                )?;
                *self = ::svrkit_runtime::wire::tlv::TlvEnum::from_number(number);
                ::core::result::Result::Ok(())
            }

            #[inline]
            fn encode_keyed<'b>(
                &self,
                key: ::svrkit_runtime::wire::tlv::Key,
                free: &'b mut [::core::primitive::u8],
            ) -> ::core::option::Option<&'b mut [::core::primitive::u8]> {
                let number = ::svrkit_runtime::wire::tlv::TlvEnum::number(self);
                ::svrkit_runtime::wire::tlv::Value::<::svrkit_runtime::wire::tlv::Plain>::encode_keyed(
                    &number, key, free,
                )
            }

            fn read_packed<'a>(
                items: &mut ::std::vec::Vec<Self>,
                packed: &'a [::core::primitive::u8],
                decoder: &mut ::svrkit_runtime::wire::tlv::Decoder<'a>,
            ) -> ::core::result::Result<(), ::svrkit_runtime::wire::tlv::DecodeError> {
                decoder.packed_varints(items, packed, |varint| {
                    ::svrkit_runtime::wire::tlv::TlvEnum::from_number(varint as ::core::primitive::i32)
                })
            }

            fn unpack(
                packed: &[::core::primitive::u8],
            ) -> ::core::result::Result<
                (Self, &[::core::primitive::u8]),
                ::svrkit_runtime::wire::tlv::DecodeErrorKind,
            > {
                let (number, rest) =
                    <::core::primitive::i32 as ::svrkit_runtime::wire::tlv::Value<
                        ::svrkit_runtime::wire::tlv::Plain,
                    >>::unpack(packed)?;
                ::core::result::Result::Ok((::svrkit_runtime::wire::tlv::TlvEnum::from_number(number), rest))
            }

            type Kept<'a> = Self;
            type Seen<'a> = Self;
            type SeenOption<'a> = ::core::option::Option<Self>;

            #[cfg_attr(not(debug_assertions), inline(always))]
            fn keep<'a>(
                kept: &mut Self,
                _: ::svrkit_runtime::wire::tlv::Key,
                decoder: &mut ::svrkit_runtime::wire::tlv::Decoder<'a>,
            ) -> ::core::result::Result<(), ::svrkit_runtime::wire::tlv::DecodeError> {
                ::svrkit_runtime::wire::tlv::Value::<::svrkit_runtime::wire::tlv::Plain>::merge_value(kept, decoder)
            }

            #[inline]
            fn see<'a>(
                kept: Self,
                _: &::svrkit_runtime::wire::tlv::Source<'a>,
            ) -> ::core::result::Result<Self, ::svrkit_runtime::wire::tlv::DecodeError> {
                ::core::result::Result::Ok(kept)
            }

            #[inline]
            fn see_option<'a>(
                kept: ::core::option::Option<Self>,
                _: &::svrkit_runtime::wire::tlv::Source<'a>,
                _: &'static ::svrkit_runtime::wire::tlv::Place,
            ) -> ::core::option::Option<Self> {
                kept
            }
        }

        #[automatically_derived]
        #[diagnostic::do_not_recommend]
        impl ::svrkit_runtime::wire::tlv::Field<::svrkit_runtime::wire::tlv::Plain> for #ident {
            type Item = Self;
            type Inside = ();

            const FORM: ::svrkit_runtime::wire::tlv::FieldForm =
                ::svrkit_runtime::wire::tlv::FieldForm::One(::svrkit_runtime::wire::tlv::ValueForm::Varint);

            const KIND: ::svrkit_runtime::wire::tlv::Kind = ::svrkit_runtime::wire::tlv::Kind::Varint;

            #[inline]
            fn encode_field<'b>(
                &self,
                key: ::svrkit_runtime::wire::tlv::Key,
                free: &'b mut [::core::primitive::u8],
            ) -> ::core::option::Option<&'b mut [::core::primitive::u8]> {
                let number = ::svrkit_runtime::wire::tlv::TlvEnum::number(self);
                ::svrkit_runtime::wire::tlv::Field::<::svrkit_runtime::wire::tlv::Plain>::encode_field(
                    &number, key, free,
                )
            }

            #[inline]
            fn merge_field(
                &mut self,
                _: ::svrkit_runtime::wire::tlv::Key,
                decoder: &mut ::svrkit_runtime::wire::tlv::Decoder<'_>,
            ) -> ::core::result::Result<(), ::svrkit_runtime::wire::tlv::DecodeError> {
                ::svrkit_runtime::wire::tlv::Value::<::svrkit_runtime::wire::tlv::Plain>::merge_value(self, decoder)
            }

            type Part<'a> = Self;
            type Seen<'a> = Self;

            #[cfg_attr(not(debug_assertions), inline(always))]
            fn keep<'a>(
                part: &mut Self,
                _: ::svrkit_runtime::wire::tlv::Key,
                decoder: &mut ::svrkit_runtime::wire::tlv::Decoder<'a>,
            ) -> ::core::result::Result<(), ::svrkit_runtime::wire::tlv::DecodeError> {
                ::svrkit_runtime::wire::tlv::Value::<::svrkit_runtime::wire::tlv::Plain>::merge_value(part, decoder)
            }

            #[inline]
            fn see<'a>(
                part: Self,
                _: &::svrkit_runtime::wire::tlv::Source<'a>,
                _: &'static ::svrkit_runtime::wire::tlv::Place,
            ) -> Self {
                part
            }

            fn check_each(
                &self,
                violations: &mut ::svrkit_runtime::wire::tlv::Violations,
                mut check: impl ::core::ops::FnMut(&Self, &mut ::svrkit_runtime::wire::tlv::Violations),
            ) {
                check(self, violations);
            }
        }
    }
}
