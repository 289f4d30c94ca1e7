//! What a build script says of Rust: which code is there already, which derives are wanted, who else has schemas.
//!
//! A setting that cannot be meant is kept and becomes a finding of the next run: settings themselves cannot fail.

use std::borrow::Cow;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::rust_path::NoPath;
use super::schema_crate::{Export, SchemaCrate};
use super::{Externs, KIT_TYPES, RustPath};
use crate::config::{Config, Generated};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, SourceMap, Span, quoted};
use crate::emit::Derives;
use crate::model::{Name, Schema};
use crate::parse::nearest;

/// The settings about Rust.
#[derive(Clone, Debug, Default)]
pub(crate) struct RustSettings {
    externs: Externs,
    pub(crate) derives: Derives,
    /// What schema crates told.
    crates: Vec<SchemaCrate>,
    /// The folder of schemas that dependents are told of.
    exported: Option<PathBuf>,
    faults: Vec<Fault>,
}

/// A setting that cannot be meant: what is wrong, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) message: String,
    pub(crate) help: String,
}

impl Config {
    /// Generates nothing of `package` and the packages below it: `rust_module` stands for it.
    ///
    /// For packages that another crate, or another build script, has generated. The module has what would be generated
    /// here, in modules of the same names: with `("common", "common_schemas::api")` the message `Item` nested in
    /// `common.stock.Order` is `::common_schemas::api::stock::order::Item`. It starts with `crate::` or the name of a
    /// crate. Of several packages around a definition the longest counts. `svrkit.types` is
    /// `::svrkit_runtime::types` without being told.
    #[must_use]
    pub fn extern_package(mut self, package: impl AsRef<str>, rust_module: impl AsRef<str>) -> Self {
        let (package, text) = (package.as_ref(), rust_module.as_ref());
        match RustPath::module(text) {
            Ok(module) => self.rust.externs.add_package(package, module),
            Err(NoPath) => self.rust.no_path("extern_package", package, text, "crate::schemas::common"),
        }
        self
    }

    /// Generates no struct for a message, named with its package: `rust_type` stands for it.
    ///
    /// The type derives [`Tlv`] and the traits that generated messages have: `Clone`, `Debug`, `Default` and
    /// `PartialEq`. It starts with `crate::` or the name of a crate. Generated code makes sure that it is what the
    /// schema says: where tags, encodings or what may be absent or repeated differ, in the message or in one it holds,
    /// it does not compile. The definitions nested in the message are generated, its oneofs are not.
    ///
    /// [`Tlv`]: https://docs.rs/svrkit-runtime/latest/svrkit_runtime/trait.Tlv.html
    #[must_use]
    pub fn extern_type(mut self, message: impl AsRef<str>, rust_type: impl AsRef<str>) -> Self {
        let (message, text) = (message.as_ref(), rust_type.as_ref());
        match RustPath::ty(text) {
            Ok(ty) => self.rust.externs.add_type(message, ty),
            Err(NoPath) => self.rust.no_path("extern_type", message, text, "crate::Order"),
        }
        self
    }

    /// Has messages, enums and oneofs derive one thing more: `("shop.orders", "my_crate::Audited")`.
    ///
    /// `target` is the full name of a definition, or what full names start with: a package, or a message with all that
    /// is in it. `*` means everything. Derives add up. What is derived has to work for all that the definitions hold; a
    /// message holds an `UnknownFields`.
    #[must_use]
    pub fn derive(mut self, target: impl AsRef<str>, derive: impl AsRef<str>) -> Self {
        let (target, text) = (target.as_ref(), derive.as_ref());
        match RustPath::derive(text) {
            Ok(derive) => self.rust.derives.add(target, derive),
            Err(NoPath) => self.rust.no_path("derive", target, text, "serde::Serialize"),
        }
        self
    }

    /// Tells the build scripts of crates that depend on this one where its schemas are, and which module has what.
    ///
    /// `folder`, relative to the manifest, is where its dependents' imports are looked for. The manifest says
    /// `links = "some-name"`, by which they ask: [`Config::schema_crate`]. What was generated has to be included at the
    /// root of the crate.
    #[must_use]
    pub fn export_schemas(mut self, folder: impl AsRef<Path>) -> Self {
        self.rust.exported = Some(folder.as_ref().to_owned());
        self
    }

