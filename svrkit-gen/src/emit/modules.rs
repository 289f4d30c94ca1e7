//! The tree of modules: packages, and messages that have definitions nested in them.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::quote;

use super::{docs, ident};
use crate::model::Name;
use crate::names;

/// A module and what stands in it.
#[derive(Default)]
pub(super) struct Module {
    /// One text for each file of the package that has one.
    docs: Vec<String>,
    default_doc: String,
    items: Vec<TokenStream>,
    children: BTreeMap<String, Module>,
}

impl Module {
    /// The module at a path below this one.
    pub(super) fn at(&mut self, path: &[String]) -> &mut Module {
        path.iter().fold(self, |module, name| module.children.entry(name.clone()).or_default())
    }

    /// The module in which a definition stands.
    pub(super) fn at_definition(&mut self, name: &Name) -> &mut Module {
        let module = self.at(&names::module_path(name));
        if !name.around.is_empty() && module.default_doc.is_empty() {
            module.default_doc =
                format!("Definitions nested in `{}.{}`.", name.package, name.around.join("."));
        }
        module
    }

    pub(super) fn document(&mut self, package: &str, doc: &str) {
        self.default_doc = format!("Package `{package}`.");
        if !doc.is_empty() {
            self.docs.push(doc.to_owned());
        }
    }

    pub(super) fn push(&mut self, item: TokenStream) {
        self.items.push(item);
    }

    /// The modules in this one, as the top of a file.
    pub(super) fn tokens(self) -> TokenStream {
        let lints = quote! {
            #[allow(
                dead_code,
                unreachable_pub,
                clippy::enum_variant_names,
                clippy::module_inception,
                clippy::new_ret_no_self,
                clippy::should_implement_trait,
                clippy::upper_case_acronyms,
                clippy::wrong_self_convention,
                reason = "the names are the schema's, and a program seldom uses all of them"
            )]
        };
        let modules = self.children.into_iter().map(|(name, module)| module.declaration(&name, &lints));
        quote!(#(#modules)*)
    }

    fn declaration(self, name: &str, lints: &TokenStream) -> TokenStream {
        let default_doc = match self.default_doc.is_empty() {
            true => format!("Packages in `{name}`."),
            false => self.default_doc,
        };
        let docs = docs::docs(&self.docs.join("\n\n"), &default_doc);
        let items = self.items;
        let children =
            self.children.into_iter().map(|(name, module)| module.declaration(&name, &TokenStream::new()));
        let name = ident(name);
        quote! {
            #docs
            #lints
            pub mod #name {
                #(#items)*
                #(#children)*
            }
        }
    }
}
