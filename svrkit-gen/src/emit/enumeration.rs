//! Enums: open, so that a number this version does not know survives.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::{docs, ident};
use crate::model::{Enum, Value};
use crate::names;

pub(super) fn enumeration(enumeration: &Enum) -> TokenStream {
    let docs = docs::docs(&enumeration.doc, &format!("Enum `{}`.", enumeration.name.full()));
    let name = ident(&names::type_name(&enumeration.name.own));
    let variants = enumeration.values.iter().map(variant);
    let unknown = ident(&names::unknown_variant(enumeration));
    quote! {
        #docs
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, ::svrkit_runtime::TlvEnum)]
        pub enum #name {
            #(#variants)*
            /// A number this version does not know.
            #[tlv(unknown)]
            #unknown(i32),
        }
    }
}

fn variant(value: &Value) -> TokenStream {
    let docs = docs::docs(&value.doc, &format!("Value `{}`.", value.name.value));
    let digits = Literal::u32_unsuffixed(value.number.value.unsigned_abs());
    let sign = (value.number.value < 0).then(|| quote!(-));
    let name = ident(&names::variant(&value.name.value));
    quote! {
        #docs
        #[tlv(#sign #digits)]
        #name,
    }
}
