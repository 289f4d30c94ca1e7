//! What is not generated because it is there already: packages and messages that Rust code of others stands for.
//!
//! Filled by `config` and by what schema crates tell; `emit` asks it where a type is. Reads no schema and no file.

mod rust_path;
mod schema_crate;
mod settings;

use std::collections::BTreeMap;

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

pub(crate) use self::rust_path::RustPath;
use self::schema_crate::SchemaCrate;
pub(crate) use self::settings::{Fault, RustSettings};
use crate::load::bundled::TYPES_PACKAGE;
use crate::model::Name;
use crate::names;

/// The package whose types the runtime has.
const KIT_TYPES: (&str, &str) = (TYPES_PACKAGE, "::svrkit_runtime::types");

/// Who stands for what.
#[derive(Clone, Debug)]
pub(crate) struct Externs {
    /// Modules by package, as the user said.
    packages: BTreeMap<String, RustPath>,
    /// The same as schema crates say; the user knows better.
    packages_of_crates: BTreeMap<String, RustPath>,
    /// Types by the full name of their message.
    types: BTreeMap<String, RustPath>,
}

impl Default for Externs {
    fn default() -> Self {
        let (package, module) = KIT_TYPES;
        let kit = BTreeMap::from([(package.to_owned(), RustPath::of_kit(module))]);
        Self { packages: BTreeMap::new(), packages_of_crates: kit, types: BTreeMap::new() }
    }
}

impl Externs {
    fn add_package(&mut self, package: &str, module: RustPath) {
        self.packages.insert(package.to_owned(), module);
    }

    fn add_crate(&mut self, schemas: &SchemaCrate) {
        let packages = schemas.packages.iter().map(|(package, module)| (package.clone(), module.clone()));
        self.packages_of_crates.extend(packages);
    }

    fn add_type(&mut self, message: &str, ty: RustPath) {
        self.types.insert(message.to_owned(), ty);
    }

    /// Has the kit's own types generated where their schema is what is compiled.
    fn without_kit(mut self) -> Self {
        self.packages_of_crates.remove(KIT_TYPES.0);
        self
    }

    /// The messages that types stand for.
    fn messages(&self) -> impl Iterator<Item = &str> {
        self.types.keys().map(String::as_str)
    }

    /// Whether a package stands elsewhere.
    pub(crate) fn has_package(&self, package: &str) -> bool {
        self.nearest(package).is_some()
    }

    /// Whether a definition stands elsewhere with its package.
    pub(crate) fn has(&self, name: &Name) -> bool {
        self.has_package(&name.package)
    }

    /// The module elsewhere in which a definition stands.
    pub(crate) fn module(&self, name: &Name) -> Option<TokenStream> {
        let (package, module) = self.nearest(&name.package)?;
        let module = module.tokens();
        // Modules below are named as they are here.
        let below = name.package.strip_prefix(package).unwrap_or_default();
        let packages = below.split('.').filter(|segment| !segment.is_empty());
        let around = name.around.iter().map(|message| &**message);
        let below = packages.chain(around).map(|segment| ident(&names::module(segment)));
        Some(quote!(#module #(::#below)*))
    }

    /// The type that stands for a message by itself.
    pub(crate) fn type_of(&self, name: &Name) -> Option<TokenStream> {
        if self.types.is_empty() {
            return None;
        }
        self.types.get(&name.full()).map(RustPath::tokens)
    }

    /// The longest package that is this one or around it.
    fn nearest<'a>(&self, package: &'a str) -> Option<(&'a str, &RustPath)> {
        let ends = package.match_indices('.').map(|(at, _)| at).chain([package.len()]);
        let mut around: Vec<_> = ends.map(|end| &package[..end]).collect();
        around.reverse();
        around.into_iter().find_map(|package| {
            let module = self.packages.get(package).or_else(|| self.packages_of_crates.get(package))?;
            Some((package, module))
        })
    }
}

fn ident(name: &str) -> Ident {
    match names::is_keyword(name) {
        true => Ident::new_raw(name, Span::call_site()),
        false => Ident::new(name, Span::call_site()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_package_wins_and_the_user_before_a_crate() {
        let mut externs = Externs::default();
        let path = |text| RustPath::module(text).unwrap();
        externs.add_package("shop", path("crate::a"));
        externs.add_package("shop.stock", path("b::stock"));
        externs.add_crate(&SchemaCrate {
            includes: Vec::new(),
            packages: vec![("shop".to_owned(), path("c")), ("shop.stock.deep".to_owned(), path("d"))],
        });
        for (package, expected) in [
            ("shop", Some(("shop", "crate :: a"))),
            ("shop.orders", Some(("shop", "crate :: a"))),
            ("shop.stock", Some(("shop.stock", ":: b :: stock"))),
            ("shop.stock.deep.er", Some(("shop.stock.deep", ":: d"))),
            ("shopping", None),
            ("svrkit.types", Some(("svrkit.types", ":: svrkit_runtime :: types"))),
            ("svrkit", None),
        ] {
            let found = externs.nearest(package).map(|(found, path)| (found, path.tokens().to_string()));
            assert_eq!(found, expected.map(|(found, path)| (found, path.to_owned())), "{package}");
        }
    }
}
