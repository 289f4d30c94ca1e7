//! The kit's own schemas: part of the compiler, so that every build finds the same ones.

use crate::parse::nearest;

/// What imports of them start with. No other file is found by such a path.
pub(super) const FOLDER: &str = "svrkit/";

/// The package of the types that protocols share.
pub(crate) const TYPES_PACKAGE: &str = "svrkit.types";

const SCHEMAS: [(&str, &str); 1] = [("svrkit/types.xml", include_str!("../../schemas/svrkit/types.xml"))];

/// The schema of this path.
pub(super) fn schema(path: &str) -> Option<(&'static str, &'static str)> {
    SCHEMAS.into_iter().find(|(own, _)| *own == path)
}

/// The path of the one whose file is called so.
pub(super) fn named(path: &str) -> Option<&'static str> {
    let file = |path: &str| path.rsplit('/').next().map(str::to_owned);
    SCHEMAS.iter().map(|(own, _)| *own).find(|own| file(own) == file(path))
}

/// What to do about a path that leads to none of them.
pub(super) fn help(path: &str) -> String {
    let paths = || SCHEMAS.iter().map(|(path, _)| *path);
    match nearest(path, paths()) {
        Some(path) => format!("did you mean `{path}`?"),
        None => {
            let paths: Vec<_> = paths().collect();
            format!("paths that start with `{FOLDER}` are the kit's own: `{}`", paths.join("` `"))
        }
    }
}
