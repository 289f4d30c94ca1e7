//! What an emitter knows besides its item: the schema, and how types are reached that stand elsewhere.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Codec, Derives, ident};
use crate::externs::Externs;
use crate::model::{MessageId, Name, Schema};
use crate::names::{self, ViewNames};

/// The surroundings of everything that is emitted.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) schema: &'a Schema,
    pub(super) externs: &'a Externs,
    pub(super) derives: &'a Derives,
    pub(super) codec: Codec,
    pub(super) views: &'a ViewNames,
}

impl Context<'_> {
    /// The path from the module of `from` to the type `to`.
    pub(super) fn type_path(&self, to: &Name, from: &Name) -> TokenStream {
        if to.package != from.package
            && let Some(module) = self.externs.module(to)
        {
            let name = ident(&names::type_name(&to.own));
            return quote!(#module::#name);
        }
        let (target, origin) = (names::module_path(to), names::module_path(from));
        let shared = target.iter().zip(&origin).take_while(|(a, b)| a == b).count();
        let up = (shared..origin.len()).map(|_| quote!(super::));
        let down = target[shared..].iter().map(|module| {
            let module = ident(module);
            quote!(#module::)
        });
        let name = ident(&names::type_name(&to.own));
        quote!(#(#up)* #(#down)* #name)
    }

    /// The path to the type of a message.
    pub(super) fn message_path(&self, id: MessageId, from: &Name) -> TokenStream {
        let name = &self.schema.message(id).name;
        self.externs.type_of(name).unwrap_or_else(|| self.type_path(name, from))
    }
}
