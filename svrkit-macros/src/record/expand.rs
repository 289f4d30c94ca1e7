//! The impls of a message.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use super::records::{Piece, Readers, by_tag, in_order, pieces};
use super::{Field, Oneof, Record, check, view};
use crate::rust_type;
use crate::shape;

pub(super) fn record(record: &Record<'_>) -> TokenStream {
    let Record { ident, name, .. } = record;
    let encode = encode(record);
    let merge = merge(record);
    let check = check::check(record);
    let agreements = record.oneofs.iter().map(agreement);
    let shape = shape(record);
    let inside = inside(record);
    let view = record.view.as_ref().map(|view| view::view(record, view));
    let view_type = view::type_of(record);
    let see_inline = view::inline(record);
    quote! {
        #view

        const _: () = {
            #(#agreements)*

            #[automatically_derived]
            #[diagnostic::do_not_recommend]
            impl ::svrkit_runtime::wire::tlv::Tlv for #ident {
                const NAME: &'static ::core::primitive::str = #name;

                type View<'a> = #view_type;

                const SHAPE: &'static ::svrkit_runtime::wire::tlv::Shape = #shape;

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

                #check

                #inside

                // Compiled where it is used.
                #[inline]
                fn default_ref() -> &'static Self {
                    static DEFAULT: ::svrkit_runtime::wire::tlv::DefaultCell<#ident> =
                        ::svrkit_runtime::wire::tlv::DefaultCell::new();
                    DEFAULT.get()
                }
            }

            #[automatically_derived]
            #[diagnostic::do_not_recommend]
            impl ::svrkit_runtime::wire::tlv::Value<::svrkit_runtime::wire::tlv::Plain> for #ident {
                type Inside = Self;

                const FORM: ::svrkit_runtime::wire::tlv::ValueForm =
                    ::svrkit_runtime::wire::tlv::ValueForm::Message(
                        ::svrkit_runtime::wire::tlv::MessageRef::to::<Self>(),
                    );

                const KIND: ::svrkit_runtime::wire::tlv::Kind = ::svrkit_runtime::wire::tlv::Kind::Prefixed;

                fn encode_value<'b>(
                    &self,
                    free: &'b mut [::core::primitive::u8],
                ) -> ::core::option::Option<&'b mut [::core::primitive::u8]> {
                    ::svrkit_runtime::wire::tlv::encode_message(self, free)
                }

                fn encode_keyed<'b>(
                    &self,
                    key: ::svrkit_runtime::wire::tlv::Key,
                    free: &'b mut [::core::primitive::u8],
                ) -> ::core::option::Option<&'b mut [::core::primitive::u8]> {
                    ::svrkit_runtime::wire::tlv::encode_keyed_message(self, key, free)
                }

                fn merge_value(
                    &mut self,
                    decoder: &mut ::svrkit_runtime::wire::tlv::Decoder<'_>,
                ) -> ::core::result::Result<(), ::svrkit_runtime::wire::tlv::DecodeError> {
                    decoder.message(self)
                }

                type Kept<'a> = ::svrkit_runtime::wire::tlv::Run<'a>;
                type Seen<'a> = <Self as ::svrkit_runtime::wire::tlv::Tlv>::View<'a>;
                type SeenOption<'a> = ::core::result::Result<
                    ::core::option::Option<<Self as ::svrkit_runtime::wire::tlv::Tlv>::View<'a>>,
                    ::svrkit_runtime::wire::tlv::DecodeError,
                >;

                #see_inline
                fn keep<'a>(
                    kept: &mut ::svrkit_runtime::wire::tlv::Run<'a>,
                    key: ::svrkit_runtime::wire::tlv::Key,
                    decoder: &mut ::svrkit_runtime::wire::tlv::Decoder<'a>,
                ) -> ::core::result::Result<(), ::svrkit_runtime::wire::tlv::DecodeError> {
                    kept.keep(key, decoder)
                }

                #see_inline
                fn see<'a>(
                    kept: ::svrkit_runtime::wire::tlv::Run<'a>,
                    source: &::svrkit_runtime::wire::tlv::Source<'a>,
                ) -> ::core::result::Result<Self::Seen<'a>, ::svrkit_runtime::wire::tlv::DecodeError> {
                    kept.see::<Self>(source)
                }

                #see_inline
                fn see_next<'a>(
                    rest: &mut &'a [::core::primitive::u8],
                    source: &::svrkit_runtime::wire::tlv::Source<'a>,
                    place: ::svrkit_runtime::wire::tlv::ItemPlace,
                ) -> ::core::option::Option<
                    ::core::result::Result<Self::Seen<'a>, ::svrkit_runtime::wire::tlv::DecodeError>,
                > {
                    ::svrkit_runtime::wire::tlv::Run::see_next::<Self>(rest, source, place)
                }

                #see_inline
                fn see_option<'a>(
                    kept: ::core::option::Option<::svrkit_runtime::wire::tlv::Run<'a>>,
                    source: &::svrkit_runtime::wire::tlv::Source<'a>,
                    place: &'static ::svrkit_runtime::wire::tlv::Place,
                ) -> Self::SeenOption<'a> {
                    ::svrkit_runtime::wire::tlv::Run::see_option::<Self>(kept, source, place)
                }

                #[inline]
                fn see_member<'a>(
                    member: &::svrkit_runtime::wire::tlv::MemberPart<'a>,
                    source: &::svrkit_runtime::wire::tlv::Source<'a>,
                ) -> ::core::result::Result<Self::Seen<'a>, ::svrkit_runtime::wire::tlv::DecodeError> {
                    member.run().see::<Self>(source)
                }

                #[inline]
                fn check_value(&self, violations: &mut ::svrkit_runtime::wire::tlv::Violations) {
                    ::svrkit_runtime::wire::tlv::Tlv::check(self, violations);
                }
            }
        };
    }
}

