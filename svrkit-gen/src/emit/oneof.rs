//! Oneofs: an enum in the module of the message, one variant a member.

use proc_macro2::TokenStream;
use quote::quote;

use super::context::Context;
use super::{docs, field, ident, lifecycle};
use crate::model::{Field, Message};
use crate::names;

pub(super) fn oneof(message: &Message, at: usize, context: Context<'_>) -> TokenStream {
    let oneof = &message.oneofs[at];
    let full_name = oneof.name.full();
    let default = format!("Oneof `{}` of `{}`.", oneof.name.own, message.name.full());
    let docs = docs::docs_and(&oneof.doc, &default, lifecycle::since(&oneof.lifecycle));
    let deprecated = lifecycle::deprecated(&oneof.lifecycle, names::type_name);
    let name = ident(&names::type_name(&oneof.name.own));
    let variants = message.members(at).map(|it| variant(it, message, at, context));
    let debug = message.members(at).any(|it| it.is_sensitive).then(|| debug(message, at));
    let derived_debug = debug.is_none().then(|| quote!(Debug,));
    // It has no value to start from, so what `*` asks for cannot mean it.
    let derives = context.derives.attribute(&full_name, &["Clone", "Debug", "PartialEq", "Default"]);
    let view = context.codec.at_oneof(&oneof.name, context.views);
    quote! {
        #docs
        #deprecated
        #[derive(Clone, #derived_debug PartialEq, ::svrkit_runtime::TlvOneof)]
        #derives
        #view
        pub enum #name {
            #(#variants)*
        }
        #debug
    }
}

fn variant(it: &Field, message: &Message, at: usize, context: Context<'_>) -> TokenStream {
    let docs = field::docs(it, context);
    let deprecated = lifecycle::deprecated(&it.head.lifecycle, names::variant);
    let attribute = field::tlv_attribute(it);
    let variant = names::variant(&it.head.name.value);
    let path_name = path_name(&it.head.name.value, &variant);
    let name = ident(&variant);
    let value = field::value_type(it, &message.oneofs[at].name, context);
    let value = if it.boxed { quote!(::std::boxed::Box<#value>) } else { value };
    quote! {
        #docs
        #deprecated
        #attribute
        #path_name
        #name(#value),
    }
}

/// What the member is called in paths, where the variant does not say it: as a field would be, `line_2` for `Line2`.
fn path_name(member: &str, variant: &str) -> Option<TokenStream> {
    let name = names::field(member);
    (names::field(variant) != name).then(|| quote!(#[tlv(name = #name)]))
}

/// What the derive would write, but for sensitive members.
fn debug(message: &Message, at: usize) -> TokenStream {
    let name = ident(&names::type_name(&message.oneofs[at].name.own));
    let arms = message.members(at).map(|it| {
        let shown = names::variant(&it.head.name.value);
        let variant = ident(&shown);
        if it.is_sensitive {
            let redacted = field::redacted();
            quote!(Self::#variant(_) => out.debug_tuple(#shown).field(#redacted).finish(),)
        } else {
            quote!(Self::#variant(value) => out.debug_tuple(#shown).field(value).finish(),)
        }
    });
    quote! {
        impl ::core::fmt::Debug for #name {
            fn fmt(&self, out: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                match self {
                    #(#arms)*
                }
            }
        }
    }
}
