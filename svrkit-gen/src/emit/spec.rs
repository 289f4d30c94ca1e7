//! The facts of a service and its methods, as statics.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::ident;
use crate::model::fingerprint::fingerprint;
use crate::model::{Method, Schema, Service};
use crate::names;

pub(super) fn specs(service: &Service, schema: &Schema) -> TokenStream {
    let full_name = service.name.full();
    let doc = format!(" The facts of `{full_name}`.");
    let name = ident(&names::service_spec(service));
    let id = Literal::u32_unsuffixed(service.id);
    let fingerprint: Literal =
        format!("{:#018x}", fingerprint(service, schema)).parse().expect("a hexadecimal number is a literal");
    let method_names =
        service.methods.iter().map(|it| ident(&names::method_spec(service, &it.head.name.value)));
    let methods = service.methods.iter().map(|it| method_spec(it, service, schema));
    quote! {
        #[doc = #doc]
        pub static #name: ::svrkit_runtime::ServiceSpec = ::svrkit_runtime::ServiceSpec {
            name: #full_name,
            id: #id,
            fingerprint: #fingerprint,
            methods: &[#(&#method_names),*],
        };

        #(#methods)*
    }
}

fn method_spec(method: &Method, service: &Service, schema: &Schema) -> TokenStream {
    let service_name = service.name.full();
    let method_name = &method.head.name.value;
    let doc = format!(" The facts of `{service_name}.{method_name}`.");
    let name = ident(&names::method_spec(service, method_name));
    let service_id = Literal::u32_unsuffixed(service.id);
    let method_id = Literal::u16_unsuffixed(method.head.id.value);
    let request = schema.message(method.request).name.full();
    let response = schema.message(method.response).name.full();
    let timeout = match method.timeout_ms {
        Some(timeout_ms) => {
            let timeout_ms = Literal::u64_unsuffixed(timeout_ms);
            quote!(::core::option::Option::Some(::core::time::Duration::from_millis(#timeout_ms)))
        }
        None => quote!(::core::option::Option::None),
    };
    let priority = Literal::u8_unsuffixed(method.priority);
    let idempotent = method.idempotent;
    quote! {
        #[doc = #doc]
        pub static #name: ::svrkit_runtime::Spec = ::svrkit_runtime::Spec {
            service: #service_name,
            service_id: #service_id,
            method: #method_name,
            method_id: #method_id,
            request: #request,
            response: #response,
            timeout: #timeout,
            priority: #priority,
            idempotent: #idempotent,
        };
    }
}
