//! The facts of a service and its methods, as statics. What is as everywhere is not said.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::ident;
use crate::model::fingerprint::fingerprint;
use crate::model::{Method, PRIORITY_DEFAULT, Schema, Service};
use crate::names;

pub(super) fn specs(service: &Service, schema: &Schema) -> TokenStream {
    let full_name = service.name.full();
    let doc = format!(" The facts of `{full_name}`.");
    let name = ident(&names::service_spec(service));
    let id = Literal::u32_unsuffixed(service.id);
    let fingerprint: Literal =
        format!("{:#018x}", fingerprint(service, schema)).parse().expect("a hexadecimal number is a literal");
    let method_names = service
        .methods
        .iter()
        .map(|it| ident(&names::method_spec(&names::service_spec(service), &it.head.name.value)));
    let methods = service.methods.iter().map(|it| method_spec(it, service, schema));
    quote! {
        #[doc = #doc]
        pub static #name: ::svrkit_runtime::ServiceSpec =
            ::svrkit_runtime::ServiceSpec::new(#full_name, #id, &[#(&#method_names),*])
                .fingerprint(#fingerprint);

        #(#methods)*
    }
}

fn method_spec(method: &Method, service: &Service, schema: &Schema) -> TokenStream {
    let service_name = service.name.full();
    let method_name = &method.head.name.value;
    let doc = format!(" The facts of `{service_name}.{method_name}`.");
    let name = ident(&names::method_spec(&names::service_spec(service), method_name));
    let service_id = Literal::u32_unsuffixed(service.id);
    let method_id = Literal::u16_unsuffixed(method.head.id.value);
    let request = schema.message(method.request).name.full();
    let response = method.response.map(|id| schema.message(id).name.full()).unwrap_or_default();
    let timeout = method.timeout_ms.map(|timeout_ms| {
        let timeout_ms = Literal::u64_unsuffixed(timeout_ms);
        quote!(.timeout(::core::time::Duration::from_millis(#timeout_ms)))
    });
    let priority = (method.priority != PRIORITY_DEFAULT).then(|| {
        let priority = Literal::u8_unsuffixed(method.priority);
        quote!(.priority(#priority))
    });
    let idempotent = method.idempotent.then(|| quote!(.idempotent()));
    quote! {
        #[doc = #doc]
        pub static #name: ::svrkit_runtime::Spec =
            ::svrkit_runtime::Spec::new(#service_name, #service_id, #method_name, #method_id)
                .messages(#request, #response) #timeout #priority #idempotent;
    }
}
