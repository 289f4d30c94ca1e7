//! The client of a service: one method for each method of the service.

use proc_macro2::TokenStream;
use quote::quote;

use super::context::Context;
use super::ident;
use super::queued::Queued;
use super::service::{Flow, Types, deprecated, method_deprecated, method_docs};
use crate::model::{Method, Service};
use crate::names;

pub(super) fn client(service: &Service, context: Context<'_>) -> TokenStream {
    let client = ident(&names::client(service));
    let doc = format!(" Calls `{}`.", service.name.full());
    let deprecated = deprecated(service);
    let methods = service.methods.iter().map(|it| method(it, service, context));
    quote! {
        #[doc = #doc]
        #deprecated
        #[derive(Clone, Debug)]
        pub struct #client {
            client: ::svrkit_runtime::Client,
        }

        impl #client {
            /// Calls by way of `client`, which may serve other services as well.
            #[must_use]
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

fn method(method: &Method, service: &Service, context: Context<'_>) -> TokenStream {
    if let Some(queued) = Queued::of(method, service) {
        return queued_method(method, service, &queued, context);
    }
    let docs = method_docs(method, service, context);
    let deprecated = method_deprecated(method);
    let name = ident(&names::method(&method.head.name.value));
    let spec = ident(&names::method_spec(&names::service_spec(service), &method.head.name.value));
    let Types { request, response } = Types::of(method, service, context);
    let request_parameter = quote!(, request: &#request);
    let (parameter, call, answer) = match Flow::of(method) {
        Flow::Unary => (request_parameter, quote!(request(&#spec, request)), quote!(Request<#response>)),
        Flow::Oneway => (request_parameter, quote!(oneway(&#spec, request)), quote!(Request<()>)),
        Flow::Server => {
            (request_parameter, quote!(server_stream(&#spec, request)), quote!(ServerStream<#response>))
        }
        Flow::Client => (quote!(), quote!(client_stream(&#spec)), quote!(ClientStream<#request, #response>)),
        Flow::Both => (quote!(), quote!(both_streams(&#spec)), quote!(BothStreams<#request, #response>)),
    };
    let route_key = route_key(method);
    quote! {
        #docs
        #deprecated
        pub fn #name(&self #parameter) -> ::svrkit_runtime::#answer {
            self.client.#call #route_key
        }
    }
}

fn route_key(method: &Method) -> Option<TokenStream> {
    method.route_key.as_ref().map(|field| {
        let field = ident(&names::field(&field.value));
        quote!(.route_key(&request.#field))
    })
}

/// A method that is answered with a ticket, and what asks for its jobs.
fn queued_method(method: &Method, service: &Service, queued: &Queued, context: Context<'_>) -> TokenStream {
    let docs = method_docs(method, service, context);
    let deprecated = method_deprecated(method);
    let name = ident(&names::method(&method.head.name.value));
    let Types { request, response } = Types::of(method, service, context);
    let Queued { ticket, state, .. } = queued;
    let route_key = route_key(method);
    let state_doc = format!(
        " Where a job of [`Self::{name}`] is; nothing where it was never accepted, or ended so long ago that it is forgotten."
    );
    quote! {
        #docs
        #deprecated
        pub fn #name(&self, request: &#request) -> ::svrkit_runtime::Request<#ticket> {
            self.client.enqueue(request) #route_key
        }

        #[doc = #state_doc]
        #deprecated
        pub fn #state(
            &self,
            ticket: &#ticket,
        ) -> ::svrkit_runtime::Request<
            ::core::option::Option<::svrkit_runtime::queue::JobState<#response>>,
        > {
            self.client.job_state(ticket)
        }
    }
}
