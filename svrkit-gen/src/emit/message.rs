//! Messages: a plain struct with our derive, and an accessor for each message in it.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::{docs, ident, type_path};
use crate::model::{Field, FieldType, Message, Scalar, Schema};
use crate::names;

pub(super) fn message(message: &Message, schema: &Schema) -> TokenStream {
    let full_name = message.name.full();
    let docs = docs::docs(&message.doc, &format!("Message `{full_name}`."));
    let name = ident(&names::type_name(message.name.own()));
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
        FieldType::Scalar(Scalar::S32 | Scalar::S64) => quote!(, zigzag),
        FieldType::Scalar(Scalar::Fixed32 | Scalar::Fixed64 | Scalar::Sfixed32 | Scalar::Sfixed64) => {
            quote!(, fixed)
        }
        _ => quote!(),
    };
    let is_unpacked = field.packed.as_ref().is_some_and(|packed| !packed.value);
    let packing = is_unpacked.then(|| quote!(, unpacked));
    quote!(#[tlv(#tag #encoding #packing)])
}

fn field_type(field: &Field, message: &Message, schema: &Schema) -> TokenStream {
    let value = match field.kind {
        FieldType::Scalar(scalar) => scalar_type(scalar),
        FieldType::Message(id) => type_path(&schema.message(id).name, &message.name),
        FieldType::Enum(id) => type_path(&schema.enumeration(id).name, &message.name),
    };
    if field.repeated {
        quote!(::std::vec::Vec<#value>)
    } else if field.boxed {
        quote!(::core::option::Option<::std::boxed::Box<#value>>)
    } else if field.optional.is_some() || field.single_message().is_some() {
        quote!(::core::option::Option<#value>)
    } else {
        value
    }
}

fn scalar_type(scalar: Scalar) -> TokenStream {
    match scalar {
        Scalar::Bool => quote!(bool),
        Scalar::I32 | Scalar::S32 | Scalar::Sfixed32 => quote!(i32),
        Scalar::I64 | Scalar::S64 | Scalar::Sfixed64 => quote!(i64),
        Scalar::U32 | Scalar::Fixed32 => quote!(u32),
        Scalar::U64 | Scalar::Fixed64 => quote!(u64),
        Scalar::F32 => quote!(f32),
        Scalar::F64 => quote!(f64),
        Scalar::String => quote!(::std::string::String),
        Scalar::Bytes => quote!(::svrkit_runtime::Bytes),
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
