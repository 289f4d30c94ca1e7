//! The trait a server implements: one method for each method of the service.

use proc_macro2::TokenStream;
use quote::quote;

use super::{docs, ident, type_path};
use crate::model::{Method, Schema, Service};
use crate::names;

pub(super) fn service_trait(service: &Service, schema: &Schema) -> TokenStream {
    let docs = docs::docs(&service.doc, &format!("Service `{}`.", service.name.full()));
    let name = ident(&names::type_name(&service.name.own));
    let methods = service.methods.iter().map(|it| method(it, service, schema));
    quote! {
        #docs
        pub trait #name: ::core::marker::Send + ::core::marker::Sync + 'static {
            #(#methods)*
        }
    }
}

fn method(method: &Method, service: &Service, schema: &Schema) -> TokenStream {
    let docs = method_docs(method, service);
    let name = ident(&names::method(&method.head.name.value));
    let request = type_path(&schema.message(method.request).name, &service.name);
    let response = answer_type(method, service, schema);
    quote! {
        #docs
        fn #name(&self, request: #request) -> impl ::svrkit_runtime::Answer<#response>;
    }
}

/// What a call ends with when it ends well.
pub(super) fn answer_type(method: &Method, service: &Service, schema: &Schema) -> TokenStream {
    match method.response {
        Some(response) => type_path(&schema.message(response).name, &service.name),
        None => quote!(()),
    }
}

/// The description of a method, on both sides.
pub(super) fn method_docs(method: &Method, service: &Service) -> TokenStream {
    let default = format!("Method `{}` of `{}`.", method.head.name.value, service.name.full());
    docs::docs(&method.head.doc, &default)
}
