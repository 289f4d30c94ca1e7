//! The facts of a service and its methods, as statics. What is as everywhere is not said.

use proc_macro2::TokenStream;
use quote::quote;

use super::service::Flow;
use super::{bytes, ident, lifecycle, number};
use crate::model::fingerprint::fingerprint;
use crate::model::{Method, PRIORITY_DEFAULT, Per, Protection, Queued, Rate, Schema, Service, Tier};
use crate::names;

pub(super) fn specs(service: &Service, descriptors: Option<&[u8]>, schema: &Schema) -> TokenStream {
    let full_name = service.name.full();
    let doc = format!(" The facts of `{full_name}`.");
    let name = ident(&names::service_spec(service));
    let id = number::integer(service.id);
    let fingerprint = number::hexadecimal(fingerprint(service, schema));
    let method_names = service
        .methods
        .iter()
        .map(|it| ident(&names::method_spec(&names::service_spec(service), &it.head.name.value)));
    let methods = service.methods.iter().map(|it| method_spec(it, service, schema));
    let descriptors = descriptors.map(bytes::literal).map(|bytes| quote!(.descriptors(#bytes)));
    quote! {
        #[doc = #doc]
        pub static #name: ::svrkit_runtime::ServiceSpec =
            ::svrkit_runtime::ServiceSpec::new(#full_name, #id, &[#(&#method_names),*])
                .fingerprint(#fingerprint) #descriptors;

        #(#methods)*
    }
}

fn method_spec(method: &Method, service: &Service, schema: &Schema) -> TokenStream {
    let service_name = service.name.full();
    let method_name = &method.head.name.value;
    let doc = format!(" The facts of `{service_name}.{method_name}`.");
    let name = ident(&names::method_spec(&names::service_spec(service), method_name));
    let service_id = number::integer(service.id);
    let method_id = number::integer(method.head.id.value);
    let request = schema.message(method.request).name.full();
    let response = method.response.map(|id| schema.message(id).name.full()).unwrap_or_default();
    let timeout = method.timeout_ms.map(|timeout_ms| {
        let timeout = duration(timeout_ms);
        quote!(.timeout(#timeout))
    });
    let priority = (method.priority != PRIORITY_DEFAULT).then(|| {
        let priority = number::integer(method.priority);
        quote!(.priority(#priority))
    });
    let protection = protection(&method.protection);
    let queue = queue(&method.queued);
    let idempotent = method.idempotent.then(|| quote!(.idempotent()));
    let last_good = method.protection.last_good_ms.as_ref().map(|age| {
        let age = duration(age.value);
        quote!(.last_good(#age))
    });
    let flow = match Flow::of(method) {
        Flow::Unary => None,
        Flow::Oneway => Some(quote!(.oneway())),
        Flow::Server => Some(quote!(.streaming(::svrkit_runtime::Streaming::Server))),
        Flow::Client => Some(quote!(.streaming(::svrkit_runtime::Streaming::Client))),
        Flow::Both => Some(quote!(.streaming(::svrkit_runtime::Streaming::Both))),
    };
    let errors = method.errors.as_ref().map(|errors| {
        let errors = schema.errors(errors.value).name.full();
        quote!(.errors(#errors))
    });
    let route_key = method.route_key.as_ref().map(|field| {
        let field = &*field.value;
        quote!(.route_key(#field))
    });
    let history = method.head.lifecycle.history();
    let since = history.and_then(|history| history.since.as_ref()).map(|since| {
        let since = number::integer(since.value);
        quote!(.since(#since))
    });
    let note = lifecycle::note(&method.head.lifecycle, str::to_owned);
    let deprecated = note.map(|note| quote!(.deprecated(#note)));
    quote! {
        #[doc = #doc]
        pub static #name: ::svrkit_runtime::Spec =
            ::svrkit_runtime::Spec::new(#service_name, #service_id, #method_name, #method_id)
                .messages(#request, #response) #timeout #priority #protection #queue #idempotent #last_good
                #flow #errors #route_key #since #deprecated;
    }
}

/// What it does as load rises, and how much of a server it may take.
fn protection(protection: &Protection) -> TokenStream {
    let degraded_from = protection.degraded_from.as_ref().map(|from| {
        let tier = tier(from.value);
        quote!(.degraded_from(#tier))
    });
    let refused_from = protection.refused_from.as_ref().map(|from| {
        let tier = tier(from.value);
        quote!(.refused_from(#tier))
    });
    let method_rate = protection.rate.as_ref().map(|it| {
        let rate = rate(it.value);
        quote!(.rate(#rate))
    });
    let caller_rate = protection.caller_rate.as_ref().map(|it| {
        let rate = rate(it.value);
        quote!(.caller_rate(#rate))
    });
    let running_max = protection.running_max.as_ref().map(|it| {
        let max = number::integer(it.value);
        quote!(.running_max(#max))
    });
    let reserve = protection.reserve.as_ref().map(|it| {
        let places = number::integer(it.value);
        quote!(.reserve(#places))
    });
    quote!(#degraded_from #refused_from #method_rate #caller_rate #running_max #reserve)
}

/// The queue whose jobs its requests are.
fn queue(queued: &Queued) -> Option<TokenStream> {
    let name = &*queued.name.as_ref()?.value;
    let job_rate = queued.rate.as_ref().map(|it| {
        let rate = rate(it.value);
        quote!(.rate(#rate))
    });
    let workers = queued.workers.as_ref().map(|it| {
        let workers = number::integer(it.value);
        quote!(.workers(#workers))
    });
    let attempts = queued.attempts.as_ref().map(|it| {
        let attempts = number::integer(it.value);
        quote!(.attempts(#attempts))
    });
    let lease = queued.lease_ms.as_ref().map(|it| {
        let lease = duration(it.value);
        quote!(.lease(#lease))
    });
    let queue = quote!(::svrkit_runtime::queue::QueueSpec::new(#name) #job_rate #workers #attempts #lease);
    Some(quote!(.queue(#queue)))
}

fn duration(ms: u64) -> TokenStream {
    let (count, unit) = match ms.is_multiple_of(1_000) {
        true => (ms / 1_000, quote!(from_secs)),
        false => (ms, quote!(from_millis)),
    };
    let count = number::integer(count);
    quote!(::core::time::Duration::#unit(#count))
}

fn tier(tier: Tier) -> TokenStream {
    match tier {
        Tier::Busy => quote!(::svrkit_runtime::Tier::Busy),
        Tier::High => quote!(::svrkit_runtime::Tier::High),
        Tier::Critical => quote!(::svrkit_runtime::Tier::Critical),
    }
}

fn rate(rate: Rate) -> TokenStream {
    let calls = number::integer(rate.calls);
    let per = match rate.per {
        Per::Second => quote!(per_second),
        Per::Minute => quote!(per_minute),
    };
    let burst = rate.burst.map(|burst| {
        let burst = number::integer(burst);
        quote!(.with_burst(#burst))
    });
    quote!(::svrkit_runtime::Rate::#per(#calls) #burst)
}