/// The tags that the message names are those that the members of the oneof have.
fn agreement(oneof: &Oneof<'_>) -> TokenStream {
    let Oneof { ident, place, tags, .. } = oneof;
    let named = tags.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
    let text =
        format!("`oneof({named})` of the field `{ident}` and the tags of its variants are not the same");
    let as_oneof = as_oneof(oneof);
    quote_spanned! {*place=>
        const _: () = ::core::assert!(
            ::svrkit_runtime::wire::tlv::tags_agree(#as_oneof::TAGS, &[#(#tags),*]),
            #text,
        );
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
    let pieces = pieces(record).into_iter().rev().map(|piece| match piece {
        Piece::Field(field) => {
            let Field { ident, tag, .. } = field;
            let as_field = as_field(field);
            let put = if record.is_small { quote!(put_small) } else { quote!(put) };
            quote!(let free = #as_field::#put(&self.#ident, #tag, free)?;)
        }
        Piece::Members { oneof, from, to } => {
            let ident = oneof.ident;
            let as_oneof = as_oneof(oneof);
            quote! {
                let free = #as_oneof::encode_members(&self.#ident, ::core::ops::RangeInclusive::new(#from, #to), free)?;
            }
        }
    });
    quote! {
        #unknown
        #(#pieces)*
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
    let fields = Readers {
        next: quote!(merge_next),
        small: quote!(merge_small),
        member: |oneof| {
            let ident = oneof.ident;
            let as_oneof = as_oneof(oneof);
            quote!(#as_oneof::merge_member(&mut self.#ident, key, decoder))
        },
    };
    let message = quote!(Self);
    let in_order = in_order(record, &message, &fields, &quote!(self), &quote!(decoder));
    let by_tag = by_tag(record, &message, &fields, &begin, &other);
    quote!(#in_order #by_tag)
}

fn shape(record: &Record<'_>) -> TokenStream {
    let name = &record.name;
    let fields = record.fields.iter().map(|field| {
        let name = field.ident.unraw().to_string();
        let as_field = as_field(field);
        shape::field(field.tag, &name, &quote!(#as_field::FORM), field.is_sensitive)
    });
    let oneofs = record.oneofs.iter().map(|oneof| {
        let name = oneof.ident.unraw().to_string();
        let as_oneof = as_oneof(oneof);
        quote!(::svrkit_runtime::wire::tlv::OneofShape::new(#name, #as_oneof::MEMBERS))
    });
    quote!(&::svrkit_runtime::wire::tlv::Shape::new(#name, &[#(#fields),*], &[#(#oneofs),*]))
}

/// What holds no message for sure is left out: most fields do not.
fn inside(record: &Record<'_>) -> TokenStream {
    let with_messages = record.fields.iter().filter(|field| !rust_type::holds_no_message(field.ty));
    let of_fields = with_messages.map(|field| (field.ty, as_field(field)));
    let of_oneofs = record.oneofs.iter().map(|oneof| (oneof.ty, as_oneof(oneof)));
    let parts: Vec<_> = of_fields.chain(of_oneofs).collect();
    shape::inside(&parts)
}

/// `<Type as Field<Encoding>>`, so that a type that is no field is an error at the type.
pub(super) fn as_field(field: &Field<'_>) -> TokenStream {
    let ty = field.ty;
    let encoding = field.encoding.marker();
    quote_spanned!(ty.span()=> <#ty as ::svrkit_runtime::wire::tlv::Field<#encoding>>)
}

/// `<Type as OneofField>`, so that a type that is none is an error at the type.
pub(super) fn as_oneof(oneof: &Oneof<'_>) -> TokenStream {
    let ty = oneof.ty;
    quote_spanned!(ty.span()=> <#ty as ::svrkit_runtime::wire::tlv::OneofField>)
}
