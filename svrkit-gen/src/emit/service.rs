//! The trait a server implements: one method for each method of the service.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::context::Context;
use super::queued::Queued;
use super::{docs, facts, ident, lifecycle};
use crate::model::{Method, Service, Stream, Tier};
use crate::names;

pub(super) fn service_trait(service: &Service, context: Context<'_>) -> TokenStream {
    let docs = docs::docs_and(
        &service.doc,
        &format!("Service `{}`.", service.name.full()),
        lifecycle::since(&service.lifecycle),
    );
    let deprecated = deprecated(service);
    let name = ident(&names::type_name(&service.name.own));
    let methods = service.methods.iter().map(|it| method(it, service, context));
    quote! {
        #docs
        #deprecated
        pub trait #name: ::core::marker::Send + ::core::marker::Sync + 'static {
            #(#methods)*
        }
    }
}

fn method(method: &Method, service: &Service, context: Context<'_>) -> TokenStream {
    let docs = method_docs(method, service, context);
    let deprecated = method_deprecated(method);
    let name = ident(&names::method(&method.head.name.value));
    let (parameters, answer) = parameters(method, service, context);
    let degraded = Degraded::of(method).map(|Degraded { from, name: degraded, .. }| {
        let doc = format!(
            " Answers as [`Self::{name}`] does, with less, under {} load and worse: the answer is marked as degraded.",
            from.word()
        );
        quote! {
            #[doc = #doc]
            #deprecated
            fn #degraded(&self, #parameters) -> impl ::svrkit_runtime::Answer<#answer>;
        }
    });
    let accept = Queued::of(method, service).map(|Queued { name: queued, accept, .. }| {
        let doc = format!(" Accepts a request of [`Self::{name}`], whose constraints hold, as a job: its caller is answered then, and the job is done later.");
        let more = " Write it to refuse some, or to accept them in one commit with something else.";
        quote! {
            #[doc = #doc]
            #[doc = ""]
            #[doc = #more]
            #deprecated
            fn #accept(
                &self,
                offer: ::svrkit_runtime::queue::Offer<#queued>,
            ) -> impl ::svrkit_runtime::Answer<::svrkit_runtime::queue::Accepted> {
                offer.enqueue()
            }
        }
    });
    quote! {
        #docs
        #deprecated
        fn #name(&self, #parameters) -> impl ::svrkit_runtime::Answer<#answer>;

        #degraded
        #accept
    }
}

/// The second handler of a method that has one.
pub(super) struct Degraded {
    /// The load from which on it answers.
    pub(super) from: Tier,
    pub(super) name: Ident,
    /// As people call it.
    pub(super) words: String,
}

impl Degraded {
    pub(super) fn of(method: &Method) -> Option<Self> {
        let from = method.protection.degraded_from.as_ref()?.value;
        let schema_name = &method.head.name.value;
        let words = format!("Method `{schema_name}`, degraded");
        Some(Self { from, name: ident(&names::degraded(schema_name)), words })
    }
}

/// What a handler is given, and the message it answers with.
pub(super) fn parameters(
    method: &Method,
    service: &Service,
    context: Context<'_>,
) -> (TokenStream, TokenStream) {
    let Types { request, response } = Types::of(method, service, context);
    match Flow::of(method) {
        Flow::Unary => (quote!(request: #request), response),
        Flow::Oneway => (quote!(request: #request), quote!(())),
        Flow::Server => (quote!(request: #request, out: ::svrkit_runtime::Sender<#response>), quote!(())),
        Flow::Client => (quote!(requests: ::svrkit_runtime::Receiver<#request>), response),
        Flow::Both => (
            quote! {
                requests: ::svrkit_runtime::Receiver<#request>,
                out: ::svrkit_runtime::Sender<#response>
            },
            quote!(()),
        ),
    }
}

/// How many messages go which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    Unary,
    /// One there, nothing back.
    Oneway,
    Server,
    Client,
    Both,
}

impl Flow {
    pub(super) fn of(method: &Method) -> Self {
        if method.oneway.is_some() {
            return Self::Oneway;
        }
        match method.stream.as_ref().map(|stream| stream.value) {
            None => Self::Unary,
            Some(Stream::Server) => Self::Server,
            Some(Stream::Client) => Self::Client,
            Some(Stream::Both) => Self::Both,
        }
    }
}

/// The messages of a method, as they are written in the module of its service.
pub(super) struct Types {
    pub(super) request: TokenStream,
    /// `()` where nothing comes back.
    pub(super) response: TokenStream,
}

impl Types {
    pub(super) fn of(method: &Method, service: &Service, context: Context<'_>) -> Self {
        let path = |id| context.message_path(id, &service.name);
        Self { request: path(method.request), response: method.response.map_or_else(|| quote!(()), path) }
    }
}

/// The description of a method, on both sides.
pub(super) fn method_docs(method: &Method, service: &Service, context: Context<'_>) -> TokenStream {
    let default = format!("Method `{}` of `{}`", method.head.name.value, service.name.full());
    let lead = format!("Method {}", method.head.id.value);
    let mut more: Vec<_> = lifecycle::since(&method.head.lifecycle).into_iter().collect();
    if let Some(errors) = &method.errors {
        let errors = &context.schema.errors(errors.value).name;
        let path = context.type_path(errors, &service.name).to_string().replace(' ', "");
        let name = names::type_name(&errors.own);
        more.push("# Errors".to_owned());
        more.push(format!("By its own rules it fails with a [`{name}`](enum@{path})."));
    }
    docs::docs_and_facts(&method.head.doc, &default, &lead, &facts::of_method(method), more)
}

/// The attribute for what a service becomes.
pub(super) fn deprecated(service: &Service) -> Option<TokenStream> {
    lifecycle::deprecated(&service.lifecycle, names::type_name)
}

/// The attribute for what a method becomes, on both sides.
pub(super) fn method_deprecated(method: &Method) -> Option<TokenStream> {
    lifecycle::deprecated(&method.head.lifecycle, names::method)
}
