//! Sets of errors: an enum with our derive, open, so that a code this version does not know survives.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::context::Context;
use super::{docs, facts, ident, lifecycle};
use crate::model::{Error, Errors};
use crate::names;

pub(super) fn errors(errors: &Errors, context: Context<'_>) -> TokenStream {
    let full_name = errors.name.full();
    let docs =
        docs::docs_and(&errors.doc, &format!("Errors `{full_name}`."), lifecycle::since(&errors.lifecycle));
    let deprecated = lifecycle::deprecated(&errors.lifecycle, names::type_name);
    let name = ident(&names::type_name(&errors.name.own));
    let variants = errors.errors.iter().map(|it| variant(it, errors, context));
    let unknown = ident(&names::unknown_error(errors));
    quote! {
        #docs
        #deprecated
        #[derive(Clone, Debug, PartialEq, ::svrkit_runtime::ErrorCode)]
        #[error_code(name = #full_name)]
        pub enum #name {
            #(#variants)*
            /// A code this version does not know.
            #[error_code(unknown)]
            #unknown(u32),
        }
    }
}

fn variant(error: &Error, errors: &Errors, context: Context<'_>) -> TokenStream {
    let default = format!("Error `{}`, code {}", error.name.value, error.code.value);
    let lead = format!("Code {}", error.code.value);
    let since = lifecycle::since(&error.lifecycle);
    let docs = docs::docs_and_facts(&error.doc, &default, &lead, &facts::of_error(error), since);
    let deprecated = lifecycle::deprecated(&error.lifecycle, names::variant);
    let code = Literal::u32_unsuffixed(error.code.value);
    let status = error.status.map(|status| quote!(, status = #status));
    let retry = error.retry.as_ref().map(|retry| quote!(, retry = #retry));
    let message = Some(lifecycle::one_line(&error.doc)).filter(|message| !message.is_empty());
    let message = message.map(|message| quote!(, message = #message));
    let name = ident(&names::variant(&error.name.value));
    let detail = error.detail.map(|detail| {
        let detail = context.message_path(detail, &errors.name);
        quote!((#detail))
    });
    quote! {
        #docs
        #deprecated
        #[error_code(#code #status #retry #message)]
        #name #detail,
    }
}
