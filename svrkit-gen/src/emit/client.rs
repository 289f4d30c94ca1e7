//! The client of a service: one method for each method of the service.

use proc_macro2::TokenStream;
use quote::quote;

use super::service::{answer_type, method_docs};
use super::{ident, type_path};
use crate::model::{Method, Schema, Service};
use crate::names;

pub(super) fn client(service: &Service, schema: &Schema) -> TokenStream {
    let client = ident(&names::client(service));
    let doc = format!(" Calls `{}`.", service.name.full());
    let methods = service.methods.iter().map(|it| method(it, service, schema));
    quote! {
        #[doc = #doc]
        #[derive(Clone, Debug)]
        pub struct #client {
            client: ::svrkit_runtime::Client,
        }

        impl #client {
            /// Calls by way of `client`, which may serve other services as well.
            pub fn new(client: ::svrkit_runtime::Client) -> Self {
                Self { client }
            }

            /// Connects to `endpoint`, `host:port`.
            ///
            /// # Errors
            ///
            /// When no connection comes about; the status names the endpoint and why.
            pub async fn connect(
                endpoint: impl ::core::convert::AsRef<str> + ::core::marker::Send,
            ) -> ::core::result::Result<Self, ::svrkit_runtime::Status> {
                let client = ::svrkit_runtime::Client::connect(endpoint.as_ref()).await?;
                ::core::result::Result::Ok(Self::new(client))
            }

            #(#methods)*
        }
    }
}

fn method(method: &Method, service: &Service, schema: &Schema) -> TokenStream {
    let docs = method_docs(method, service);
    let name = ident(&names::method(&method.head.name.value));
    let spec = ident(&names::method_spec(&names::service_spec(service), &method.head.name.value));
    let request = type_path(&schema.message(method.request).name, &service.name);
    let response = answer_type(method, service, schema);
    quote! {
        #docs
        pub fn #name(&self, request: &#request) -> ::svrkit_runtime::Request<#response> {
            self.client.request(&#spec, request)
        }
    }
}
