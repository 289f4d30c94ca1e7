//! Messages: a plain struct with our derive, and accessors for what may be absent.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::context::Context;
use super::{accessor, docs, facts, field, ident, lifecycle, number};
use crate::model::fingerprint::message_fingerprint;
use crate::model::{Field, Message, MessageId, Oneof};
use crate::names;

pub(super) fn message(message: &Message, context: Context<'_>) -> TokenStream {
    let full_name = message.name.full();
    let docs = docs::docs_and(
        &message.doc,
        &format!("Message `{full_name}`."),
        lifecycle::since(&message.lifecycle),
    );
    let deprecated = lifecycle::deprecated(&message.lifecycle, names::type_name);
    let name = ident(&names::type_name(&message.name.own));
    let fields = parts(message).into_iter().map(|part| match part {
        Part::Field(it) => plain_field(it, message, context),
        Part::Oneof(it) => oneof_field(message, it, context),
    });
    let unknown = ident(&names::unknown_field(message));
    let debug = message.fields.iter().any(is_redacted).then(|| debug(message));
    let derived_debug = debug.is_none().then(|| quote!(Debug,));
    let derives = context.derives.attribute(&full_name, &["Clone", "Debug", "Default", "PartialEq"]);
    let codec = context.codec.of_message(&message.name, context.views);
    let view = context.codec.views.then(|| accessor::of_view(message, context));
    let accessors: Vec<_> =
        message.fields.iter().filter_map(|it| accessor::accessor(it, message, context)).collect();
    let accessors = (!accessors.is_empty()).then(|| {
        quote! {
            impl #name {
                #(#accessors)*
            }
        }
    });
    quote! {
        #docs
        #deprecated
        #[derive(Clone, #derived_debug Default, PartialEq, ::svrkit_runtime::Tlv)]
        #derives
        #[tlv(name = #full_name #codec)]
        pub struct #name {
            #(#fields)*
            /// Records of tags this version does not know, kept and sent on.
            #[tlv(unknown)]
            pub #unknown: ::svrkit_runtime::UnknownFields,
        }
        #debug
        #accessors
        #view
    }
}

/// For a message that a type of the user's stands for: does not compile where the two are not the same on the wire.
pub(super) fn agreement(message: MessageId, ty: &TokenStream, context: Context<'_>) -> TokenStream {
    let fingerprint = number::hexadecimal(message_fingerprint(message, context.schema));
    let doc = format!(" `{}` is a type from elsewhere.", context.schema.message(message).name.full());
    quote! {
        #[doc = #doc]
        const _: () = ::svrkit_runtime::wire::tlv::assert_fingerprint::<#ty>(#fingerprint);
    }
}

/// What becomes a field of the struct.
enum Part<'a> {
    Field(&'a Field),
    /// By its place among the oneofs of the message.
    Oneof(usize),
}

/// In the order of the file; a oneof stands where its first member does.
fn parts(message: &Message) -> Vec<Part<'_>> {
    let mut parts = Vec::with_capacity(message.fields.len());
    let mut is_there = vec![false; message.oneofs.len()];
    for field in &message.fields {
        match field.oneof {
            None => parts.push(Part::Field(field)),
            Some(oneof) => {
                if !std::mem::replace(&mut is_there[oneof], true) {
                    parts.push(Part::Oneof(oneof));
                }
            }
        }
    }
    parts
}

fn plain_field(it: &Field, message: &Message, context: Context<'_>) -> TokenStream {
    let docs = field::docs(it, context);
    let deprecated = lifecycle::deprecated(&it.head.lifecycle, names::field);
    let attribute = field::tlv_attribute(it);
    let name = ident(&names::field(&it.head.name.value));
    let ty = field_type(it, message, context);
    quote! {
        #docs
        #deprecated
        #attribute
        pub #name: #ty,
    }
}

fn oneof_field(message: &Message, at: usize, context: Context<'_>) -> TokenStream {
    let oneof @ Oneof { name: oneof_name, doc, lifecycle, constraints, .. } = &message.oneofs[at];
    let default = format!("Oneof `{}`", oneof_name.own);
    let since = lifecycle::since(lifecycle);
    let docs = docs::docs_and_facts(doc, &default, "", &facts::of_oneof(oneof), since);
    let deprecated = lifecycle::deprecated(lifecycle, names::field);
    let tags = message.members(at).map(|member| Literal::u32_unsuffixed(member.head.tag.value));
    let constraints = field::constraints(constraints);
    let name = ident(&names::field(&oneof_name.own));
    let ty = context.type_path(oneof_name, &message.name);
    quote! {
        #docs
        #deprecated
        #[tlv(oneof(#(#tags),*) #constraints)]
        pub #name: ::core::option::Option<#ty>,
    }
}

fn field_type(it: &Field, message: &Message, context: Context<'_>) -> TokenStream {
    let value = field::value_type(it, &message.name, context);
    if let Some(key) = &it.key {
        let key = field::scalar_type(key.value);
        quote!(::std::collections::BTreeMap<#key, #value>)
    } else if it.repeated.is_some() {
        quote!(::std::vec::Vec<#value>)
    } else if it.boxed {
        quote!(::core::option::Option<::std::boxed::Box<#value>>)
    } else if it.optional.is_some() || it.single_message().is_some() {
        quote!(::core::option::Option<#value>)
    } else {
        value
    }
}

fn is_redacted(field: &Field) -> bool {
    field.is_sensitive && field.oneof.is_none()
}

/// What the derive would write, but for sensitive fields.
fn debug(message: &Message) -> TokenStream {
    let name = ident(&names::type_name(&message.name.own));
    let shown = name.to_string();
    let fields = parts(message).into_iter().map(|part| {
        let (name, value) = match part {
            Part::Field(field) => (&field.head.name.value, is_redacted(field).then(field::redacted)),
            Part::Oneof(oneof) => (&message.oneofs[oneof].name.own, None),
        };
        let name = names::field(name);
        let field = ident(&name);
        let value = value.unwrap_or_else(|| quote!(&self.#field));
        quote!(.field(#name, #value))
    });
    let unknown = names::unknown_field(message);
    let unknown_field = ident(&unknown);
    quote! {
        impl ::core::fmt::Debug for #name {
            fn fmt(&self, out: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                out.debug_struct(#shown)
                    #(#fields)*
                    .field(#unknown, &self.#unknown_field)
                    .finish()
            }
        }
    }
}
