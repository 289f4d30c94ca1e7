//! Messages: a plain struct with our derive, and an accessor for each message in it.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::{docs, ident, type_path};
use crate::model::{Field, FieldType, Message, Schema};
use crate::names;

pub(super) fn message(message: &Message, schema: &Schema) -> TokenStream {
    let full_name = message.name.full();
    let docs = docs::docs(&message.doc, &format!("Message `{full_name}`."));
    let name = ident(&names::type_name(&message.name.own));
    let fields = message.fields.iter().map(|it| field(it, message, schema));
    let unknown = ident(&names::unknown_field(message));
    let accessors: Vec<_> = message.fields.iter().filter_map(|it| accessor(it, message, schema)).collect();
    let accessors = (!accessors.is_empty()).then(|| {
        quote! {
            impl #name {
                #(#accessors)*
            }
        }
    });
    quote! {
        #docs
        #[derive(Clone, Debug, Default, PartialEq, ::svrkit_runtime::Tlv)]
        #[tlv(name = #full_name)]
        pub struct #name {
            #(#fields)*
            /// Records of tags this version does not know, kept and sent on.
            #[tlv(unknown)]
            pub #unknown: ::svrkit_runtime::UnknownFields,
        }
        #accessors
    }
}

fn field(field: &Field, message: &Message, schema: &Schema) -> TokenStream {
    let docs = docs::docs(
        &field.head.doc,
        &format!("Field `{}`, tag {}.", field.head.name.value, field.head.tag.value),
    );
    let attribute = tlv_attribute(field);
    let name = ident(&names::field(&field.head.name.value));
    let ty = field_type(field, message, schema);
    quote! {
        #docs
        #attribute
        pub #name: #ty,
    }
}

/// `#[tlv(2, zigzag, unpacked)]`
fn tlv_attribute(field: &Field) -> TokenStream {
    let tag = Literal::u32_unsuffixed(field.head.tag.value);
    let encoding = match field.kind {
        FieldType::Scalar(scalar) => scalar.tlv.map(|word| {
            let word = ident(word);
            quote!(, #word)
        }),
        _ => None,
    };
    let is_unpacked = field.packed.as_ref().is_some_and(|packed| !packed.value);
    let packing = is_unpacked.then(|| quote!(, unpacked));
    quote!(#[tlv(#tag #encoding #packing)])
}

fn field_type(field: &Field, message: &Message, schema: &Schema) -> TokenStream {
    let value = match field.kind {
        FieldType::Scalar(scalar) => scalar.rust.parse().expect("the table of scalars holds types of Rust"),
        FieldType::Message(id) => type_path(&schema.message(id).name, &message.name),
        FieldType::Enum(id) => type_path(&schema.enumeration(id).name, &message.name),
    };
    if field.repeated.is_some() {
        quote!(::std::vec::Vec<#value>)
    } else if field.boxed {
        quote!(::core::option::Option<::std::boxed::Box<#value>>)
    } else if field.optional.is_some() || field.single_message().is_some() {
        quote!(::core::option::Option<#value>)
    } else {
        value
    }
}

/// Reads a message that may be absent without unwrapping.
fn accessor(field: &Field, message: &Message, schema: &Schema) -> Option<TokenStream> {
    let target = type_path(&schema.message(field.single_message()?).name, &message.name);
    let name = ident(&names::field(&field.head.name.value));
    let doc = format!(" `{}`, or its default when it is absent.", field.head.name.value);
    Some(quote! {
        #[doc = #doc]
        pub fn #name(&self) -> &#target {
            match &self.#name {
                ::core::option::Option::Some(message) => message,
                ::core::option::Option::None => ::svrkit_runtime::Tlv::default_ref(),
            }
        }
    })
}
