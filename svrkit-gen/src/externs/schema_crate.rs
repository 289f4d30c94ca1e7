//! Schema crates: what the build script of a crate with schemas tells those of its dependents, by way of cargo.
//!
//! A crate with `links = "shop-common"` in its manifest may say `cargo::metadata=key=value`; the scripts of crates that
//! depend on it directly find it as `DEP_SHOP_COMMON_KEY`. Told are the folders of the schemas and, for each package,
//! the module that stands for it; with what a schema crate was told itself, so that its dependents can follow its
//! imports. Nothing here reads the environment: the caller looks up.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use super::{Fault, RustPath};
use crate::parse::nearest;

const INCLUDES: &str = "svrkit_includes";
const PACKAGES: &str = "svrkit_packages";

/// What a schema crate tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SchemaCrate {
    /// Where imports of its schemas are found.
    pub(crate) includes: Vec<PathBuf>,
    /// Its packages and their modules.
    pub(crate) packages: Vec<(String, RustPath)>,
}

impl SchemaCrate {
    /// What the crate with these `links` told. `variables` are the names of all that can be looked up.
    pub(crate) fn told(
        links: &str,
        lookup: impl Fn(&str) -> Option<OsString>,
        variables: impl IntoIterator<Item = OsString>,
    ) -> Result<Self, Fault> {
        let (includes, packages) = (variable(links, INCLUDES), variable(links, PACKAGES));
        let told = lookup(&includes).and_then(|includes| Some((includes, lookup(&packages)?)));
        let (includes_told, packages_told) = told.ok_or_else(|| Fault {
            message: format!(
                "no schema crate with `links = \"{links}\"` has told of its schemas: {includes} is not set"
            ),
            help: untold_help(links, variables),
        })?;
        let packages = packages_told.to_str().and_then(read_packages).ok_or_else(|| Fault {
            message: format!("what the schema crate `{links}` told cannot be read: {packages}"),
            help: "build both crates with the same version of svrkit-gen".to_owned(),
        })?;
        Ok(Self { includes: std::env::split_paths(&includes_told).collect(), packages })
    }
}

/// What a schema crate is going to tell.
#[derive(Debug)]
pub(crate) struct Export<'a> {
    /// The folder of its schemas, absolute.
    pub(crate) folder: &'a Path,
    /// The crate, as its manifest calls it.
    pub(crate) crate_name: &'a str,
    /// The packages it has generated.
    pub(crate) packages: &'a [String],
    /// What it was told itself.
    pub(crate) crates: &'a [SchemaCrate],
}

impl Export<'_> {
    /// The lines for cargo; an error where a path cannot be told.
    pub(crate) fn lines(&self) -> Result<String, Fault> {
        let folders = self.crates.iter().flat_map(|told| &told.includes).map(PathBuf::as_path);
        let includes = std::env::join_paths(std::iter::once(self.folder).chain(folders));
        let includes = includes.ok().filter(|includes| is_one_line(includes)).ok_or_else(|| Fault {
            message: format!("the path {:?} cannot be told to other build scripts", self.folder.display()),
            help: "it holds a line break or what separates paths, or is no UTF-8: rename the folder"
                .to_owned(),
        })?;
        let crate_name = self.crate_name.replace('-', "_");
        let own = self.packages.iter().map(|package| {
            let modules = crate::names::package_path(package);
            let modules = modules.iter().map(|name| super::ident(name).to_string()).collect::<Vec<_>>();
            format!("{package}={crate_name}::{}", modules.join("::"))
        });
        let told = self.crates.iter().flat_map(|told| &told.packages);
        let told = told.map(|(package, module)| format!("{package}={module}"));
        let packages = own.chain(told).collect::<Vec<_>>().join(";");
        Ok(format!(
            "cargo::metadata={INCLUDES}={}\ncargo::metadata={PACKAGES}={packages}\n",
            includes.to_string_lossy(),
        ))
    }
}

