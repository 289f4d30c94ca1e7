//! What a queued method has besides its handler and its call: a type that stands for it, its ticket, what accepts its requests, and what asks for its jobs.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::context::Context;
use super::ident;
use super::service::Types;
use crate::model::{Method, Service};
use crate::names;

/// A queued method, in the names that it has.
pub(super) struct Queued {
    /// The type that stands for it.
    pub(super) name: Ident,
    pub(super) ticket: Ident,
    pub(super) accept: Ident,
    pub(super) state: Ident,
}

impl Queued {
    /// `None`: the method is answered at once.
    pub(super) fn of(method: &Method, service: &Service) -> Option<Self> {
        method.queued.name.as_ref()?;
        let schema_name = &method.head.name.value;
        Some(Self {
            name: ident(&names::queued_method(service, schema_name)),
            ticket: ident(&names::ticket(service, schema_name)),
            accept: ident(&names::accept(schema_name)),
            state: ident(&names::job_state(schema_name)),
        })
    }
}

/// The types of a service's queued methods.
pub(super) fn types(service: &Service, context: Context<'_>) -> TokenStream {
    let types = service.methods.iter().filter_map(|it| types_of(it, service, context));
    quote!(#(#types)*)
}

fn types_of(method: &Method, service: &Service, context: Context<'_>) -> Option<TokenStream> {
    let Queued { name, ticket, .. } = Queued::of(method, service)?;
    let full_name = format!("{}.{}", service.name.full(), method.head.name.value);
    let name_doc = format!(" Stands for the queued method `{full_name}`, where types of its jobs are made.");
    let ticket_doc = format!(" What a call of `{full_name}` is answered with: the job is accepted.");
    let spec = ident(&names::method_spec(&names::service_spec(service), &method.head.name.value));
    let Types { request, response } = Types::of(method, service, context);
    Some(quote! {
        #[doc = #name_doc]
        #[derive(Clone, Copy, Debug)]
        pub enum #name {}

        impl ::svrkit_runtime::queue::QueuedMethod for #name {
            type Request = #request;
            type Response = #response;
            const SPEC: &'static ::svrkit_runtime::Spec = &#spec;
        }

        #[doc = #ticket_doc]
        pub type #ticket = ::svrkit_runtime::queue::Ticket<#name>;
    })
}
