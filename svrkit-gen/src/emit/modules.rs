//! The tree of modules: packages, and messages that have definitions nested in them.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::quote;

use super::{docs, ident, print};
use crate::model::Name;
use crate::names;

/// A module and what stands in it.
#[derive(Default)]
pub(super) struct Module {
    /// One text for each file of the package that has one.
    docs: Vec<String>,
    default_doc: String,
    /// How many modules it stands in, itself included.
    depth: usize,
    /// The items, printed.
    items: String,
    children: BTreeMap<String, Module>,
}

impl Module {
    /// The module at a path below this one.
    pub(super) fn at(&mut self, path: &[String]) -> &mut Module {
        path.iter().fold(self, |module, name| {
            let depth = module.depth + 1;
            let new = || Module { depth, ..Module::default() };
            module.children.entry(name.clone()).or_insert_with(new)
        })
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
        self.items.push_str(&print::items(item, self.depth));
    }

    /// What is in this one, as the top of a file.
    pub(super) fn text(&self) -> String {
        let lints = quote! {
            #[allow(
                dead_code,
                deprecated,
                unreachable_pub,
                rustdoc::bare_urls,
                rustdoc::broken_intra_doc_links,
                rustdoc::invalid_html_tags,
                clippy::approx_constant,
                clippy::doc_markdown,
                clippy::enum_variant_names,
                clippy::iter_not_returning_iterator,
                clippy::large_enum_variant,
                clippy::len_without_is_empty,
                clippy::module_inception,
                clippy::new_ret_no_self,
                clippy::should_implement_trait,
                clippy::struct_excessive_bools,
                clippy::struct_field_names,
                clippy::too_many_lines,
                clippy::unreadable_literal,
                clippy::upper_case_acronyms,
                clippy::wrong_self_convention,
                reason = "names and texts are the schema's, and a program seldom uses all of it"
            )]
        };
        let mut out = self.items.clone();
        for (name, module) in &self.children {
            module.write(name, &lints, &mut out);
        }
        out
    }

    fn write(&self, name: &str, lints: &TokenStream, out: &mut String) {
        let default_doc = match self.default_doc.is_empty() {
            true => format!("Packages in `{name}`."),
            false => self.default_doc.clone(),
        };
        let docs = docs::docs(&self.docs.join("\n\n"), &default_doc);
        let name = ident(name);
        let around = self.depth - 1;
        let opening = print::items(quote!(#docs #lints pub mod #name {}), around);
        print::module(&opening, around, out, |out| {
            out.push_str(&self.items);
            for (name, module) in &self.children {
                module.write(name, &TokenStream::new(), out);
            }
        });
    }
}