    /// Uses the schemas of a dependency, by the `links` of its manifest: its files can be imported and its packages
    /// stand for themselves.
    ///
    /// Its build script says [`Config::export_schemas`]. Where Rust knows the crate by another name than its manifest,
    /// [`Config::extern_package`] says so.
    #[must_use]
    pub fn schema_crate(mut self, links: impl AsRef<str>) -> Self {
        match SchemaCrate::told(links.as_ref(), |variable| std::env::var_os(variable)) {
            Ok(told) => {
                self.rust.externs.add_crate(&told);
                self.rust.crates.push(told);
            }
            Err(fault) => self.rust.faults.push(fault),
        }
        self
    }

    /// The lines by which cargo tells dependents of what was generated; none unless they are wanted.
    pub(crate) fn told_to_dependents(
        &self,
        generated: &Generated,
        lookup: impl Fn(&str) -> Option<OsString>,
    ) -> Result<String, Fault> {
        let Some(folder) = &self.rust.exported else {
            return Ok(String::new());
        };
        let variable = |name: &str| {
            lookup(name).ok_or_else(|| Fault {
                message: format!("`Config::export_schemas` has nobody to tell: {name} is not set"),
                help: "it is for build scripts, which cargo runs".to_owned(),
            })
        };
        let folder = PathBuf::from(variable("CARGO_MANIFEST_DIR")?).join(folder);
        let crate_name = variable("CARGO_PKG_NAME")?;
        let export = Export {
            folder: &folder,
            crate_name: &crate_name.to_string_lossy(),
            packages: generated.packages(),
            crates: &self.rust.crates,
        };
        export.lines()
    }
}

impl RustSettings {
    /// Who stands for what in a run that was given files of these packages.
    pub(crate) fn externs<'a>(&self, mut named: impl Iterator<Item = &'a str>) -> Cow<'_, Externs> {
        if named.any(|package| package == KIT_TYPES.0) {
            Cow::Owned(self.externs.clone().without_kit())
        } else {
            Cow::Borrowed(&self.externs)
        }
    }

    /// The folders in which imports are looked for: those of the user before those of schema crates.
    pub(crate) fn includes(&self, own: &[PathBuf]) -> Vec<PathBuf> {
        own.iter().chain(self.crates.iter().flat_map(|told| &told.includes)).cloned().collect()
    }

    /// Reports the settings that cannot be meant.
    pub(crate) fn check(&self, schema: &Schema, sources: &mut SourceMap, found: &mut Diagnostics) {
        let mut faults = self.faults.clone();
        // A name that is missing may have been lost with a fault.
        if found.errors() == 0 {
            let messages = self.externs.messages().filter_map(|message| unknown_message(message, schema));
            let targets = self.derives.strangers(schema).into_iter().map(|target| Fault {
                message: format!(
                    "`Config::derive` names {}, which is nothing of these schemas",
                    quoted(target)
                ),
                help: "give a full name, a package, or `*`".to_owned(),
            });
            faults.extend(messages.chain(targets));
        }
        if faults.is_empty() {
            return;
        }
        let nowhere = Span::new(sources.add(String::new(), None), 0, 0);
        for Fault { message, help } in faults {
            found.push(Diagnostic::new(Code::ConfigFault, nowhere, message).help(help));
        }
    }

    fn no_path(&mut self, setting: &str, about: &str, text: &str, example: &str) {
        self.faults.push(Fault {
            message: format!(
                "`Config::{setting}` of {} names no path of Rust: {}",
                quoted(about),
                quoted(text)
            ),
            help: format!("a path starts with `crate::` or the name of a crate, as `{example}` does"),
        });
    }
}

fn unknown_message(message: &str, schema: &Schema) -> Option<Fault> {
    let names = || schema.messages.iter().map(|message| message.name.full());
    if names().any(|name| name == message) {
        return None;
    }
    let others = schema.enums.iter().map(|it| &it.name).chain(schema.errors.iter().map(|it| &it.name));
    let is_other = others.map(Name::full).any(|name| name == message);
    let help = match nearest(message, names().map(Cow::Owned)) {
        _ if is_other => "only messages can be types from elsewhere; for a whole package there is \
                          `Config::extern_package`"
            .to_owned(),
        Some(name) => format!("did you mean `{name}`?"),
        None => "give the full name, package first: `shop.orders.Order`".to_owned(),
    };
    Some(Fault {
        message: format!(
            "`Config::extern_type` names {}, which is no message of these schemas",
            quoted(message)
        ),
        help,
    })
}
