//! The server of a service: leads each call to the method of the trait.

use proc_macro2::TokenStream;
use quote::quote;

use super::queued::Queued;
use super::service::{Degraded, Flow, deprecated};
use super::{ident, number};
use crate::model::{Method, Service};
use crate::names;

pub(super) fn server(service: &Service) -> TokenStream {
    let service_trait = ident(&names::type_name(&service.name.own));
    let server = ident(&names::server(service));
    let parameter = ident(names::server_parameter(service));
    let spec = ident(&names::service_spec(service));
    let doc = format!(" Serves `{}` by calls of a [`trait@{service_trait}`].", service.name.full());
    let deprecated = deprecated(service);
    let dispatch = dispatch(service);
    let work = work(service);
    let is_asked = service.methods.iter().any(|it| Degraded::of(it).is_some());
    let mutable = is_asked.then(|| quote!(mut));
    quote! {
        #[doc = #doc]
        #deprecated
        pub struct #server<#parameter> {
            service: ::std::sync::Arc<#parameter>,
        }

        impl<#parameter: #service_trait> #server<#parameter> {
            /// Serves by calls of `service`.
            #[must_use]
            pub fn new(service: #parameter) -> Self {
                Self::from_arc(::std::sync::Arc::new(service))
            }

            /// Serves by calls of a `service` that others hold too.
            #[must_use]
            pub fn from_arc(service: ::std::sync::Arc<#parameter>) -> Self {
                Self { service }
            }
        }

        impl<#parameter: #service_trait> ::svrkit_runtime::Service for #server<#parameter> {
            fn spec(&self) -> &'static ::svrkit_runtime::ServiceSpec {
                &#spec
            }

            fn dispatch(&self, #mutable call: ::svrkit_runtime::Call) {
                #dispatch
            }

            #work
        }
    }
}

/// What does the jobs of queued methods, where there are some.
fn work(service: &Service) -> Option<TokenStream> {
    let service_spec = ident(&names::service_spec(service));
    let parameter = ident(names::server_parameter(service));
    let queued = service.methods.iter().filter(|method| method.queued.name.is_some());
    let arms: Vec<_> = queued
        .map(|method| {
            let spec = ident(&names::method_spec(&names::service_spec(service), &method.head.name.value));
            let id = number::integer(method.head.id.value);
            let name = ident(&names::method(&method.head.name.value));
            let run = if method.blocking.is_some() { quote!(run_blocking) } else { quote!(run) };
            quote! {
                #id => {
                    let service = ::std::sync::Arc::clone(&self.service);
                    work.#run(&#spec, move |request| async move {
                        #parameter::#name(&service, request).await.map_err(::core::convert::Into::into)
                    })
                }
            }
        })
        .collect();
    (!arms.is_empty()).then(|| {
        quote! {
            fn work(&self, work: ::svrkit_runtime::queue::Work) -> ::svrkit_runtime::queue::Worked {
                match work.method_id() {
                    #(#arms)*
                    _ => work.refuse(&#service_spec),
                }
            }
        }
    })
}

fn dispatch(service: &Service) -> TokenStream {
    let spec = ident(&names::service_spec(service));
    let refuse = quote!(call.refuse_unknown_method(&#spec));
    if service.methods.is_empty() {
        return quote!(#refuse;);
    }
    let arms = service.methods.iter().map(|it| arm(it, service));
    quote! {
        match call.method_id() {
            #(#arms)*
            _ => #refuse,
        }
    }
}

fn arm(method: &Method, service: &Service) -> TokenStream {
    let id = number::integer(method.head.id.value);
    if let Some(Queued { accept, .. }) = Queued::of(method, service) {
        let parameter = ident(names::server_parameter(service));
        return quote! {
            #id => {
                let service = ::std::sync::Arc::clone(&self.service);
                call.handle_queued(move |offer| async move {
                    #parameter::#accept(&service, offer).await.map_err(::core::convert::Into::into)
                });
            }
        };
    }
    let spec = ident(&names::method_spec(&names::service_spec(service), &method.head.name.value));
    let name = ident(&names::method(&method.head.name.value));
    let parameter = ident(names::server_parameter(service));
    let blocking = method.blocking.is_some();
    let (handle, arguments) = match Flow::of(method) {
        Flow::Unary if blocking => (quote!(handle_blocking), quote!(request)),
        Flow::Oneway if blocking => (quote!(handle_oneway_blocking), quote!(request)),
        Flow::Unary => (quote!(handle), quote!(request)),
        Flow::Oneway => (quote!(handle_oneway), quote!(request)),
        Flow::Server => (quote!(handle_server_stream), quote!(request, out)),
        Flow::Client => (quote!(handle_client_stream), quote!(requests)),
        Flow::Both => (quote!(handle_both_streams), quote!(requests, out)),
    };
    // Not `service.#name`: an `Arc` has methods of its own. The handler's error becomes the status it stands for.
    let degraded = Degraded::of(method).map(|Degraded { name, .. }| {
        quote! {
            if call.is_degraded(&#spec) {
                return call.#handle(&#spec, move |#arguments| async move {
                    #parameter::#name(&service, #arguments).await.map_err(::core::convert::Into::into)
                });
            }
        }
    });
    quote! {
        #id => {
            let service = ::std::sync::Arc::clone(&self.service);
            #degraded
            call.#handle(&#spec, move |#arguments| async move {
                #parameter::#name(&service, #arguments).await.map_err(::core::convert::Into::into)
            });
        }
    }
}
