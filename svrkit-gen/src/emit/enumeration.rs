//! Enums: open, so that a number this version does not know survives.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::context::Context;
use super::{docs, ident, lifecycle};
use crate::model::{Enum, Value};
use crate::names;

/// What every enum derives from the standard library, or implements.
const OWN_DERIVES: [&str; 7] = ["Clone", "Copy", "Debug", "Default", "PartialEq", "Eq", "Hash"];

pub(super) fn enumeration(enumeration: &Enum, context: Context<'_>) -> TokenStream {
    let full_name = enumeration.name.full();
    let docs = docs::docs_and(
        &enumeration.doc,
        &format!("Enum `{full_name}`."),
        lifecycle::since(&enumeration.lifecycle),
    );
    let deprecated = lifecycle::deprecated(&enumeration.lifecycle, names::type_name);
    let name = ident(&names::type_name(&enumeration.name.own));
    let variants = enumeration.values.iter().map(variant);
    let unknown = ident(&names::unknown_variant(enumeration));
    let derives = context.derives.attribute(&full_name, &OWN_DERIVES);
    quote! {
        #docs
        #deprecated
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, ::svrkit_runtime::TlvEnum)]
        #derives
        pub enum #name {
            #(#variants)*
            /// A number this version does not know.
            #[tlv(unknown)]
            #unknown(i32),
        }
    }
}

fn variant(value: &Value) -> TokenStream {
    let default = format!("Value `{}`.", value.name.value);
    let docs = docs::docs_and(&value.doc, &default, lifecycle::since(&value.lifecycle));
    let deprecated = lifecycle::deprecated(&value.lifecycle, names::variant);
    let digits = Literal::u32_unsuffixed(value.number.value.unsigned_abs());
    let sign = (value.number.value < 0).then(|| quote!(-));
    let name = ident(&names::variant(&value.name.value));
    quote! {
        #docs
        #deprecated
        #[tlv(#sign #digits)]
        #name,
    }
}
