//! The impl of a oneof.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::Ident;
use syn::spanned::Spanned;

use super::{Member, Oneof, view};
use crate::constraint;
use crate::rust_type;
use crate::shape;

pub(super) fn oneof(oneof: &Oneof<'_>) -> TokenStream {
    let Oneof { ident, members, .. } = oneof;
    let keys = members.iter().map(key);
    let tags = members.iter().map(|member| member.tag);
    let tag_of = members.iter().map(|Member { ident, tag, .. }| quote!(Self::#ident(..) => #tag,));
    let encode = members.iter().map(encode);
    let merge = members.iter().map(merge);
    let check = check(oneof);
    let shapes = members.iter().map(shape);
    let with_messages = members.iter().filter(|member| !rust_type::holds_no_message(member.ty));
    let inside: Vec<_> = with_messages.map(|member| (member.ty, as_value(member))).collect();
    let inside = shape::inside(&inside);
    let view = oneof.view.as_ref().map(|view| view::view(oneof, view));
    let view_type = view::type_of(oneof);
    let has_key = members.iter().map(key_name);
    let see_member = view::see_member(oneof);
    quote! {
        #view

        const _: () = {
            #(#keys)*

            #[automatically_derived]
            #[diagnostic::do_not_recommend]
            impl ::svrkit_runtime::wire::tlv::TlvOneof for #ident {
                const TAGS: &'static [::core::primitive::u32] = &[#(#tags),*];

                const MEMBERS: &'static [::svrkit_runtime::wire::tlv::FieldShape] = &[#(#shapes),*];

                #[inline]
                fn tag(&self) -> ::core::primitive::u32 {
                    match self {
                        #(#tag_of)*
                    }
                }

                fn encode_member<'b>(
                    &self,
                    free: &'b mut [::core::primitive::u8],
                ) -> ::core::option::Option<&'b mut [::core::primitive::u8]> {
                    match self {
                        #(#encode)*
                    }
                }

                fn merge_member(
                    place: &mut ::core::option::Option<Self>,
                    key: ::svrkit_runtime::wire::tlv::Key,
                    decoder: &mut ::svrkit_runtime::wire::tlv::Decoder<'_>,
                ) -> ::core::result::Result<(), ::svrkit_runtime::wire::tlv::DecodeError> {
                    match key {
                        #(#merge)*
                        _ => decoder.skip(key),
                    }
                }

                type View<'a> = #view_type;

                #[inline]
                fn has_key(key: ::svrkit_runtime::wire::tlv::Key) -> ::core::primitive::bool {
                    ::core::matches!(key, #(#has_key)|*)
                }

                #see_member

                #check

                #inside
            }
        };
    }
}

fn key(member: &Member<'_>) -> TokenStream {
    let key = key_name(member);
    let tag = member.tag;
    let as_value = as_value(member);
    quote! {
        const #key: ::svrkit_runtime::wire::tlv::Key = ::svrkit_runtime::wire::tlv::Key::new(#tag, #as_value::KIND);
    }
}

fn encode(member: &Member<'_>) -> TokenStream {
    let ident = member.ident;
    let key = key_name(member);
    let as_value = as_value(member);
    quote! {
        Self::#ident(value) => #as_value::encode_keyed(value, #key, free),
    }
}

/// Into the member that is there, if it is this one: only a message keeps what it had.
fn merge(member: &Member<'_>) -> TokenStream {
    let ident = member.ident;
    let key = key_name(member);
    let as_value = as_value(member);
    let withheld = member.is_sensitive.then(|| quote!(.withhold()));
    let name = &member.name;
    quote! {
        #key => match place {
            ::core::option::Option::Some(Self::#ident(value)) => #as_value::merge_value(value, decoder),
            place => #as_value::read_value(decoder)
                .map(|value| *place = ::core::option::Option::Some(Self::#ident(value))),
        }
        .map_err(|error| error #withheld .in_field(#name)),
    }
}

/// Nothing where nothing is declared and no message can be inside: the trait's own does nothing either.
fn check(oneof: &Oneof<'_>) -> TokenStream {
    let arms: Vec<_> = oneof.members.iter().filter_map(check_member).collect();
    if arms.is_empty() {
        return TokenStream::new();
    }
    let others = (arms.len() < oneof.members.len()).then(|| quote!(_ => {}));
    quote! {
        fn check(&self, violations: &mut ::svrkit_runtime::wire::tlv::Violations) {
            match self {
                #(#arms)*
                #others
            }
        }
    }
}

fn check_member(member: &Member<'_>) -> Option<TokenStream> {
    let Member { ident, ty, constraints, .. } = member;
    let may_hold_messages = !rust_type::holds_no_message(ty);
    if constraints.is_empty() && !may_hold_messages {
        return None;
    }
    let value = |place| quote_spanned!(place=> value);
    let checks = constraints.checks(value);
    let ensured = constraints.ensured.iter().map(|each| each.check_value(value));
    let inside = may_hold_messages.then(|| {
        let as_value = as_value(member);
        quote!(#as_value::check_value(value, violations);)
    });
    let withheld = member.is_sensitive.then(constraint::withheld);
    let name = &member.name;
    Some(quote! {
        Self::#ident(value) => {
            let mark = violations.mark();
            #checks
            #(#ensured)*
            #inside
            #withheld
            violations.in_field(mark, #name);
        }
    })
}

fn shape(member: &Member<'_>) -> TokenStream {
    let as_value = as_value(member);
    let form = quote!(::svrkit_runtime::wire::tlv::FieldForm::One(#as_value::FORM));
    shape::field(member.tag, &member.name, &form, member.is_sensitive)
}

pub(super) fn key_name(member: &Member<'_>) -> Ident {
    format_ident!("KEY_{}", member.tag)
}

/// `<Type as Value<Encoding>>`, so that a type that is no value is an error at the type.
pub(super) fn as_value(member: &Member<'_>) -> TokenStream {
    let ty = member.ty;
    let encoding = member.encoding.marker();
    quote_spanned!(ty.span()=> <#ty as ::svrkit_runtime::wire::tlv::Value<#encoding>>)
}