/// What to do where nobody told: who has, and how to.
fn untold_help(links: &str, variables: impl IntoIterator<Item = OsString>) -> String {
    let end = format!("_{INCLUDES}").to_uppercase();
    let known = variables.into_iter().filter_map(|variable| {
        let name = variable.to_str()?.strip_prefix("DEP_")?.strip_suffix(&*end)?;
        // Cargo has made `_` of `-`; both find it.
        Some(name.to_lowercase().replace('_', "-"))
    });
    let known: BTreeSet<_> = known.collect();
    let of_known = match nearest(&links.replace('_', "-"), &known) {
        Some(near) => format!("did you mean `{near}`? or "),
        None if known.is_empty() => String::new(),
        None => {
            let known = known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>();
            format!("known here: {}; or ", known.join(" "))
        }
    };
    format!(
        "{of_known}make it a dependency of this crate (not a build-dependency), with `links = \"{links}\"` in the \
         `[package]` of its manifest and `Config::export_schemas` in its build script"
    )
}

/// `DEP_SHOP_COMMON_SVRKIT_INCLUDES`
fn variable(links: &str, key: &str) -> String {
    format!("DEP_{links}_{key}").to_uppercase().replace('-', "_")
}

fn read_packages(text: &str) -> Option<Vec<(String, RustPath)>> {
    let rows = text.split(';').filter(|row| !row.is_empty());
    let rows = rows.map(|row| {
        let (package, module) = row.split_once('=')?;
        Some((package.to_owned(), RustPath::module(module).ok()?))
    });
    rows.collect()
}

fn is_one_line(text: &OsStr) -> bool {
    text.to_str().is_some_and(|text| !text.contains(['\n', '\r']))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// What cargo makes of the lines of a crate with these `links`.
    fn environment(links: &str, lines: &str) -> BTreeMap<String, OsString> {
        let rows = lines.lines().map(|line| {
            let (key, value) = line.strip_prefix("cargo::metadata=").unwrap().split_once('=').unwrap();
            (format!("DEP_{links}_{key}").to_uppercase().replace('-', "_"), OsString::from(value))
        });
        rows.collect()
    }

    #[test]
    fn what_is_told_is_heard_with_what_was_told_before() {
        let before = SchemaCrate {
            includes: vec![PathBuf::from("/deep/schemas")],
            packages: vec![("deep".to_owned(), RustPath::module("deep::deep").unwrap())],
        };
        let packages = ["shop.type".to_owned()];
        let (folder, crates) = (Path::new("/shop/schemas"), [before]);
        let export = Export { folder, crate_name: "shop-common", packages: &packages, crates: &crates };
        let environment = environment("shop-links", &export.lines().unwrap());
        let told = SchemaCrate::told("shop-links", |key| environment.get(key).cloned(), []).unwrap();
        assert_eq!(told.includes, [PathBuf::from("/shop/schemas"), PathBuf::from("/deep/schemas")]);
        let packages: Vec<_> =
            told.packages.iter().map(|(package, module)| format!("{package} {module}")).collect();
        assert_eq!(packages, ["shop.type ::shop_common::shop::r#type", "deep ::deep::deep"]);
    }

    #[test]
    fn a_crate_that_is_not_there_is_asked_for_by_name() {
        let untold = SchemaCrate::told("shop-common", |_| None, []).unwrap_err();
        assert!(untold.message.contains("DEP_SHOP_COMMON_SVRKIT_INCLUDES"), "{untold:?}");
        assert!(untold.help.contains("`links = \"shop-common\"`"), "{untold:?}");
        let untold = SchemaCrate::told("x", |_| Some("shop".into()), []).unwrap_err();
        assert!(untold.message.contains("cannot be read: DEP_X_SVRKIT_PACKAGES"), "{untold:?}");
    }

    #[test]
    fn who_has_told_is_named_where_another_was_asked() {
        let variables = [
            "DEP_COMMON_SCHEMAS_SVRKIT_INCLUDES",
            "DEP_COMMON_SCHEMAS_SVRKIT_PACKAGES",
            "DEP_STOCK_SVRKIT_INCLUDES",
            "DEP_Z_ROOT",
            "PATH",
        ];
        for (links, expected) in [
            ("common", "known here: `common-schemas` `stock`; or make it a dependency"),
            ("common_schema", "did you mean `common-schemas`? or make it a dependency"),
            ("stok", "did you mean `stock`? or make it a dependency"),
        ] {
            let untold = SchemaCrate::told(links, |_| None, variables.map(OsString::from)).unwrap_err();
            assert!(untold.help.starts_with(expected), "{untold:?}");
        }
    }

    #[test]
    fn a_path_that_would_break_the_line_is_refused() {
        let export = Export { folder: Path::new("/a\nb"), crate_name: "a", packages: &[], crates: &[] };
        assert!(export.lines().unwrap_err().message.contains(r"/a\nb"));
    }
}
