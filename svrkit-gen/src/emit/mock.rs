//! The mock of a service: its trait, answered by what each field is told.

use proc_macro2::TokenStream;
use quote::quote;

use super::context::Context;
use super::ident;
use super::service::{Degraded, Flow, Types, deprecated, parameters};
use crate::model::{Method, Service};
use crate::names;

pub(super) fn mock(service: &Service, context: Context<'_>) -> TokenStream {
    let service_trait = ident(&names::type_name(&service.name.own));
    let mock = ident(&names::mock(service));
    let doc = format!(" Answers `{}` in tests, each method as its field is told.", service.name.full());
    let deprecated = deprecated(service);
    let fields = service.methods.iter().map(|it| field(it, service, context));
    let default = default(service);
    // What has no fields can have it derived, and clippy would say so to who cannot edit this.
    let derived = default.is_none().then(|| quote!(, Default));
    let methods = service.methods.iter().map(|it| method(it, service, context));
    quote! {
        #[doc = #doc]
        #deprecated
        #[derive(Clone, Debug #derived)]
        pub struct #mock {
            #(#fields,)*
        }

        #default

        impl #service_trait for #mock {
            #(#methods)*
        }
    }
}

/// A mock that was told nothing. `None`: there is nothing to tell.
fn default(service: &Service) -> Option<TokenStream> {
    let mock = ident(&names::mock(service));
    let fields = service.methods.iter().map(|it| {
        let name = ident(&names::method(&it.head.name.value));
        let spec = ident(&names::method_spec(&names::service_spec(service), &it.head.name.value));
        let told_nothing = quote!(::svrkit_runtime::testing::MockMethod::new(&#spec));
        let degraded = Degraded::of(it).map(|Degraded { name, .. }| quote!(, #name: #told_nothing));
        quote!(#name: #told_nothing #degraded)
    });
    (!service.methods.is_empty()).then(|| {
        quote! {
            impl ::core::default::Default for #mock {
                fn default() -> Self {
                    Self { #(#fields),* }
                }
            }
        }
    })
}

fn field(method: &Method, service: &Service, context: Context<'_>) -> TokenStream {
    let doc = format!(" Method `{}`.", method.head.name.value);
    let name = ident(&names::method(&method.head.name.value));
    let Types { request, response } = Types::of(method, service, context);
    let many = |message| quote!(::std::vec::Vec<#message>);
    let (request, response) = match Flow::of(method) {
        Flow::Unary | Flow::Oneway => (request, response),
        Flow::Client => (many(request), response),
        // Of a stream both ways each request is answered by itself.
        Flow::Server | Flow::Both => (request, many(response)),
    };
    let degraded = Degraded::of(method).map(|Degraded { name, words, .. }| {
        let doc = format!(" {words}.");
        quote! {
            , #[doc = #doc]
            pub #name: ::svrkit_runtime::testing::MockMethod<#request, #response>
        }
    });
    quote! {
        #[doc = #doc]
        pub #name: ::svrkit_runtime::testing::MockMethod<#request, #response>
        #degraded
    }
}

fn method(method: &Method, service: &Service, context: Context<'_>) -> TokenStream {
    let name = ident(&names::method(&method.head.name.value));
    let (parameters, answer) = parameters(method, service, context);
    let (call, arguments) = match Flow::of(method) {
        Flow::Unary | Flow::Oneway => (quote!(call), quote!(request)),
        Flow::Server => (quote!(call_server_stream), quote!(request, out)),
        Flow::Client => (quote!(call_client_stream), quote!(requests)),
        Flow::Both => (quote!(call_both_streams), quote!(requests, out)),
    };
    let degraded = Degraded::of(method).map(|Degraded { name, .. }| {
        quote! {
            fn #name(&self, #parameters) -> impl ::svrkit_runtime::Answer<#answer> {
                self.#name.#call(#arguments)
            }
        }
    });
    quote! {
        fn #name(&self, #parameters) -> impl ::svrkit_runtime::Answer<#answer> {
            self.#name.#call(#arguments)
        }

        #degraded
    }
}
