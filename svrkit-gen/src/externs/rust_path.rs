//! Paths of Rust that a user names: read once, meant from anywhere.

use std::fmt;

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::Path;
use syn::parse::Parser;

/// A path that leads to the same item in every module of a crate.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct RustPath(String);

/// Why a text is no such path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NoPath;

impl RustPath {
    /// A module: `crate::schemas::shop`, `shop_schemas` or `::shop_schemas::shop`.
    pub(crate) fn module(text: &str) -> Result<Self, NoPath> {
        Self::read(text, 1)
    }

    /// A type: `crate::Order` or `shop_schemas::Order`.
    pub(crate) fn ty(text: &str) -> Result<Self, NoPath> {
        Self::read(text, 2)
    }

    /// A derive: `Hash`, which is where all of Rust's are, or `serde::Serialize`.
    pub(crate) fn derive(text: &str) -> Result<Self, NoPath> {
        match parsed(text)? {
            path if path.leading_colon.is_none() && path.segments.len() == 1 => Ok(Self::of(&path)),
            _ => Self::read(text, 2),
        }
    }

    /// One that is ours.
    pub(super) fn of_kit(path: &'static str) -> Self {
        Self(path.to_owned())
    }

    /// The last segment, if what comes before it is of the standard library, or nothing.
    pub(crate) fn name_in_std(&self) -> Option<&str> {
        let mut segments = self.0.split("::").map(str::trim).filter(|segment| !segment.is_empty());
        let (first, last) = (segments.next()?, segments.last());
        match (first, last) {
            (name, None) => Some(name),
            ("core" | "std" | "alloc", Some(name)) => Some(name),
            _ => None,
        }
    }

    pub(crate) fn tokens(&self) -> TokenStream {
        self.0.parse().expect("it was read as a path of Rust")
    }

    /// The first segment is `crate` or the name of one: a module of the generated code must not come between.
    fn read(text: &str, segments_min: usize) -> Result<Self, NoPath> {
        let mut path = parsed(text)?;
        let starts_here = path.segments.first().is_some_and(|first| first.ident == "crate");
        if path.segments.len() < segments_min || (starts_here && path.leading_colon.is_some()) {
            return Err(NoPath);
        }
        if !starts_here {
            path.leading_colon.get_or_insert_default();
        }
        Ok(Self::of(&path))
    }

    fn of(path: &Path) -> Self {
        Self(path.to_token_stream().to_string())
    }
}

impl fmt::Display for RustPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.replace(' ', ""))
    }
}

fn parsed(text: &str) -> Result<Path, NoPath> {
    let path = Path::parse_mod_style.parse_str(text).map_err(|_| NoPath)?;
    let is_relative = |at: usize, ident: &syn::Ident| {
        ident == "self" || ident == "super" || ident == "Self" || (ident == "crate" && at > 0)
    };
    let leads_astray = path.segments.iter().enumerate().any(|(at, segment)| is_relative(at, &segment.ident));
    if leads_astray { Err(NoPath) } else { Ok(path) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_means_the_same_everywhere() {
        for (text, module, ty, derive) in [
            ("crate::shop", Some("crate::shop"), Some("crate::shop"), Some("crate::shop")),
            (
                "shop_schemas::shop",
                Some("::shop_schemas::shop"),
                Some("::shop_schemas::shop"),
                Some("::shop_schemas::shop"),
            ),
            ("::shop::r#type", Some("::shop::r#type"), Some("::shop::r#type"), Some("::shop::r#type")),
            ("Hash", Some("::Hash"), None, Some("Hash")),
            ("crate", Some("crate"), None, Some("crate")),
            ("super::shop", None, None, None),
            ("self", None, None, None),
            ("a::crate::b", None, None, None),
            ("::crate::b", None, None, None),
            ("a::type", None, None, None),
            ("Vec<u8>", None, None, None),
            ("a b", None, None, None),
            ("", None, None, None),
        ] {
            let shown = |path: Result<RustPath, NoPath>| path.ok().map(|path| path.to_string());
            assert_eq!(shown(RustPath::module(text)).as_deref(), module, "module {text}");
            assert_eq!(shown(RustPath::ty(text)).as_deref(), ty, "type {text}");
            assert_eq!(shown(RustPath::derive(text)).as_deref(), derive, "derive {text}");
        }
    }
}
