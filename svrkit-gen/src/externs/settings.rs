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
    /// Another one was asked for and has told nothing: where its schemas are is not known.
    lacks_crates: bool,
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
        let variables = std::env::vars_os().map(|(variable, _)| variable);
        match SchemaCrate::told(links.as_ref(), |variable| std::env::var_os(variable), variables) {
            Ok(told) => {
                self.rust.externs.add_crate(&told);
                self.rust.crates.push(told);
            }
            Err(fault) => {
                self.rust.faults.push(fault);
                self.rust.lacks_crates = true;
            }
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
                    "`Config::derive` names {}, which is no message, oneof or enum of these schemas",
                    quoted(target)
                ),
                help: "give a full name, a package, or `*`".to_owned(),
            });
            faults.extend(messages.chain(targets));
        }
        if faults.is_empty() {
            return;
        }
        if self.lacks_crates {
            found.withdraw(|finding| finding.code() == Code::MISSING_IMPORT);
        }
        let nowhere = Span::new(sources.add(String::new(), None), 0, 0);
        for Fault { message, help } in faults {
            found.push(Diagnostic::new(Code::CONFIG_FAULT, nowhere, message).help(help));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_folder::Folder;

    const SCHEMA: &str = "<protocol package='shop'><message name='Order'><enum name='Kind'>\
                          <value name='NONE' number='0'/></enum></message></protocol>";

    /// The findings of a run with these settings, without the count at the end.
    #[track_caller]
    fn check(set: impl FnOnce(Config) -> Config, expected: &[&str]) {
        let folder = Folder::new("settings");
        let report = set(Config::new()).check([folder.file("shop.xml", SCHEMA)]);
        let found: Vec<_> = report
            .findings()
            .iter()
            .map(|finding| {
                assert_eq!(finding.code(), Code::CONFIG_FAULT);
                assert_eq!(report.location(finding).path, Path::new(""));
                format!("{} ({})", finding.message(), finding.help_text().unwrap_or_default())
            })
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn settings_that_can_be_meant_are_no_findings() {
        check(
            |it| {
                it.extern_package("other", "crate::other")
                    .extern_type("shop.Order", "crate::Order")
                    .derive("*", "Hash")
                    .derive("shop", "a::B")
                    .derive("shop.Order.Kind", "a::B")
            },
            &[],
        );
    }

    #[test]
    fn a_path_that_is_none_is_told_with_the_setting() {
        let help =
            |example| format!("(a path starts with `crate::` or the name of a crate, as `{example}` does)");
        check(
            |it| it.extern_package("a", "super::a").extern_type("shop.Order", "Order").derive("*", "Vec<u8>"),
            &[
                &format!(
                    "`Config::extern_package` of `a` names no path of Rust: `super::a` {}",
                    help("crate::schemas::common")
                ),
                &format!(
                    "`Config::extern_type` of `shop.Order` names no path of Rust: `Order` {}",
                    help("crate::Order")
                ),
                &format!(
                    "`Config::derive` of `*` names no path of Rust: `Vec<u8>` {}",
                    help("serde::Serialize")
                ),
            ],
        );
    }

    #[test]
    fn a_name_that_is_nothing_of_the_schemas_is_told_with_the_nearest() {
        check(
            |it| {
                it.extern_type("shop.Ordr", "crate::A")
                    .extern_type("shop.Order.Kind", "crate::B")
                    .extern_type("Order", "crate::C")
                    .derive("shop.Orders", "Hash")
                    .derive("sho", "Hash")
            },
            &[
                "`Config::extern_type` names `Order`, which is no message of these schemas \
                 (give the full name, package first: `shop.orders.Order`)",
                "`Config::extern_type` names `shop.Order.Kind`, which is no message of these schemas \
                 (only messages can be types from elsewhere; for a whole package there is `Config::extern_package`)",
                "`Config::extern_type` names `shop.Ordr`, which is no message of these schemas \
                 (did you mean `shop.Order`?)",
                "`Config::derive` names `sho`, which is no message, oneof or enum of these schemas \
                 (give a full name, a package, or `*`)",
                "`Config::derive` names `shop.Orders`, which is no message, oneof or enum of these schemas \
                 (give a full name, a package, or `*`)",
            ],
        );
    }

    #[test]
    fn a_schema_crate_that_tells_nothing_is_a_finding_and_no_panic() {
        check(
            |it| it.schema_crate("nobody-has-these-links"),
            &["no schema crate with `links = \"nobody-has-these-links\"` has told of its schemas: \
               DEP_NOBODY_HAS_THESE_LINKS_SVRKIT_INCLUDES is not set (make it a dependency of this crate (not a \
               build-dependency), with `links = \"nobody-has-these-links\"` in the `[package]` of its manifest and \
               `Config::export_schemas` in its build script)"],
        );
    }

    #[test]
    fn imports_that_are_missing_with_a_schema_crate_are_no_findings_of_their_own() {
        let folder = Folder::new("lacking");
        let schema = "<protocol package='shop'><import path='common.xml'/><message name='Order'>\
                      <field tag='1' name='a' type='common.Money'/><field tag='1' name='b' type='u64'/>\
                      </message></protocol>";
        let report = Config::new().schema_crate("nobody-has").check([folder.file("shop.xml", schema)]);
        let codes: Vec<_> = report.findings().iter().map(|finding| finding.code().as_str()).collect();
        // Before what has a place, and the count agrees.
        assert_eq!(codes, [Code::CONFIG_FAULT.as_str(), "SVK0104"], "{report}");
        assert_eq!(report.error_count(), 2);
    }

    #[test]
    fn schemas_are_told_of_by_build_scripts_only() {
        let folder = Folder::new("telling");
        let config = Config::new().export_schemas("schemas").extern_package("b", "crate::b");
        let files = [
            folder.file("a.xml", "<protocol package='a'><import path='b.xml'/></protocol>"),
            folder.file("b.xml", "<protocol package='b'/>"),
        ];
        let generated = config.generate(&files).unwrap();
        let fault = config.told_to_dependents(&generated, |_| None).unwrap_err();
        assert!(fault.message.contains("CARGO_MANIFEST_DIR is not set"), "{fault:?}");
        let lines = config.told_to_dependents(&generated, |variable| match variable {
            "CARGO_MANIFEST_DIR" => Some("/x".into()),
            "CARGO_PKG_NAME" => Some("my-crate".into()),
            _ => None,
        });
        let expected =
            "cargo::metadata=svrkit_includes=/x/schemas\ncargo::metadata=svrkit_packages=a=my_crate::a\n";
        assert_eq!(lines.unwrap(), expected);
        assert_eq!(Config::new().told_to_dependents(&generated, |_| None).unwrap(), "");
    }
}
